import type { Layer } from '../model/layer.ts';
import { textAt } from '../model/values.ts';
import type { Consent } from '../model/finished.ts';
import { gathered } from '../config/merge.ts';

/** The consents to removals of a cluster: its own, and those of its environments. */
export function consentsOf(layers: readonly Layer[]): readonly Consent[] {
  return gathered(layers, 'deletions').map(({ item, at }) => {
    const kind = textAt(item, 'kind');
    const name = textAt(item, 'name');
    return {
      component: textAt(item, 'component') ?? '',
      reason: textAt(item, 'reason') ?? '',
      at: at('/component'),
      ...(kind === undefined ? {} : { kind }),
      ...(name === undefined ? {} : { name }),
    };
  });
}
