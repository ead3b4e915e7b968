import type { TreeObject } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asString, isMap, mapAt, textAt } from '../model/values.ts';

/** What makes two objects the same to Kubernetes; the version of their group does not. Empty where there is none. */
export interface ObjectIdentity {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The group of an apiVersion; empty for the core group. */
export const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

/** `group/Kind`, or `Kind` alone in the core group. */
export const qualifiedKind = (group: string, kind: string): string => (group === '' ? kind : `${group}/${kind}`);

/** The two parts of a qualified kind; the group is empty in the core group. */
export function splitKind(qualified: string): { readonly group: string; readonly kind: string } {
  const at = qualified.indexOf('/');
  return { group: groupOf(qualified), kind: qualified.slice(at + 1) };
}

/** `group/*` of a qualified kind: what stands for all kinds of its group. */
export const allOfGroup = (qualified: string): string => qualifiedKind(groupOf(qualified), '*');

/** The qualified kind of an object. */
export const kindOf = (object: ValueMap): string =>
  qualifiedKind(groupOf(textAt(object, 'apiVersion') ?? ''), textAt(object, 'kind') ?? '');

export const annotationsOf = (object: ValueMap): ValueMap => mapAt(object, 'metadata', 'annotations');

/** White space as Go trims it. */
const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const spaceAround = new RegExp(`^${space}|${space}$`, 'g');

/** A list in the text of an annotation as Argo CD reads it (gitops-engine, GetAnnotationCSVs): trimmed, no empty entries, each once. */
export const listOf = (value: Value | undefined): readonly string[] => [
  ...new Set(
    (asString(value) ?? '')
      .split(',')
      .map((entry) => entry.replaceAll(spaceAround, ''))
      .filter((entry) => entry !== ''),
  ),
];

/** The same of an annotation of an object. */
export const annotationList = (object: ValueMap, name: string): readonly string[] =>
  listOf(annotationsOf(object)[name]);

/** The whole number of 64 bits that a text is to Go's strconv.Atoi; undefined for any other text. */
export function integerOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[-+]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(64, value) === value ? Number(value) : undefined;
}

/** The sync wave that Argo CD puts an object into: of its own annotation, else the weight of a Helm hook, else 0. */
export function waveOf(object: ValueMap): number {
  const annotations = annotationsOf(object);
  const own = integerOf(asString(annotations['argocd.argoproj.io/sync-wave']));
  return own ?? integerOf(asString(annotations['helm.sh/hook-weight'])) ?? 0;
}

/** Whether Argo CD takes an object for a hook (gitops-engine, hook.IsHook): `Skip` alone says that it is none. */
export function isHook(object: ValueMap): boolean {
  const annotations = annotationsOf(object);
  const own = asString(annotations['argocd.argoproj.io/hook']);
  if (own !== undefined) {
    const known = listOf(own).filter((entry) => syncHooks.has(entry));
    // without a hook that it knows, those of Helm count
    return known.length !== 1 || known[0] !== 'Skip';
  }
  const ofHelm = asString(annotations['helm.sh/hook']);
  return ofHelm !== undefined && ofHelm !== 'crd-install';
}

/** Hooks that gitops-engine knows; Argo CD has two more, for the end of an Application. */
const syncHooks: ReadonlySet<string> = new Set(['PreSync', 'Sync', 'PostSync', 'SyncFail', 'Skip']);

/** The name of an object, or the beginning that the API server completes; empty when it has neither. */
export function nameOf(object: ValueMap): string {
  const name = textAt(object, 'metadata', 'name') ?? '';
  return name === '' ? (textAt(object, 'metadata', 'generateName') ?? '') : name;
}

export function identityOf(object: ValueMap): ObjectIdentity {
  return {
    group: groupOf(textAt(object, 'apiVersion') ?? ''),
    kind: textAt(object, 'kind') ?? '',
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
  };
}

/** The identity as one text: `group/kind/namespace/name`. */
export const identityKey = ({ group, kind, namespace, name }: ObjectIdentity): string =>
  `${group}/${kind}/${namespace}/${name}`;

/** The same for an object whose fields were read already. */
export const identityKeyOf = (
  object: Pick<TreeObject, 'apiVersion' | 'kind' | 'name'> & { readonly namespace?: string | undefined },
): string => identityKey({ ...object, group: groupOf(object.apiVersion), namespace: object.namespace ?? '' });

/** A Secret of Kubernetes, in whatever case its kind is written: what it holds is no matter of ours. */
export const isSecret = (object: ValueMap): boolean => {
  const { kind, apiVersion } = object;
  return (
    typeof kind === 'string' && kind.toLowerCase() === 'secret' && [undefined, 'v1'].includes(asString(apiVersion))
  );
};

/** The same object without the values of a Secret, for eyes. */
export function withoutSecret<T extends ValueMap>(object: T): T {
  if (!isSecret(object)) return object;
  const hide = (map: Value | undefined): Value =>
    isMap(map) ? Object.fromEntries(Object.keys(map).map((key) => [key, '(hidden)'])) : '(hidden)';
  const held = ['data', 'stringData'].filter((name) => Object.hasOwn(object, name));
  return { ...object, ...Object.fromEntries(held.map((name) => [name, hide(object[name])])) };
}

/** An object in messages: `Secret monitoring/grafana`. */
export function describeObject(object: ValueMap): string {
  const namespace = textAt(object, 'metadata', 'namespace');
  return `${textAt(object, 'kind') ?? 'object'} ${namespace === undefined ? '' : `${namespace}/`}${nameOf(object)}`;
}
