import { join } from 'node:path/posix';
import { fleetFile } from '../../catalog/fleetFile.ts';
import { fleetLockFile } from '../../catalog/fleetLock.ts';
import { newFleetFiles } from '../shared/fleetCatalogs.ts';
import { distributionsFile, readDistributions } from '../../catalog/distributions.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { UsageError } from '../../model/diagnostic.ts';
import type { ValueMap } from '../../model/values.ts';
import type { Context, FleetFolder } from '../../ports.ts';
import { many } from '../../report/text.ts';
import { shellCommand } from '../../util/shell.ts';
import type { Result } from '../command.ts';
import { clusterFile, factLines } from '../shared/scaffold.ts';
import type { NewCluster } from '../shared/scaffold.ts';
import { parseSource } from '../../yaml/source.ts';
import { ciFiles } from './ciFiles.ts';
import type { InitInvocation } from './command.ts';
import { agents, environmentFiles, readme } from './fleetFiles.ts';
import { decide } from './decide.ts';
import type { Decisions } from './decide.ts';
import {
  codeowners,
  codeownersFile,
  codeownersFiles,
  gitattributes,
  gitignore,
  packageJson,
  preCommit,
  renovate,
  renovateFiles,
  withLines,
} from './repositoryFiles.ts';

/** One file of a new fleet, from the top of the git repository. */
interface PlannedFile {
  readonly path: string;
  readonly text: string;
  /** Others that serve the same end: where one of them is there, this one is not made. */
  readonly insteadOf?: readonly string[];
  /** True where `text` holds what is there already, and adds to it. */
  readonly isMerged?: boolean;
}

type Fate = 'made' | 'added to' | 'as it was' | 'kept';

/** Makes a fleet of a folder, whatever is in it: no file that is there is overwritten, and all is written or nothing. */
export async function init(invocation: InitInvocation): Promise<Result> {
  const { ctx, args, global } = invocation;
  const shown = args.folder ?? '.';
  const folder = await ctx.fleetFolder(ctx.absolute(shown, global.root));
  const decisions = await decide(invocation, folder);
  const planned = await plannedFiles(ctx, folder, decisions);
  const fates = planned.map((file) => ({ file, ...fateOf(file, folder) }));
  const written = fates.filter(({ fate }) => fate === 'made' || fate === 'added to');
  folder.write(
    new Map(written.flatMap(({ file, before }) => (before === undefined ? [] : [[file.path, before] as const]))),
    new Map(written.map(({ file }) => [file.path, file.text])),
  );
  const own = (path: string): string => fromFolder(folder.path, path);
  const of = (wanted: Fate): string[] =>
    fates.filter(({ fate }) => fate === wanted).map(({ file, by }) => own(by ?? file.path));
  const lines = [...of('made'), ...of('added to').map((path) => `${path} (added to)`)];
  return {
    text: lines.join('\n'),
    data: { folder: folder.name, path: folder.path, made: of('made'), addedTo: of('added to'), kept: of('kept') },
    diagnostics: [
      ...fates.flatMap(({ file, fate, by }) => (fate === 'kept' ? kept(own(by ?? file.path)) : [])),
      ...unknownPlace(decisions, of('made')),
    ],
    summary: `${written.length === 0 ? 'Nothing to do.' : `${many(of('made').length, 'file')} made, ${of('added to').length} added to.`} Next: ${nextSteps(shown, folder, decisions)}`,
  };
}

/** Everything a new fleet has. */
async function plannedFiles(
  ctx: Context,
  folder: FleetFolder,
  { place, cluster }: Decisions,
): Promise<readonly PlannedFile[]> {
  const own = (path: string): string => join(folder.path, path);
  const added = (path: string, lines: readonly string[]): PlannedFile => ({
    path: own(path),
    text: withLines(folder.read(own(path)), lines),
    isMerged: true,
  });
  const first =
    cluster === undefined ? [] : [...clusterFile({ ...cluster, hasVersion: true, facts: factsIn(ctx, cluster) })];
  const atTop: readonly PlannedFile[] = [
    ...ciFiles(place).map(([path, text]) => ({ path, text })),
    { path: '.pre-commit-config.yaml', text: preCommit(place) },
    { path: 'renovate.json', text: renovate(ownRenovate(ctx), place), insteadOf: renovateFiles },
    { path: codeownersFile(place), text: codeowners(place), insteadOf: codeownersFiles },
  ];
  return [
    ...(await catalogFiles(ctx, folder)),
    ...[...environmentFiles(place), ...first].map(([path, text]) => ({ path: own(path), text })),
    { path: own('package.json'), text: packageJson(folder.read(own('package.json')), place), isMerged: true },
    added('.gitignore', gitignore),
    added('.gitattributes', gitattributes),
    ...['README.md', 'AGENTS.md'].map((path) => ({
      path: own(path),
      text: folder.read(own(path)) ?? (path === 'README.md' ? readme(place) : agents),
      isMerged: true,
    })),
    ...atTop,
  ];
}

/**
 * What names the catalog, and the schemas that editors complete from. A fleet that names its catalogs already, or has one of its
 * own, keeps that; one that holds something else called catalog/ is a UsageError.
 */
async function catalogFiles(ctx: Context, folder: FleetFolder): Promise<readonly PlannedFile[]> {
  const own = (path: string): string => join(folder.path, path);
  const hasCatalog = folder.has(own('catalog'));
  if (hasCatalog && !folder.has(own('catalog/catalog.yaml')))
    throw new UsageError(
      `${own('catalog')}/ is there, and is no catalog of Slipway.`,
      'Make the fleet in a folder of its own: `slipway init fleet`.',
    );
  const isNamed = hasCatalog || [fleetFile, fleetLockFile].some((file) => folder.has(own(file)));
  const named = isNamed ? [] : [...(await newFleetFiles(ctx))];
  const schemas = ['cluster', 'environment'].map((what): readonly [string, string] => {
    const path = `schemas/${what}.schema.json`;
    return [path, ctx.readAnywhere(join(ctx.home, path))];
  });
  return [...named, ...(isNamed ? [] : schemas)].map(([path, text]) => ({ path: own(path), text }));
}

/** By the catalog of this version. */
function factsIn(ctx: Context, { distribution = '' }: NewCluster): readonly string[] {
  const { value } = parseSource(distributionsFile, ctx.readAnywhere(join(ctx.home, distributionsFile)));
  return factLines(readDistributions(value).get(distribution));
}

const ownRenovate = (ctx: Context): ValueMap =>
  JSON.parse(ctx.readAnywhere(join(ctx.home, 'renovate.json'))) as ValueMap;

function fateOf(
  { path, text, insteadOf = [], isMerged = false }: PlannedFile,
  folder: FleetFolder,
): { readonly fate: Fate; readonly before?: string; readonly by?: string } {
  const other = insteadOf.find((name) => name !== path && folder.has(name));
  if (other !== undefined) return { fate: 'kept', by: other };
  const before = folder.read(path);
  if (before === undefined) return { fate: 'made' };
  if (before.replaceAll('\r\n', '\n') === text.replaceAll('\r\n', '\n')) return { fate: 'as it was' };
  // what is not UTF-8 could not be put back as it was
  return isMerged && !before.includes('\ufffd') ? { fate: 'added to', before } : { fate: 'kept' };
}

/** A path from the folder of the fleet on. */
function fromFolder(folder: string, path: string): string {
  if (folder === '') return path;
  return path.startsWith(`${folder}/`)
    ? path.slice(folder.length + 1)
    : `${folder
        .split('/')
        .map(() => '..')
        .join('/')}/${path}`;
}

const kept = (path: string): Diagnostic => ({
  code: 'file/kept',
  severity: 'warning',
  at: { file: path, line: 1, col: 1 },
  message: `${path} is there, and stays as it is.`,
  hint: 'Take over by hand what it lacks: `slipway init` in an empty folder shows what it would be.',
});

/** Nobody has said where Argo CD is to read the fleet. */
function unknownPlace({ place }: Decisions, made: readonly string[]): Diagnostic[] {
  const file = 'environments/base.yaml';
  if (place.isKnown || !made.includes(file)) return [];
  return [
    {
      code: 'spec/git-url',
      severity: 'warning',
      at: { file, line: 1, col: 1 },
      message: `Nobody has said where Argo CD reads this repository: ${file} names a host of examples.`,
      hint: 'Set spec.git.repoURL there; with a remote of git, or --repository, `slipway init` does.',
    },
  ];
}

function nextSteps(shown: string, folder: FleetFolder, { cluster }: Decisions): string {
  return [
    ...(shown === '.' ? [] : [shellCommand('cd', shown)]),
    ...(folder.git === undefined ? ['git init'] : []),
    'npm install',
    cluster === undefined ? 'npx slipway new cluster <name> --environment dev' : 'npx slipway validate',
    'npx slipway render. README.md says how to go on.',
  ].join(', ');
}
