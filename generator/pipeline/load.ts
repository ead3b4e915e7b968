import catalogSchema from '../../schemas/catalog.schema.json' with { type: 'json' };
import capabilitySchema from '../../schemas/capability.schema.json' with { type: 'json' };
import distributionsSchema from '../../schemas/distributions.schema.json' with { type: 'json' };
import componentSchema from '../../schemas/component.schema.json' with { type: 'json' };
import kindsSchema from '../../schemas/kinds.schema.json' with { type: 'json' };
import type { Context } from '../ports.ts';
import { buildCatalog } from '../catalog/catalog.ts';
import { unusedFiles } from '../catalog/unusedFiles.ts';
import { isLibraryFile } from '../catalog/library.ts';
import { distributionsFile } from '../catalog/distributions.ts';
import type { CatalogSchemas } from '../catalog/catalog.ts';
import { lockFile } from '../charts/lock.ts';
import { sha } from '../util/digest.ts';
import { createRenderedCheck } from './renderedCheck.ts';
import { missingPin } from './pins.ts';
import { currentEntry, specDigest } from './runCache.ts';
import type { RunCache } from './runCache.ts';
import type { CachedCluster } from '../model/finished.ts';
import { matchesSelector, nameMatcher, requireMatches } from '../util/glob.ts';
import type { Tools } from '../template/tools.ts';
import { pinOf } from '../config/specChecker.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { ToolError, UsageError } from '../model/diagnostic.ts';
import type { Catalog } from '../model/model.ts';
import { asMap, valueAt } from '../model/values.ts';
import { parseSource, stripBom } from '../yaml/source.ts';
import type { Source } from '../model/source.ts';
import { specFiles, specName } from '../config/specFiles.ts';
import { checkSpecs, findingsAbout, foldersAsSpecs, twins } from './specFindings.ts';

export interface Selection {
  /** Globs over cluster names; empty: all. */
  readonly clusters: readonly string[];
  /** Exactly these clusters, whatever the globs say. */
  readonly only?: ReadonlySet<string>;
  /** Label selector `key=value,key2!=value`. */
  readonly selector?: string;
  /** What the last run left behind; clusters that are current by it are not rendered again. */
  readonly cache?: RunCache | undefined;
  /** Render every chart that is on this machine, and say what that shows. */
  readonly prove?: boolean;
  /** Keep the objects of the trees, not only their files. */
  readonly keepObjects?: boolean;
  /** Also read the templates of the catalog that no cluster uses. */
  readonly checkTemplates?: boolean;
  /** How many threads may render side by side; 1 without it. */
  readonly jobs?: number;
  /** The clusters exist nowhere: what environments set beside them is no concern. */
  readonly isTrial?: boolean;
}

/** The files of a repository, read and checked one by one. */
export interface Workspace {
  readonly clusters: readonly Source[];
  /** Clusters whose spec could not be read, by the names of their files. */
  readonly unread: readonly string[];
  /** Clusters that are current by the cache, by name. */
  readonly current: ReadonlyMap<string, CachedCluster>;
  readonly environments: ReadonlyMap<string, Source>;
  readonly catalog: Catalog | undefined;
  readonly catalogs: ReadonlyMap<string, Catalog>;
  readonly diagnostics: readonly Diagnostic[];
  /** False when a selection left clusters out. */
  readonly complete: boolean;
  /** Digest of what all clusters with this catalog share. */
  sharedDigest(catalog: Catalog): string;
}

/** The catalogs that are in use: that of the working tree, and those of pins. */
export const catalogsOf = ({ catalog, catalogs }: Workspace): readonly Catalog[] => [
  ...(catalog === undefined ? [] : [catalog]),
  ...catalogs.values(),
];

/** Reads the catalog, the environments and the selected cluster specs. */
export function createLoader(
  ctx: Context,
  tools: Tools,
): { workspace(selection: Selection): Promise<Workspace>; catalog(): Outcome<Catalog> } {
  const checkers: CatalogSchemas = {
    catalog: tools.checker(catalogSchema),
    capability: tools.checker(capabilitySchema),
    component: tools.checker(componentSchema),
    kinds: tools.checker(kindsSchema),
    distributions: tools.checker(distributionsSchema),
  };
  const catalog = (): Outcome<Catalog> =>
    collectFiles(ctx, ['catalog', 'custom'], (files, paths) => {
      const { value, diagnostics } = buildCatalog(files, checkers);
      if (value === undefined) return { diagnostics };
      return { value, diagnostics: [...diagnostics, ...unusedFiles(paths, chartFolders(value))] };
    });
  return { catalog, workspace: (selection) => loadWorkspace(ctx, tools, checkers, catalog(), selection) };
}

async function loadWorkspace(
  ctx: Context,
  tools: Tools,
  checkers: CatalogSchemas,
  catalog: Outcome<Catalog>,
  selection: Selection,
): Promise<Workspace> {
  const diagnostics: Diagnostic[] = [...catalog.diagnostics];
  const environments = new Map<string, Source>();
  const environmentFiles = specFiles(ctx.files, 'environments');
  const { files, complete } = selectFiles(ctx, selection);
  diagnostics.push(...twins(environmentFiles), ...twins(files));
  diagnostics.push(...foldersAsSpecs(ctx, 'clusters'), ...foldersAsSpecs(ctx, 'environments'));
  for (const source of readSources(ctx, environmentFiles, diagnostics)) environments.set(specName(source.file), source);
  const catalogs = new Map<string, Catalog>();
  const sharedDigest = digester(ctx, environments);
  const areChartsUnchanged = createRenderedCheck(ctx);
  const current = new Map<string, CachedCluster>();
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = readText(ctx, file, diagnostics);
    if (text === undefined) continue;
    const entry = selection.cache?.(specName(file));
    const pin = entry?.pin;
    if (pin !== undefined) await pinnedCatalog(ctx, pin, undefined, catalogs, checkers, []);
    const own = pin === undefined ? catalog.value : catalogs.get(pin);
    const hit =
      entry === undefined || own === undefined || selection.selector !== undefined
        ? undefined
        : currentEntry(entry, specDigest(file, text), sharedDigest(own), ctx.files.areUnchanged);
    if (hit === undefined || !(await areChartsUnchanged(hit.rendered))) texts.set(file, text);
    else current.set(specName(file), hit);
  }
  let clusters = [...texts].flatMap(([file, text]) => parsed(file, text, diagnostics));
  const readable = new Set(clusters.map((s) => specName(s.file)));
  const unread = files.map(specName).filter((name) => !readable.has(name) && !current.has(name));
  if (selection.selector !== undefined) clusters = withLabels(clusters, selection.selector);
  for (const source of clusters) {
    const pin = pinOf(source, environments);
    if (pin !== undefined) await pinnedCatalog(ctx, pin, source, catalogs, checkers, diagnostics);
  }
  if (catalog.value !== undefined)
    diagnostics.push(...checkSpecs(tools, catalog.value, catalogs, clusters, environments, environmentFiles));
  const about = complete ? diagnostics : findingsAbout(clusters, environments, diagnostics);
  const own = catalog.value;
  return {
    clusters,
    unread,
    current,
    environments,
    catalog: own,
    catalogs,
    diagnostics: about,
    complete,
    sharedDigest,
  };
}

function withLabels(clusters: Source[], selector: string): Source[] {
  const wanted = clusters.filter((s) => matchesSelector(asMap(valueAt(s.value, '/metadata/labels')), selector));
  if (wanted.length === 0 && clusters.length > 0)
    throw new UsageError(`No cluster has the labels ${selector}.`, 'Labels are metadata.labels of the spec.');
  return wanted;
}

function selectFiles(ctx: Context, selection: Selection): { files: readonly string[]; complete: boolean } {
  const all = specFiles(ctx.files, 'clusters');
  const { only } = selection;
  const wanted = only === undefined ? nameMatcher(selection.clusters) : (name: string): boolean => only.has(name);
  const files = all.filter((f) => wanted(specName(f)));
  if (only === undefined) requireMatches(selection.clusters, all.map(specName));
  return { files, complete: files.length === all.length && selection.selector === undefined };
}

/** What all clusters of one catalog share: program, catalog, environments, and the schemas they are checked against. */
function digester(ctx: Context, environments: ReadonlyMap<string, Source>): (catalog: Catalog) => string {
  const known = new Map<Catalog, string>();
  return (catalog) => {
    const digest =
      known.get(catalog) ??
      sha(
        JSON.stringify([
          ctx.programStamp(),
          catalog.digest,
          [...environments].map(([name, source]) => [name, source.text]),
          ctx.files.stamps('schemas'),
        ]),
      );
    known.set(catalog, digest);
    return digest;
  };
}

function readText(ctx: Context, file: string, diagnostics: Diagnostic[]): string | undefined {
  try {
    return stripBom(ctx.files.read(file));
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    diagnostics.push(error.finding());
    return undefined;
  }
}

function parsed(file: string, text: string, diagnostics: Diagnostic[]): Source[] {
  const outcome = parseSource(file, text);
  diagnostics.push(...outcome.diagnostics);
  return outcome.value === undefined ? [] : [outcome.value];
}

function readSources(ctx: Context, files: readonly string[], diagnostics: Diagnostic[]): Source[] {
  return files.flatMap((file) => {
    const text = readText(ctx, file, diagnostics);
    return text === undefined ? [] : parsed(file, text, diagnostics);
  });
}

/** Folders of the repository that charts come from. */
const chartFolders = ({ components }: Catalog): readonly string[] =>
  [...components.values()].flatMap(({ chart }) => {
    const folder = chart === undefined ? undefined : /^\.\/(.*?)\/*$/.exec(chart.repository)?.[1];
    return folder === undefined ? [] : [folder];
  });

/** What a catalog is made of; the rest (READMEs, examples, tests) is about it. */
export function isCatalogFile(file: string): boolean {
  if (!/^(?:catalog|custom)\//.test(file)) return false;
  if (/^(?:catalog|custom)\/[^/]+\/(?:examples|tests)\//.test(file)) return false;
  return /\.(?:yaml|hbs|json)$/.test(file) || isLibraryFile(file);
}

function collectFiles<T>(
  ctx: Context,
  folders: readonly string[],
  use: (files: ReadonlyMap<string, string>, paths: readonly string[]) => Outcome<T>,
): Outcome<T> {
  const files = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const lock = folders.includes('catalog') && ctx.files.exists(lockFile) ? [lockFile] : [];
  const paths = folders.flatMap((f) => ctx.files.list(f, ['']));
  for (const file of [...paths.filter(isCatalogFile), ...lock]) {
    const text = readText(ctx, file, diagnostics);
    if (text !== undefined) files.set(file, text);
  }
  return diagnostics.length > 0 ? { diagnostics } : use(files, paths);
}

/** What is known of distributions is no part of a catalog's form: tags from before the file have that of the working tree. */
const ownDistributions = (ctx: Context): [string, string][] =>
  ctx.files.exists(distributionsFile) ? [[distributionsFile, ctx.files.read(distributionsFile)]] : [];

/** Reads the catalog of a pin from its git tag; `custom/` belongs to the fleet and always comes from the working tree. */
async function pinnedCatalog(
  ctx: Context,
  pin: string,
  source: Source | undefined,
  catalogs: Map<string, Catalog>,
  checkers: CatalogSchemas,
  diagnostics: Diagnostic[],
): Promise<void> {
  if (catalogs.has(pin)) return;
  const files = await ctx.pinnedCatalog(pin);
  if (files === undefined || files.size === 0) {
    diagnostics.push(await missingPin(ctx, pin, source, files !== undefined));
    return;
  }
  const outcome = collectFiles(ctx, ['custom'], (custom) =>
    buildCatalog(new Map([...ownDistributions(ctx), ...files, ...custom]), checkers, pin),
  );
  diagnostics.push(...outcome.diagnostics.map((d) => ({ ...d, message: `${d.message} (catalog ${pin})` })));
  if (outcome.value !== undefined) catalogs.set(pin, outcome.value);
}
