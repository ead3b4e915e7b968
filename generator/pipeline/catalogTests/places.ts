import type { Diagnostic, Location } from '../../model/diagnostic.ts';
import type { Source } from '../../model/source.ts';
import type { Value } from '../../model/values.ts';
import { isMap, pointerStep } from '../../model/values.ts';

/** What stands at a place of a file: its pointer, and whether the place is that of its key or of its value. */
export interface PlacedPointer {
  readonly pointer: string;
  readonly part: 'key' | 'value';
}

/** The deepest of what stands at a place; undefined when nothing begins there. */
export function pointerAt(source: Source, { line, col }: Pick<Location, 'line' | 'col'>): PlacedPointer | undefined {
  const places = pointersIn(source.value, '').flatMap((pointer) =>
    (['value', 'key'] as const).map((part): PlacedPointer => ({ pointer, part })),
  );
  return places.findLast(({ pointer, part }) => {
    const at = source.at(pointer, part);
    return at.line === line && at.col === col;
  });
}

/** What encloses something stands before it. */
function pointersIn(value: Value, pointer: string): string[] {
  const entries = Array.isArray(value) ? [...(value as Value[]).entries()] : isMap(value) ? Object.entries(value) : [];
  return [pointer, ...entries.flatMap(([key, child]) => pointersIn(child, `${pointer}/${pointerStep(key)}`))];
}

/** The finding with its places in a generated spec moved to what stands there in the file that was written by hand. */
export function movedTo(finding: Diagnostic, generated: Source, written: Source): Diagnostic {
  const moved = (at: Location): Location => {
    if (at.file !== generated.file) return at;
    const { pointer, part } = pointerAt(generated, at) ?? { pointer: '', part: 'value' };
    return written.at(pointer, part);
  };
  const { at, related } = finding;
  return {
    ...finding,
    ...(at === undefined ? {} : { at: moved(at) }),
    ...(related === undefined
      ? {}
      : { related: related.map((r) => (r.at === undefined ? r : { ...r, at: moved(r.at) })) }),
  };
}
