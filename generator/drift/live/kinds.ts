import type { ObjectIdentity } from '../../kubernetes/object.ts';
import { identityOf } from '../../kubernetes/object.ts';
import type { ValueMap } from '../../model/values.ts';
import { asMap, listAt, mapAt, textAt } from '../../model/values.ts';
import type { Kubernetes } from '../../ports.ts';

/** A kind as an API server serves it. */
export interface ServedKind {
  /** `/apis/apps/v1` */
  readonly base: string;
  /** `deployments` */
  readonly resource: string;
  readonly isNamespaced: boolean;
}

/** Where objects stand on a cluster, by what the API server itself says. */
export interface ClusterKinds {
  /** Undefined: the server does not know the kind. A text: why that is not known. */
  find(apiVersion: string, kind: string): Promise<ServedKind | string | undefined>;
}

export function createClusterKinds(api: Kubernetes): ClusterKinds {
  const known = new Map<string, Promise<ReadonlyMap<string, ServedKind> | string>>();
  const kindsOf = async (base: string): Promise<ReadonlyMap<string, ServedKind> | string> => {
    const { status, body } = await api.get(base);
    if (status === 404) return new Map();
    if (status >= 300) return `the API server answers ${status} to what ${base} serves`;
    return new Map(
      listAt(body, 'resources').flatMap((item) => {
        const { name, kind, namespaced } = asMap(item);
        if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/')) return [];
        return [[kind, { base, resource: name, isNamespaced: namespaced === true }] as const];
      }),
    );
  };
  return {
    async find(apiVersion, kind) {
      const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const found = known.get(base) ?? kindsOf(base);
      known.set(base, found);
      const kinds = await found;
      return typeof kinds === 'string' ? kinds : kinds.get(kind);
    },
  };
}

export function objectPath({ base, resource, isNamespaced }: ServedKind, { namespace, name }: ObjectIdentity): string {
  const inside = isNamespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${base}${inside}/${resource}/${encodeURIComponent(name)}`;
}

/** As Argo CD does: the destination's namespace where a kind has namespaces and none is written, none where it has none. */
export function withScope(object: ValueMap, { isNamespaced }: ServedKind, destination: string): ValueMap {
  const metadata = mapAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace') ?? '';
  if (!isNamespaced && metadata['namespace'] !== undefined) {
    const { namespace: _none, ...others } = metadata;
    return { ...object, metadata: others };
  }
  if (!isNamespaced || namespace !== '' || destination === '') return object;
  return { ...object, metadata: { ...metadata, namespace: destination } };
}

export const describeKind = (object: ValueMap): string => {
  const { group, kind } = identityOf(object);
  return group === '' ? kind : `${kind} of ${group}`;
};
