import { annotationsOf, integerOf, isHook, listOf } from '../../kubernetes/object.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { TreeObject } from '../../model/model.ts';
import { didYouMean } from '../../util/suggest.ts';
import { finding } from '../findings.ts';

const prefix = 'argocd.argoproj.io/';

/** Annotations that Argo CD v3.5 reads (docs/user-guide/annotations-and-labels.md, gitops-engine). */
export const knownAnnotations: ReadonlySet<string> = new Set(
  [
    'application-set-refresh',
    'client-side-apply-migration-manager',
    'compare-options',
    'hook',
    'hook-delete-policy',
    'ignore-default-links',
    'ignore-healthcheck',
    'ignore-resource-updates',
    'manifest-generate-paths',
    'managed-by-url',
    'skip-reconcile',
    'sync-options',
    'sync-wave',
  ].map((name) => prefix + name),
);
/** Written by Argo CD, or by people at a moment: in git they would be wrong for ever. */
export const ofTheMoment: ReadonlySet<string> = new Set(
  ['tracking-id', 'installation-id', 'refresh', 'hydrate', 'deletion-approved'].map((name) => prefix + name),
);
/** What Argo CD v3.5 compares options with (controller/state.go, util/argo/diff). */
const compareOptions: ReadonlySet<string> = new Set([
  'IgnoreExtraneous',
  'IgnoreResourceStatusField=all',
  'IgnoreResourceStatusField=crd',
  'IgnoreResourceStatusField=none',
  'IncludeMutationWebhook=true',
  'ServerSideDiff=true',
  'ServerSideDiff=false',
]);
const hooks: ReadonlySet<string> = new Set([
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
  'PreDelete',
  'PostDelete',
  'Skip',
]);
const deletePolicies: ReadonlySet<string> = new Set(['HookSucceeded', 'HookFailed', 'BeforeHookCreation']);
const lists: Readonly<Record<string, readonly [what: string, known: ReadonlySet<string>]>> = {
  'compare-options': ['compare option', compareOptions],
  hook: ['hook', hooks],
  'hook-delete-policy': ['hook delete policy', deletePolicies],
};

/** Annotations for Argo CD: it ignores in silence what it does not know. */
export function annotationRules(object: TreeObject): Diagnostic[] {
  const annotations = annotationsOf(object.object);
  const about = `${object.kind} ${object.name}`;
  return [
    ...policyOfNoHook(object),
    ...Object.entries(annotations).flatMap(([name, value]): Diagnostic[] => {
      if (ofTheMoment.has(name) || name === 'kubectl.kubernetes.io/last-applied-configuration')
        return [
          finding('argocd/tracking', object, `${about} carries ${name}, which only a live object has.`, 'Take it out.'),
        ];
      if (!name.startsWith(prefix)) return [];
      if (!knownAnnotations.has(name)) return [unknown(object, 'annotation', name, knownAnnotations)];
      if (name === `${prefix}sync-wave`) return wave(object, String(value));
      const list = lists[name.slice(prefix.length)];
      if (list === undefined) return [];
      const [what, entries] = list;
      return listOf(value)
        .filter((entry) => !entries.has(entry))
        .map((entry) => unknown(object, what, entry, entries));
    }),
  ];
}

/** Argo CD reads the delete policy of hooks alone (gitops-engine, sync_task.go). */
function policyOfNoHook(object: TreeObject): Diagnostic[] {
  const annotations = annotationsOf(object.object);
  if (isHook(object.object) || annotations[`${prefix}hook-delete-policy`] === undefined) return [];
  const message = `${object.kind} ${object.name} has a hook-delete-policy and is no hook.`;
  return [finding('argocd/hook-policy', object, message, 'Say which hook it is, or take the policy out.')];
}

function unknown(object: TreeObject, what: string, entry: string, entries: ReadonlySet<string>): Diagnostic {
  return finding(
    'argocd/annotation',
    object,
    `Argo CD does not know the ${what} "${entry}" of ${object.kind} ${object.name}.${didYouMean(entry, entries)}`,
    'It is compared letter by letter; what is not known is ignored in silence.',
  );
}

function wave(object: TreeObject, value: string): Diagnostic[] {
  const number = integerOf(value);
  if (number !== undefined && number >= -(2 ** 31) && number < 2 ** 31) return [];
  const message = `"${value}" is not a sync wave (${object.kind} ${object.name}).`;
  return [finding('argocd/wave', object, message, 'Write an integer in quotes; anything else counts as 0.')];
}
