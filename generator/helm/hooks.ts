import { listOf } from '../kubernetes/object.ts';
import type { MutableMap, ValueMap } from '../model/values.ts';
import { asString, mapAt, textAt } from '../model/values.ts';

/** What becomes of a Helm hook in plain manifests. */
export interface ConvertedHook {
  readonly object: ValueMap;
  /** Events that Argo CD has nothing for (rollbacks): the object is not applied for them. */
  readonly lost: readonly string[];
}

/**
 * Argo CD's hook for each event of Helm's: gitops-engine/pkg/sync/hook/helm/type.go, and controller/hook.go for the two about
 * deletion (v3.5.1). It runs those of install and of upgrade at every sync.
 */
const phases: Readonly<Record<string, string>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'pre-delete': 'PreDelete',
  'post-delete': 'PostDelete',
};
const deletePolicies: Readonly<Record<string, string>> = {
  'before-hook-creation': 'BeforeHookCreation',
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
};

const distinct = (list: readonly (string | undefined)[]): string[] => [
  ...new Set(list.filter((item) => item !== undefined)),
];

/**
 * The same object with Argo CD's annotations in place of Helm's; undefined when nothing of it would ever be applied (tests,
 * rollbacks). Annotations of Argo CD that the chart wrote itself win, as they do there. `crd-install` is no hook.
 */
export function convertHook(object: ValueMap): ConvertedHook | undefined {
  const metadata = mapAt(object, 'metadata');
  const {
    'helm.sh/hook': hook,
    'helm.sh/hook-weight': weight,
    'helm.sh/hook-delete-policy': policy,
    ...others
  } = mapAt(metadata, 'annotations');
  const events = listOf(asString(hook)).filter((event) => event !== 'crd-install');
  const annotations: MutableMap = { ...others };
  const set = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '' && annotations[name] === undefined) annotations[name] = value;
  };
  const own = distinct(events.map((event) => phases[event]));
  const lost = events.filter((event) => phases[event] === undefined);
  if (events.length > 0 && own.length === 0 && others['argocd.argoproj.io/hook'] === undefined) return undefined;
  set('argocd.argoproj.io/hook', own.join(','));
  if (/^[-+]?\d+$/.test(asString(weight) ?? '')) set('argocd.argoproj.io/sync-wave', String(Number(weight)));
  set(
    'argocd.argoproj.io/hook-delete-policy',
    distinct(listOf(asString(policy)).map((p) => deletePolicies[p])).join(','),
  );
  const { annotations: _, ...rest } = metadata;
  const settled = Object.keys(annotations).length === 0 ? rest : { ...rest, annotations };
  return { object: { ...object, metadata: settled }, lost };
}

/** The phases in which Argo CD runs an object, and its wave there, from its own annotations or from Helm's. */
export function hookOf(object: ValueMap): { readonly phases: readonly string[]; readonly wave: number } {
  const annotations = mapAt(convertHook(object)?.object ?? object, 'metadata', 'annotations');
  const wave = Number(annotations['argocd.argoproj.io/sync-wave'] ?? 0);
  return { phases: listOf(textAt(annotations, 'argocd.argoproj.io/hook')), wave: Number.isInteger(wave) ? wave : 0 };
}
