import { kindTable } from '../kubernetes/kindTable.ts';
import type { KindTable } from '../kubernetes/kindTable.ts';
import type { Catalog } from '../model/model.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Conditions, KindFacts, KindRules, MadeKey, MakesRule, ReferenceRule } from '../model/references.ts';
import type { KindsFileFormat } from '../model/spec.gen.ts';
import type { Source } from '../model/source.ts';
import { reservedFolders } from './library.ts';

/** What a long component.yaml would say of kinds, in a file beside it. */
export const kindsFile = 'kinds.yaml';

/** What is said of kinds that no component brings. */
export const looseKindsFiles: readonly string[] = ['catalog/kinds.yaml', 'custom/kinds.yaml'];

type Spec = KindsFileFormat.KindsFile['spec'];
type Makes = NonNullable<Spec['makes']>[number];
type Reference = NonNullable<Spec['references']>[number];

type Facts = NonNullable<Spec['kinds']>[number];

/** What is said of kinds in component.yaml and kinds.yaml. `sources` have passed their schemas. */
export function readKinds(sources: readonly Source[], diagnostics: Diagnostic[]): KindRules {
  const specs = sources.map((source) => ({ source, spec: (source.value as unknown as { readonly spec: Spec }).spec }));
  for (const { source, spec } of specs) diagnostics.push(...kindsProblems(source, spec));
  return {
    makes: specs.flatMap(({ spec }) => (spec.makes ?? []).flatMap(makesRules)),
    references: specs.flatMap(({ spec }) => (spec.references ?? []).flatMap(referenceRules)),
    kinds: specs.flatMap(({ spec }) => (spec.kinds ?? []).flatMap(kindFacts)),
    lists: specs.flatMap(({ spec }) => spec.lists ?? []),
  };
}

const tables = new WeakMap<KindRules, KindTable>();

/** What a catalog knows of kinds. */
export function kindsOf({ kinds }: Pick<Catalog, 'kinds'>): KindTable {
  const table = tables.get(kinds) ?? kindTable(kinds.kinds);
  tables.set(kinds, table);
  return table;
}

/** What any of these catalogs knows of kinds: where one says that a kind holds data, it does. */
export const kindsOfAll = (catalogs: readonly Pick<Catalog, 'kinds'>[]): KindTable =>
  kindTable(catalogs.flatMap((c) => c.kinds.kinds));

export function joinKinds(rules: readonly KindRules[]): KindRules {
  return {
    makes: rules.flatMap((r) => r.makes),
    references: rules.flatMap((r) => r.references),
    kinds: rules.flatMap((r) => r.kinds),
    lists: rules.flatMap((r) => r.lists),
  };
}

/** Files of that name where nobody reads them. */
export function strayKinds(files: Iterable<string>): Diagnostic[] {
  const all = new Set(files);
  return [...all].flatMap((file): Diagnostic[] => {
    const [, folder, name = ''] = /^((?:catalog|custom)\/(?:[^/]+\/([^/]+\/)?)?)kinds\.yaml$/.exec(file) ?? [];
    const isReserved = reservedFolders.has(name.slice(0, -1));
    if (folder === undefined || looseKindsFiles.includes(file) || isReserved || all.has(`${folder}component.yaml`))
      return [];
    return [
      {
        code: 'catalog/invalid',
        severity: 'error',
        message: `${file} has no component.yaml beside it.`,
        at: { file, line: 1, col: 1 },
        hint: 'Put it into the folder of the component that brings the kinds, or right below catalog/ or custom/.',
      },
    ];
  });
}

const listOf = (one: string | readonly string[] | undefined): readonly string[] =>
  one === undefined ? [] : typeof one === 'string' ? [one] : one;

/** One rule for each kind and each name. */
function makesRules(entry: Makes): MakesRule[] {
  const { kind, kindAt, namespace } = entry;
  const keys = entry.keys?.map((item): MadeKey =>
    typeof item === 'string' ? { key: item, with: [], without: [] } : { key: item.key, ...conditionsOf(item) },
  );
  const owners = entry.for === undefined ? [undefined] : listOf(entry.for);
  return owners.flatMap((of) =>
    listOf(entry.name).map((name) => ({ for: of, kind, kindAt, name, namespace, keys, ...conditionsOf(entry) })),
  );
}

const conditionsOf = (entry: Pick<Makes, 'with' | 'without'>): Conditions => ({
  with: listOf(entry.with),
  without: listOf(entry.without),
});

/** One rule for each member, each place and each key. */
function referenceRules(entry: Reference): ReferenceRule[] {
  const { from, member, at, keyAt, reason: _reason, ...rest } = entry;
  const kinds = from === undefined ? {} : { from: listOf(from) };
  const members = member === undefined ? [{}] : listOf(member).map((name) => ({ member: name }));
  const places = at === undefined ? [''] : listOf(at);
  const keys = keyAt === undefined ? [{}] : listOf(keyAt).map((pointer) => ({ keyAt: pointer }));
  return members.flatMap((m) =>
    places.flatMap((place) => keys.map((key) => ({ ...rest, ...kinds, ...m, at: place, ...key }))),
  );
}

const kindFacts = ({ kind, reason: _reason, ...facts }: Facts): KindFacts[] =>
  listOf(kind).map((name) => ({ kind: name, ...facts }));

/** What a schema cannot say of the entries. */
function kindsProblems(source: Source, spec: Spec): Diagnostic[] {
  const found: Diagnostic[] = [];
  const invalid = (pointer: string, message: string, hint: string): void => {
    found.push({ code: 'catalog/invalid', severity: 'error', message, at: source.at(pointer), hint });
  };
  (spec.references ?? []).forEach(({ from, member, at }, i) => {
    if (member === undefined && (from === undefined || at === undefined))
      invalid(
        `/spec/references/${i}`,
        'A reference needs from and at, or member.',
        'Name the kinds and the place in them, or the member that means the same wherever it stands.',
      );
  });
  const isLoose = looseKindsFiles.includes(source.file);
  (spec.makes ?? []).forEach((entry, i) => {
    const at = `/spec/makes/${i}`;
    if (isLoose && entry.for === undefined)
      invalid(at, '"for" is missing: no component makes this by being there.', 'Add for, or move it to the component.');
    const isOfObject = entry.for !== undefined;
    const patterns: (readonly [pointer: string, text: string])[] = [
      ...placesOf(entry.name, `${at}/name`),
      ...placesOf(entry.namespace ?? [], `${at}/namespace`),
      ...(entry.keys ?? []).map((item, k) =>
        typeof item === 'string' ? ([`${at}/keys/${k}`, item] as const) : ([`${at}/keys/${k}/key`, item.key] as const),
      ),
    ];
    for (const [pointer, text] of patterns) {
      const wrong = wrongPlaceholder(text, isOfObject);
      if (wrong !== undefined)
        invalid(
          pointer,
          `"${wrong}" in "${text}" stands for nothing.`,
          isOfObject
            ? 'In braces stand JSON pointers into the object, such as {/metadata/name}.'
            : 'Without for, in braces stand release, namespace or name of the component.',
        );
    }
    const asks = ['with', 'without', 'kindAt'].filter((field) => Object.hasOwn(entry, field));
    for (const field of isOfObject ? [] : asks)
      invalid(
        `${at}/${field}`,
        `"${field}" asks an object, and without for there is none.`,
        'Add for, or take it out.',
      );
  });
  return found;
}

const placesOf = (value: string | readonly string[], pointer: string): (readonly [string, string])[] =>
  typeof value === 'string' ? [[pointer, value]] : value.map((text, i) => [`${pointer}/${i}`, text] as const);

/** What is in braces and stands for nothing; undefined: all of it is fine. */
function wrongPlaceholder(text: string, isOfObject: boolean): string | undefined {
  const known = isOfObject ? /^\{(?:\/[^{}|]+)(?:\|\/[^{}|]+)*\}$/ : /^\{(?:release|namespace|name)\}$/;
  const pieces = text.match(/\{[^{}]*\}|[{}]/g) ?? [];
  return pieces.find((piece) => !known.test(piece));
}
