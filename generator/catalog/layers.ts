import semver from 'semver';
import { parseLock, withCharts } from '../charts/lock.ts';
import type { ChartLock } from '../charts/lock.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { CatalogLayer, Fleet } from '../model/fleet.ts';
import type { CatalogFiles } from '../model/model.ts';
import type { Source } from '../model/source.ts';
import { textAt } from '../model/values.ts';
import { version } from '../model/version.ts';
import { parseSource } from '../yaml/source.ts';
import { fleetFile } from './fleetFile.ts';
import { placeIn } from './sources.ts';

/** Several catalogs as one. */
export interface JoinedCatalogs {
  /** By path from the top of the catalog, without its lock. */
  readonly files: CatalogFiles;
  /** Which layer a path is of. */
  readonly origins: ReadonlyMap<string, CatalogLayer>;
  /** Charts that the catalogs have locked. */
  readonly charts: ChartLock;
}

const lockName = 'catalog.lock';
/** What a catalog says of itself: that of the first one counts. */
const aboutItself: ReadonlySet<string> = new Set(['catalog.yaml', 'distributions.yaml', 'README.md', 'LICENSE']);

/** Puts catalogs one over the other, in their order. `custom`: paths of the fleet's own files, from custom/ on. */
export function joinLayers(
  layers: readonly CatalogLayer[],
  { file, customOverrides }: Fleet,
  custom: readonly string[],
): Outcome<JoinedCatalogs> {
  const origins = new Map<string, CatalogLayer>();
  const diagnostics: Diagnostic[] = [];
  const refuse = (pointer: string, message: string, hint: string): void => {
    const at = file?.at(pointer) ?? { file: fleetFile, line: 1, col: 1 };
    diagnostics.push({ code: 'catalog/layers', severity: 'error', message, at, hint });
  };
  let charts: ChartLock = [];
  for (const layer of layers) {
    const paths = [...layer.files.keys()];
    const pointer = layer.pointer ?? '';
    override(layer.overrides, origins, foldersOf(paths), `catalog "${layer.name}"`, `${pointer}/overrides`, refuse);
    refuseTwins(layer, origins, `${pointer}/source`, refuse);
    for (const path of paths)
      if (path !== lockName && !(origins.has(path) && aboutItself.has(path))) origins.set(path, layer);
    const lock = layer.files.get(lockName);
    const locked = lock === undefined ? undefined : parseLock(lock, placeIn(layer.source, lockName));
    diagnostics.push(...(locked?.diagnostics ?? []));
    charts = withCharts(locked?.value ?? [], charts);
    if (layer !== layers[0]) diagnostics.push(...ownRange(layer));
  }
  override(customOverrides, origins, foldersOf(custom), 'custom/', '/spec/custom/overrides', refuse);
  if (hasErrors(diagnostics)) return { diagnostics };
  const files = new Map([...origins].map(([path, layer]) => [path, layer.files.get(path) ?? '']));
  return { value: { files, origins, charts }, diagnostics };
}

type Refuse = (pointer: string, message: string, hint: string) => void;

/** Folders of components and capabilities by name, among paths from a catalog's top. */
function foldersOf(paths: Iterable<string>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const [, capability, component] = /^([^/]+)\/(?:([^/]+)\/component|capability)\.yaml$/.exec(path) ?? [];
    if (capability === undefined) continue;
    if (component !== undefined) found.set(component, `${capability}/${component}/`);
    else if (!found.has(capability)) found.set(capability, `${capability}/`);
  }
  return found;
}

/** Takes out what these names stand for. */
function override(
  names: readonly string[],
  origins: Map<string, CatalogLayer>,
  own: ReadonlyMap<string, string>,
  who: string,
  pointer: string,
  refuse: Refuse,
): void {
  const before = foldersOf(origins.keys());
  for (const [i, name] of names.entries()) {
    const folder = before.get(name);
    if (folder === undefined)
      refuse(
        `${pointer}/${i}`,
        `No catalog before ${who} has a component or capability "${name}" to override.`,
        'Correct the name, or take it out: what is new needs no override.',
      );
    else if (!own.has(name))
      refuse(
        `${pointer}/${i}`,
        `${who === 'custom/' ? who : `The ${who}`} has no "${name}" to put in place of the other.`,
        'Add it there, or take the override out.',
      );
    else for (const path of [...origins.keys()]) if (path.startsWith(folder)) origins.delete(path);
  }
}

/** What a later catalog has too, without saying that it is meant. */
function refuseTwins(
  layer: CatalogLayer,
  origins: ReadonlyMap<string, CatalogLayer>,
  pointer: string,
  refuse: Refuse,
): void {
  const before = foldersOf(origins.keys());
  const own = foldersOf(layer.files.keys());
  const twins = [...own].filter(([name]) => before.has(name));
  for (const [name] of twins) {
    const folder = before.get(name) ?? '';
    const other = [...origins].find(([path]) => path.startsWith(folder))?.[1];
    const kind = folder.split('/').length > 2 ? 'component' : 'capability';
    refuse(
      pointer,
      `The catalogs "${other?.name ?? ''}" and "${layer.name}" both have the ${kind} "${name}".`,
      `Where "${layer.name}" is to have its place: \`overrides: [${name}]\` there.`,
    );
  }
  const isTold = (path: string): boolean => twins.some(([, folder]) => path.startsWith(folder));
  for (const path of layer.files.keys())
    if (origins.has(path) && path !== lockName && !aboutItself.has(path) && !isTold(path))
      refuse(
        pointer,
        `The catalogs "${origins.get(path)?.name ?? ''}" and "${layer.name}" both have a file ${path}.`,
        'Move what it says into the folder of a component.',
      );
}

/** The first catalog is held to its range when it is built. */
function ownRange({ files, source: from }: CatalogLayer): Diagnostic[] {
  const source = parseSource(placeIn(from, 'catalog.yaml'), files.get('catalog.yaml') ?? '').value;
  return source === undefined ? [] : programFindings(source);
}

/** Whether a catalog is meant for this program; `source` is its catalog.yaml. */
export function programFindings(source: Source): Diagnostic[] {
  const range = textAt(source.value, 'spec', 'slipway');
  if (range === undefined) return [];
  const about = { code: 'catalog/program', severity: 'error', at: source.at('/spec/slipway') } as const;
  if (semver.validRange(range) === null)
    return [
      { ...about, message: `"${range}" is no range of versions.`, hint: 'Write it as npm does: ">=1.4.0 <2.0.0".' },
    ];
  if (semver.satisfies(version, range, { includePrerelease: true })) return [];
  return [
    {
      ...about,
      message: `The catalog works with Slipway ${range}, and this is ${version}.`,
      hint: 'Install a version of Slipway in that range, or take another version of the catalog.',
    },
  ];
}
