import type { ValueMap } from '../model/values.ts';
import { textAt } from '../model/values.ts';

/** `group/Kind`, or `Kind` alone in the core group. */
export const qualifiedKind = (group: string, kind: string): string => (group === '' ? kind : `${group}/${kind}`);

/** The same of an object. */
export function kindOf(object: ValueMap): string {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  const kind = textAt(object, 'kind') ?? '';
  return qualifiedKind(apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', kind);
}
