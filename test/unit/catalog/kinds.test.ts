import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKinds } from '../../../generator/catalog/kinds.ts';
import { createSchemas } from '../../../generator/config/jsonSchema.ts';
import { createContext } from '../../../generator/context.ts';
import { partsAt, partsCalled } from '../../../generator/kubernetes/shapes/places.ts';
import { kindTable } from '../../../generator/kubernetes/kindTable.ts';
import { groupOf, qualifiedKind } from '../../../generator/kubernetes/object.ts';
import type { CatalogComponent } from '../../../generator/model/model.ts';
import type { MakesRule, ReferenceRule } from '../../../generator/model/references.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { builtInMakes, builtInReferences } from '../../../generator/validate/references/table.ts';
import { fill, isAt } from '../../../generator/yaml/pointer.ts';
import { parseSource } from '../../../generator/yaml/source.ts';

const root = resolve(import.meta.dirname, '../../..');
const readJson = (path: string): ValueMap => JSON.parse(readFileSync(join(root, path), 'utf8')) as ValueMap;

interface Known {
  readonly scope: string;
  readonly shape: ValueMap;
}

/** The kinds of Kubernetes and of schemas/crds, `group/Kind`, each with its versions. */
function knownKinds(): ReadonlyMap<string, readonly Known[]> {
  const found = new Map<string, Known[]>();
  const add = (kind: string, known: Known): void => void found.set(kind, [...(found.get(kind) ?? []), known]);
  for (const group of readdirSync(join(root, 'schemas/crds')))
    for (const file of readdirSync(join(root, 'schemas/crds', group)).filter((f) => f !== 'provenance.json'))
      add(`${group}/${file.split('_')[0] ?? ''}`, readJson(`schemas/crds/${group}/${file}`) as unknown as Known);
  const { kinds, $defs } = readJson('schemas/kubernetes/v1.34.json') as Record<string, ValueMap>;
  for (const [name, entry] of Object.entries(kinds ?? {})) {
    const steps = name.split('/');
    const kind = qualifiedKind(steps.length === 3 ? (steps[0] ?? '') : '', steps.at(-1) ?? '');
    add(kind, { scope: String((entry as ValueMap)['scope']), shape: { ...(entry as ValueMap), $defs: $defs ?? {} } });
  }
  return found;
}

const known = knownKinds();
const shapesOf = (kind: string): readonly ValueMap[] =>
  [...known]
    .filter(([name]) => name === kind || (kind.endsWith('/*') && name.startsWith(kind.slice(0, -1))))
    .flatMap(([, versions]) => versions.map((v) => v.shape));

const isThere = (shape: ValueMap, pointer: string): boolean =>
  partsAt(shape, pointer.replace(/#$/, ''), shape).length > 0;

/** What is wrong with a reference, for one of the kinds it is from; `*` are all kinds. */
function referenceProblems(rule: ReferenceRule, from: string): string[] {
  const shapes = from === '*' ? [...known.values()].flatMap((v) => v.map((k) => k.shape)) : shapesOf(from);
  const places = shapes.flatMap((shape) =>
    (rule.member === undefined ? [shape] : partsCalled(shape, rule.member)).flatMap((start) =>
      partsAt(start, rule.at, shape).map((part) => ({ part, shape })),
    ),
  );
  const what = `${from} ${rule.member ?? ''} ${rule.at}`;
  if (places.length === 0) return [`${what} does not exist`];
  if (places.some(({ part }) => part['type'] === 'string') || rule.at.includes('annotations')) return [];
  const { kindAt, groupAt, apiVersionAt, namespaceAt, keyAt, nameAt = 'name' } = rule;
  const members = [nameAt, kindAt, groupAt, apiVersionAt, namespaceAt].filter((name) => name !== undefined);
  return [...members.map((name) => `/${name}`), ...(keyAt === undefined ? [] : [keyAt])]
    .filter((pointer) => places.every(({ part, shape }) => partsAt(part, pointer, shape).length === 0))
    .map((pointer) => `${what} has no ${pointer}`);
}

/** Every JSON pointer of a rule about what is made. */
function pointersOf({ name, namespace = '', keys = [], kindAt, ...conditions }: MakesRule): string[] {
  const asked = [conditions, ...keys].flatMap((c) => [...c.with, ...c.without]).map((c) => c.replace(/=.*$/, ''));
  const filled = [name, namespace, ...keys.map((k) => k.key)].flatMap((text) =>
    [...text.matchAll(/\{([^{}]*)\}/g)].flatMap((match) => (match[1] ?? '').split('|')),
  );
  return [...asked, ...filled, ...(kindAt === undefined ? [] : [`${kindAt}/kind`])];
}

/** What is wrong with rules about what is made. */
const makesProblems = (rules: readonly MakesRule[]): string[] =>
  rules.flatMap((rule) =>
    pointersOf(rule)
      .filter((pointer) => !shapesOf(rule.for ?? '').some((shape) => isThere(shape, pointer)))
      .map((pointer) => `${rule.for ?? ''} has no ${pointer}`),
  );

const catalog = createPipeline(createContext(root, { quiet: true, verbose: false })).loadCatalog().value;
const components: readonly CatalogComponent[] = [...(catalog?.components.values() ?? [])].filter(
  (c) => c.references.length + c.makes.length > 0,
);

describe.each(components.map((c) => [c.name, c] as const))('kinds of %s', (_, component) => {
  it('what its references name and where exists', () => {
    const kinds = component.references.flatMap((rule) => [...(rule.from ?? []), rule.to]);
    expect(kinds.filter((kind) => shapesOf(kind).length === 0)).toEqual([]);
    const problems = component.references.flatMap((rule) =>
      (rule.from ?? ['*']).flatMap((from) => referenceProblems(rule, from)),
    );
    expect(problems).toEqual([]);
  });

  it('what it makes, and of what, exists', () => {
    const rules = component.makes.filter((rule) => rule.for !== undefined);
    expect(
      [...rules.map((r) => r.for ?? ''), ...component.makes.map((r) => r.kind)].filter((k) => !known.has(k)),
    ).toEqual([]);
    expect(makesProblems(rules)).toEqual([]);
  });
});

describe('facts about kinds', () => {
  const facts = catalog?.kinds.kinds ?? [];

  it('are about kinds that exist, where the repository has their schemas', () => {
    const groups = new Set([...known.keys()].map((kind) => groupOf(kind)));
    const named = facts.flatMap((fact) => [fact.kind, ...(fact.usedElsewhere ?? []).filter((kind) => kind !== '*')]);
    expect(named.filter((kind) => groups.has(groupOf(kind)) && shapesOf(kind).length === 0)).toEqual([]);
    const pointers = facts.flatMap(({ kind, partsAt: parts, hostsAt: hosts }) =>
      [parts ?? [], hosts ?? []].flat().map((pointer) => [kind, pointer] as const),
    );
    expect(pointers.length).toBeGreaterThan(5);
    expect(pointers.filter(([kind, pointer]) => !shapesOf(kind).some((shape) => isThere(shape, pointer)))).toEqual([]);
  });

  it('say which kinds have no namespace, as their definitions do', () => {
    const isWide = (kind: string): boolean => (known.get(kind) ?? []).some(({ scope }) => scope === 'Cluster');
    const said = facts.filter((fact) => fact.clusterWide === true).map((fact) => fact.kind);
    expect(said.filter((kind) => !isWide(kind))).toEqual([]);
    const brought = components.flatMap((c) => c.crds.filter(isWide));
    expect(brought.filter((kind) => !said.includes(kind))).toEqual([]);
  });

  it('say what Argo CD leaves alone, as its values do', () => {
    const values = readFileSync(join(root, 'catalog/gitops/argocd/values.yaml.hbs'), 'utf8');
    const rules = [...values.matchAll(/- apiGroups: (\[[^\]{]*\])\n\s+kinds: (\[[^\]{]*\])/g)].map(
      ([, groups, kinds]) =>
        [groups, kinds].map((text) => parseSource('x', `x: ${text ?? ''}`).value?.value as { readonly x: string[] }),
    );
    const listed = rules.flatMap(([groups, kinds]) =>
      (groups?.x ?? []).flatMap((group) => (kinds?.x ?? []).map((kind) => qualifiedKind(group, kind))),
    );
    const table = kindTable(facts);
    const isOfKubernetes = (kind: string): boolean => /^(?:[^/]+|[a-z]+\.k8s\.io\/.*)$/.test(kind);
    expect(listed.length).toBeGreaterThan(40);
    expect(listed.filter((k) => !table.isExcluded(k) && (!isOfKubernetes(k) || known.has(k)))).toEqual([]);
    expect(facts.filter((fact) => fact.excluded === true && !listed.includes(fact.kind))).toEqual([]);
  });
});

it('lists are of kinds that exist, and so are their columns', () => {
  const lists = catalog?.kinds.lists ?? [];
  expect([...new Set(lists.map(({ list }) => list))].sort()).toEqual([
    'backups',
    'certificates',
    'databases',
    'kafka-users',
    'postgres-clusters',
    'topics',
  ]);
  const wrong = lists.flatMap(({ of, columns }) =>
    Object.values(columns)
      .flatMap((places) => places.split('|'))
      .filter((pointer) => !shapesOf(of).some((shape) => isThere(shape, pointer)))
      .map((pointer) => `${of} has no ${pointer}`),
  );
  expect(wrong).toEqual([]);
});

it('all components with such rules are here', () => {
  expect(components.length).toBeGreaterThan(15);
});

it('what Kubernetes and Argo CD name and make exists', () => {
  const problems = builtInReferences.flatMap((rule) =>
    (rule.from ?? ['*']).flatMap((from) => referenceProblems(rule, from)),
  );
  expect([...problems, ...makesProblems(builtInMakes)]).toEqual([]);
});

it('the example of the documentation is read as it says', () => {
  const text = readFileSync(join(root, 'docs/catalog.md'), 'utf8');
  const example = /```yaml\n(# yaml-language-server: [^\n]*kinds\.schema\.json\n[\s\S]*?)```/.exec(text)?.[1] ?? '';
  const source = parseSource('catalog/a/b/kinds.yaml', example).value;
  if (source === undefined) throw new Error('the example is not YAML');
  const schema = readJson('schemas/kinds.schema.json');
  const problems = createSchemas()
    .checker(schema)
    .check(source.value, (pointer) => source.at(pointer));
  const { references, makes, kinds, lists } = readKinds([source], problems);
  expect(problems).toEqual([]);
  expect(lists.map(({ list, of, columns }) => [list, of, Object.keys(columns)])).toEqual([
    ['widgets', 'example.com/Widget', ['widget', 'size', 'disks']],
  ]);
  expect(references.map((r) => [r.from, r.member, r.at, r.keyAt])).toEqual([
    [['example.com/Widget'], undefined, '/spec/storage/class', undefined],
    [['example.com/Widget'], undefined, '/spec/disks/*/class', undefined],
    [['example.com/Widget', 'example.com/Gadget'], undefined, '/spec/parts/*/sourceRef', '/key'],
    [['example.com/*'], 'tokenRef', '', '/key'],
  ]);
  const made = makes[0];
  const widget = { metadata: { name: 'w' }, spec: { auth: { type: 'token' }, labels: { a: 'x', b: 'y' } } };
  expect(fill(made?.name ?? '', widget)).toEqual(['w-auth']);
  expect(made?.with.map((condition) => isAt(widget, condition))).toEqual([true, true]);
  expect(made?.without.map((condition) => isAt(widget, condition))).toEqual([false]);
  const table = kindTable(kinds);
  expect([table.isData('example.com/Widget'), table.isDataless('example.com/Report')]).toEqual([true, true]);
  expect([table.isClusterWide('example.com/ClusterWidget'), table.isExcluded('example.com/Report')]).toEqual([
    true,
    true,
  ]);
  expect(['Secret', 'ConfigMap'].map((kind) => table.isUsedElsewhere('example.com/ClusterWidget', kind))).toEqual([
    true,
    false,
  ]);
  expect(made?.keys?.flatMap(({ key }) => fill(key, widget))).toEqual(['token', 'ca.crt', 'a', 'b', '*']);
});
