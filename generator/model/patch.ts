import type { Location } from './diagnostic.ts';
import type { Value } from './values.ts';

/** One field of an object that a patch of a spec changed. */
export interface PatchedField {
  /** In the object; of a field that is gone, in the object as it was. */
  readonly pointer: string;
  /** Absent where there was nothing. */
  readonly before?: Value;
  readonly after?: Value;
  /** Where the patch says so. */
  readonly at: Location;
}

/** A patch of a spec or environment, as far as it changed one object. */
export interface AppliedPatch {
  /** `components.kafka-cluster.patches[0]`. */
  readonly path: string;
  /** Who wrote it: `cluster prod-eu`, `environment prod`. */
  readonly by: string;
  readonly at: Location;
  readonly fields: readonly PatchedField[];
  /** What it says of the rights that it changes; absent where it changes none. */
  readonly rights?: string;
}

/** The patch in messages. */
export const patchText = ({ path, by }: Pick<AppliedPatch, 'path' | 'by'>): string => `${path} of ${by}`;

/** The last patch that changed a field, something in it, or what it stands in; with the change. */
export function patchOf(
  patches: readonly AppliedPatch[],
  pointer: string,
): { readonly patch: AppliedPatch; readonly field: PatchedField } | undefined {
  const isAround = (outer: string, inner: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  for (const patch of patches.toReversed()) {
    const field =
      patch.fields.find((f) => isAround(f.pointer, pointer)) ?? patch.fields.find((f) => isAround(pointer, f.pointer));
    if (field !== undefined && pointer !== '') return { patch, field };
  }
  return undefined;
}
