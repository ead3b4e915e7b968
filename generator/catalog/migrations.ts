import semver from 'semver';
import type { Checker } from '../config/jsonSchema.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { CatalogFiles } from '../model/model.ts';
import type { Source } from '../model/source.ts';
import type { MigrationsFileFormat } from '../model/spec.gen.ts';
import type { Value } from '../model/values.ts';
import { isList, isMap, pointerOf, pointerText, valueAt } from '../model/values.ts';
import { compilePattern, patternProblem } from '../util/regex.ts';
import { withKey, withoutKey, withValue } from '../yaml/edit.ts';
import { parseSource } from '../yaml/source.ts';

/** A file of a catalog: what specs have to change when the catalog does. */
export const migrationsFile = 'migrations.yaml';

export type Migration = MigrationsFileFormat.MigrationsFile['spec'][number];
type Step = Migration['steps'][number];

/** Reads migrations.yaml; `place` is what it is called in findings. */
export function readMigrations(
  text: string,
  place: string,
  checker: Checker,
): Outcome<{ readonly migrations: readonly Migration[]; readonly source: Source }> {
  const { value: source, diagnostics } = parseSource(place, text);
  if (source === undefined) return { diagnostics };
  const found = [...diagnostics, ...checker.check(source.value, (p, part) => source.at(p, part))];
  if (hasErrors(found)) return { diagnostics: found };
  const { spec: migrations } = source.value as unknown as MigrationsFileFormat.MigrationsFile;
  const wrong = migrations.flatMap((m, i) =>
    m.steps.flatMap((step, k) => stepFindings(step, source, `/spec/${i}/steps/${k}`)),
  );
  return wrong.length > 0 ? { diagnostics: wrong } : { value: { migrations, source }, diagnostics: found };
}

/** The migrations from one version of a catalog to another, in their order. `place`: what the file is called in findings. */
export function migrationsBetween(
  files: CatalogFiles,
  { from, to, place }: { readonly from: string; readonly to: string; readonly place: string },
  checker: Checker,
): Outcome<readonly Migration[]> {
  const text = files.get(migrationsFile);
  if (text === undefined) return { value: [], diagnostics: [] };
  const { value, diagnostics } = readMigrations(text, place, checker);
  if (value === undefined) return { diagnostics };
  return {
    value: value.migrations.filter((m) => semver.gt(m.version, from) && semver.lte(m.version, to)),
    diagnostics,
  };
}

function stepFindings(step: Step, source: Source, pointer: string): Diagnostic[] {
  const kinds = [step.rename, step.move, step.split, step.default].filter((path) => path !== undefined);
  const isWhole =
    kinds.length === 1 &&
    (step.split === undefined || (step.pattern !== undefined && step.into !== undefined)) &&
    ((step.rename ?? step.move) === undefined || step.to !== undefined) &&
    (step.default === undefined || step.value !== undefined);
  const problem = step.pattern === undefined ? undefined : patternProblem(step.pattern);
  if (isWhole && problem === undefined) return [];
  return [
    {
      code: 'catalog/invalid',
      severity: 'error',
      message: problem === undefined ? 'A step does one thing, and has all that it needs.' : `Its pattern: ${problem}.`,
      at: source.at(pointer),
      hint: 'rename and to; move and to; split, pattern and into; default and value.',
    },
  ];
}

/** A file of specs that migrations are applied to. */
export interface Migrated {
  readonly text: string;
  /** What was done, one line each. */
  readonly done: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Whether a cluster has a capability and sets nothing at a path (from capabilities on); false for an environment. */
export type IsUnset = (path: readonly string[]) => boolean;

/** Applies migrations to the text of a cluster spec or environment. Comments, quotes and order stay. Pure. */
export function migrated(file: string, text: string, migrations: readonly Migration[], isUnset: IsUnset): Migrated {
  let now = text;
  const done: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const step of migrations.flatMap((m) => m.steps)) {
    const edits = editsOf(step, parseSource(file, now).value, isUnset);
    for (const edit of edits) {
      const next = edit.apply(now);
      if (next !== undefined && isRight(file, next, edit)) {
        now = next;
        done.push(edit.says);
      } else diagnostics.push(byHand(file, now, edit));
    }
  }
  return { text: now, done, diagnostics };
}

/** One edit of a text, and what has to be true of it. */
interface Edit {
  readonly at: string;
  readonly says: string;
  /** What a pointer is to have afterwards; undefined: nothing. */
  readonly wanted: readonly (readonly [pointer: string, value: Value | undefined])[];
  apply(text: string): string | undefined;
}

function isRight(file: string, text: string, { wanted }: Edit): boolean {
  const value = parseSource(file, text).value?.value;
  return value !== undefined && wanted.every(([p, v]) => JSON.stringify(valueAt(value, p)) === JSON.stringify(v));
}

function byHand(file: string, text: string, { at, says }: Edit): Diagnostic {
  const place = parseSource(file, text).value?.at(at, 'key');
  return {
    code: 'upgrade/migration',
    severity: 'error',
    message: `This cannot be migrated here: ${says}.`,
    at: place ?? { file, line: 1, col: 1 },
    hint: 'Change it by hand, on the branch of the upgrade.',
  };
}

function editsOf(step: Step, source: Source | undefined, isUnset: IsUnset): readonly Edit[] {
  if (source === undefined) return [];
  const { rename, move, split } = step;
  if (step.default !== undefined) return explicit(step.default.split('.'), step.value as Value, isUnset);
  const path = (rename ?? move ?? split ?? '').split('.');
  // of the last item first: taking one out does not move those before it
  const places = [path, ...inDefaults(path)].flatMap((p) => expanded(source.value, ['spec', ...p])).toReversed();
  return places.flatMap((steps) => {
    const value = valueAt(source.value, pointerOf(steps));
    if (value === undefined) return [];
    if (rename !== undefined) return [renaming(steps, step.to ?? '', source.value)];
    if (move !== undefined) return [moving(steps, target(steps, path, (step.to ?? '').split('.')), source.value)];
    return [splitting(steps, path, step, source.value)];
  });
}

/** Environments set options for clusters that have the capability below defaults. */
const inDefaults = ([first, ...rest]: readonly string[]): readonly (readonly string[])[] =>
  first === 'capabilities' ? [['defaults', ...rest]] : [];

/** The places of a path in a value, `*` being every item of a list; steps are from the top on. */
function expanded(root: Value, steps: readonly string[]): readonly (readonly string[])[] {
  const i = steps.indexOf('*');
  if (i === -1) return [steps];
  const list = valueAt(root, pointerOf(steps.slice(0, i)));
  const items = isList(list) ? list.map((_, k) => String(k)) : [];
  return items.flatMap((item) => expanded(root, [...steps.slice(0, i), item, ...steps.slice(i + 1)]));
}

/** Where a new path is, for a value found at `steps` by `path`: the same section, and the same items of lists. */
function target(steps: readonly string[], path: readonly string[], to: readonly string[]): readonly string[] {
  const items = steps.slice(1).filter((_, i) => path[i] === '*');
  const section = path[0] === 'capabilities' && to[0] === 'capabilities' ? (steps[1] ?? '') : (to[0] ?? '');
  return ['spec', section, ...to.slice(1).map((part) => (part === '*' ? (items.shift() ?? '*') : part))];
}

const shown = (steps: readonly string[]): string => pointerText(pointerOf(steps.slice(1)));

function renaming(steps: readonly string[], name: string, root: Value): Edit {
  const [from, to] = [pointerOf(steps), pointerOf([...steps.slice(0, -1), name])];
  return {
    at: from,
    says: `${shown(steps)} is called ${name}`,
    wanted: [
      [from, undefined],
      [to, valueAt(root, from)],
    ],
    apply: (text) => (valueAt(root, to) === undefined ? withKey(text, from, name) : undefined),
  };
}

function moving(steps: readonly string[], place: readonly string[], root: Value): Edit {
  const [from, to] = [pointerOf(steps), pointerOf(place)];
  const value = valueAt(root, from) ?? null;
  return {
    at: from,
    says: `${shown(steps)} is ${shown(place)}`,
    wanted: [
      [from, undefined],
      [to, value],
    ],
    apply(text) {
      if (valueAt(root, to) !== undefined) return undefined;
      const set = withValue(text, to, value);
      return set === undefined ? undefined : withoutKey(set, from);
    },
  };
}

function splitting(steps: readonly string[], path: readonly string[], step: Step, root: Value): Edit {
  const from = pointerOf(steps);
  const value = valueAt(root, from);
  const groups = typeof value === 'string' ? compilePattern(step.pattern ?? '').exec(value) : undefined;
  const parts = (step.into ?? []).map(({ path: to, group, type }) => {
    const text = groups?.[group];
    const part = type === 'integer' && text !== undefined ? Number(text) : text;
    return [pointerOf(target(steps, path, to.split('.'))), part] as const;
  });
  const given = parts.filter(([, part]) => part !== undefined);
  return {
    at: from,
    says: `${shown(steps)} is ${parts.map(([pointer]) => pointerText(pointer.slice('/spec'.length))).join(' and ')}`,
    wanted: [[from, undefined], ...given],
    apply(text) {
      if (groups === undefined || parts.some(([pointer]) => valueAt(root, pointer) !== undefined)) return undefined;
      const set = given.reduce<string | undefined>(
        (now, [pointer, part]) => (now === undefined ? undefined : withValue(now, pointer, part ?? null)),
        text,
      );
      return set === undefined ? undefined : withoutKey(set, from);
    },
  };
}

/** What a default was, written out. */
function explicit(path: readonly string[], value: Value, isUnset: IsUnset): readonly Edit[] {
  if (!isUnset(path)) return [];
  const to = pointerOf(['spec', ...path]);
  const says = `${path.join('.')} is written out: ${JSON.stringify(value)}`;
  return [{ at: to, says, wanted: [[to, value]], apply: (text) => withValue(text, to, value) }];
}

/** Whether a merged spec has a capability, and nothing at a path below it. */
export function isUnsetIn(merged: Value, path: readonly string[]): boolean {
  const [first, capability = ''] = path;
  const own = first === 'capabilities' ? valueAt(merged, pointerOf(['capabilities', capability])) : undefined;
  return isMap(own) && valueAt(merged, pointerOf(path)) === undefined;
}
