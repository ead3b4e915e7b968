import { listOf } from '../kubernetes/object.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asMap, mapAt } from '../model/values.ts';

export const syncOptionsAnnotation = 'argocd.argoproj.io/sync-options';

/**
 * An object that is never pruned stays on the cluster when it leaves the tree. Without this its Application would be
 * OutOfSync from then on, for ever.
 */
export function withoutAlarm<T extends Value>(object: T): T | ValueMap {
  const metadata = mapAt(object, 'metadata');
  const annotations = mapAt(metadata, 'annotations');
  if (!listOf(annotations[syncOptionsAnnotation]).includes('Prune=false')) return object;
  const compare = { 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' };
  return { ...asMap(object), metadata: { ...metadata, annotations: { ...compare, ...annotations } } };
}

/** An object that may be pruned and deleted, whatever its template says of it. */
export function withConsent<T extends Value>(object: T): T | ValueMap {
  const metadata = mapAt(object, 'metadata');
  const { [syncOptionsAnnotation]: options, ...others } = mapAt(metadata, 'annotations');
  const given = listOf(options);
  const left = given.filter((option) => option !== 'Prune=false' && option !== 'Delete=false');
  if (left.length === given.length) return object;
  const annotations = left.length === 0 ? others : { ...others, [syncOptionsAnnotation]: left.join(',') };
  const { annotations: _, ...rest } = metadata;
  return {
    ...asMap(object),
    metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations },
  };
}

/** Objects beside the Applications come before all of them, unless they say when. */
export function withWave(object: ValueMap): ValueMap {
  const metadata = mapAt(object, 'metadata');
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: { 'argocd.argoproj.io/sync-wave': '-10', ...mapAt(metadata, 'annotations') },
    },
  };
}
