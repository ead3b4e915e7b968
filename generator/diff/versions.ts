import type { Note, VersionChange } from '../model/diff.ts';
import type { Change } from '../model/model.ts';
import { asMap, mapAt, textAt } from '../model/values.ts';
import { parseSource } from '../yaml/source.ts';
import { isLock, lockFile } from '../tree/paths.ts';

/** What tree.lock says of one side of a cluster. */
export interface LockSide {
  readonly catalog: string | undefined;
  readonly components: ReadonlyMap<string, LockedSide>;
}

export interface LockedSide {
  readonly chart: string | undefined;
  readonly version: string | undefined;
  readonly digest: string | undefined;
  readonly holdsData: boolean;
}

/** The lock of one side, from the change of tree.lock; empty when it is not there or cannot be read. */
export function lockSide(changes: readonly Change[], side: 'before' | 'after'): LockSide {
  const text = changes.find((c) => isLock(c.path))?.[side];
  const root = asMap(text === undefined ? undefined : parseSource(lockFile, text).value?.value);
  const catalog = mapAt(root, 'catalog');
  const components = Object.entries(mapAt(root, 'components')).map(([name, value]): [string, LockedSide] => {
    const own = asMap(value);
    return [
      name,
      {
        chart: textAt(own, 'chart'),
        version: textAt(own, 'version'),
        digest: textAt(own, 'digest'),
        holdsData: own['dataHolding'] === true,
      },
    ];
  });
  return { catalog: textAt(catalog, 'pin') ?? textAt(catalog, 'version'), components: new Map(components) };
}

/** A version that differs between the sides; undefined when it does not. */
export function versionChange(
  before: LockedSide | undefined,
  after: LockedSide | undefined,
): VersionChange | undefined {
  const chart = after?.chart ?? before?.chart;
  if (chart === undefined || before?.version === after?.version) return undefined;
  return { chart, ...sides(before?.version, after?.version) };
}

export function sides(before: string | undefined, after: string | undefined): Pick<VersionChange, 'before' | 'after'> {
  return { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

/** What to say first of the charts of a component that is on both sides. */
export function versionNotes(component: string, before: LockedSide | undefined, after: LockedSide | undefined): Note[] {
  if (before === undefined || after === undefined) return [];
  const note = (text: string): Note => ({ concern: 'version', component, text });
  if (before.version !== after.version) {
    const step = stepOf(before.version, after.version);
    const label = step === undefined ? '' : ` (${step})`;
    return [note(`chart ${after.chart ?? ''} ${before.version ?? 'none'} → ${after.version ?? 'none'}${label}`)];
  }
  const isSwapped = before.digest !== undefined && after.digest !== undefined && before.digest !== after.digest;
  return isSwapped
    ? [note(`chart ${after.chart ?? ''} ${after.version ?? ''} is another package of the same version`)]
    : [];
}

/** What kind of step it is; undefined for a minor one, and where the versions are no numbers. */
export function stepOf(before: string | undefined, after: string | undefined): 'major' | 'downgrade' | undefined {
  const numbers = (text: string | undefined): number[] =>
    (/^v?(\d+(?:\.\d+)*)/.exec(text ?? '')?.[1] ?? '').split('.').map(Number);
  const [a, b] = [numbers(before), numbers(after)];
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (y < x) return 'downgrade';
    if (y > x) return i === 0 ? 'major' : undefined;
  }
  return undefined;
}
