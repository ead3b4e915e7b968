import type { Capability, Catalog, CatalogComponent } from '../model/model.ts';
import { compareText } from '../model/values.ts';
import { optionRows } from './docs.ts';

/** One difference between two catalogs, as a line of release notes. */
export interface CatalogChange {
  readonly kind: 'added' | 'changed' | 'removed';
  /** Capability that it is about. */
  readonly capability: string;
  readonly text: string;
}

/** What is different for who uses a catalog: capabilities, options and their defaults, components, charts. Sorted. Pure. */
export function catalogChanges(before: Catalog, after: Catalog): readonly CatalogChange[] {
  const names = [...new Set([...before.capabilities.keys(), ...after.capabilities.keys()])].sort(compareText);
  return names.flatMap((name) => {
    const [old, now] = [before.capabilities.get(name), after.capabilities.get(name)];
    const of = (kind: CatalogChange['kind'], text: string): CatalogChange => ({ kind, capability: name, text });
    if (now === undefined) return [of('removed', `capability ${name}`)];
    if (old === undefined) return [of('added', `capability ${name}: ${now.summary}`)];
    return [...optionChanges(old, now, of), ...componentChanges(old, now, of)];
  });
}

type Make = (kind: CatalogChange['kind'], text: string) => CatalogChange;

function optionChanges(old: Capability, now: Capability, of: Make): CatalogChange[] {
  const [was, is] = [old, now].map((c) => new Map(optionRows(c.options).map((row) => [row.option, row])));
  const paths = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort(compareText);
  return paths.flatMap((path) => {
    const [a, b] = [was?.get(path), is?.get(path)];
    if (b === undefined) return [of('removed', `option ${path}`)];
    if (a === undefined) return [of('added', `option ${path} (${b.type}): ${b.description}`)];
    return [
      ...(a.default === b.default
        ? []
        : [of('changed', `default of ${path}: ${a.default || 'none'} → ${b.default || 'none'}`)]),
      ...(a.type === b.type ? [] : [of('changed', `type of ${path}: ${a.type} → ${b.type}`)]),
    ];
  });
}

function componentChanges(old: Capability, now: Capability, of: Make): CatalogChange[] {
  const [was, is] = [old, now].map((c) => new Map(c.components.map((x) => [x.name, x])));
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort(compareText);
  return names.flatMap((name) => {
    const [a, b] = [was?.get(name), is?.get(name)];
    if (b === undefined) return [of('removed', `component ${name}`)];
    if (a === undefined) return [of('added', `component ${name}: ${b.summary}`)];
    const [before, after] = [chartText(a), chartText(b)];
    return [
      ...(before === after ? [] : [of('changed', `${name}: ${before} → ${after}`)]),
      ...(a.namespace === b.namespace ? [] : [of('changed', `namespace of ${name}: ${a.namespace} → ${b.namespace}`)]),
    ];
  });
}

const chartText = ({ chart }: CatalogComponent): string =>
  chart === undefined ? 'manifests' : `${chart.name} ${chart.version}`;

/** The changes as a list in Markdown, by capability. */
export function changesText(changes: readonly CatalogChange[]): string {
  const capabilities = [...new Set(changes.map((c) => c.capability))];
  const titles = { removed: 'Removed', changed: 'Changed', added: 'Added' } as const;
  return capabilities
    .map((capability) => {
      const own = changes.filter((c) => c.capability === capability);
      const lines = (['removed', 'changed', 'added'] as const).flatMap((kind) =>
        own.filter((c) => c.kind === kind).map((c) => `- ${titles[kind]}: ${c.text}`),
      );
      return `### ${capability}\n\n${lines.join('\n')}`;
    })
    .join('\n\n');
}
