import type { ValueMap } from '../model/values.ts';
import { asString } from '../model/values.ts';

/** `group/Kind`, or `Kind` alone in the core group. */
export const qualifiedKind = (group: string, kind: string): string => (group === '' ? kind : `${group}/${kind}`);

/** The same of an object. */
export function kindOf(object: ValueMap): string {
  const apiVersion = asString(object['apiVersion']) ?? '';
  const kind = asString(object['kind']) ?? '';
  return qualifiedKind(apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', kind);
}
