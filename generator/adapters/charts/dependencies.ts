import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { dependencyBuild, satisfies } from '../../charts/dependencies.ts';
import type { DependencyPart } from '../../charts/dependencies.ts';
import { ArchiveProblem, readArchive } from './archive.ts';
import type { ArchiveLimits } from './archive.ts';
import { packFolder } from './folder.ts';

/** Dependencies that Argo CD cannot build, or that nobody knows before it does. The message has no full stop. */
export class DependencyProblem extends Error {
  override readonly name = 'DependencyProblem';
  readonly kind: 'refused' | 'unproven';
  readonly hint: string;
  constructor(kind: DependencyProblem['kind'], message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

export interface DependencySources {
  /** Top of the repository that holds the chart, as a real path: nothing outside of it is read. */
  readonly top: string;
  readonly limits: ArchiveLimits | undefined;
  /** The package of a chart; undefined: it is not on this machine. */
  get(part: Extract<DependencyPart, { from: 'repository' }>): Promise<Uint8Array | undefined>;
}

/**
 * Packs the folder of a chart, with its dependencies as Argo CD builds them before it renders; undefined when one of them is
 * not on this machine. Throws ArchiveProblem and DependencyProblem.
 */
export async function packBuilt(folder: string, sources: DependencySources): Promise<Buffer | undefined> {
  const packed = await packFolder(folder);
  const { files } = await readArchive(packed, sources.limits);
  const build = dependencyBuild(files);
  if (build === undefined) return packed;
  if (build.kind !== 'build') throw new DependencyProblem(build.kind, build.problem, build.hint);
  const added = new Map<string, Uint8Array>();
  for (const part of build.parts) {
    const built =
      part.from === 'folder' ? await fromFolder(part, folder, sources) : await fromRepository(part, sources);
    if (built === undefined) return undefined;
    added.set(`charts/${built.file}`, built.bytes);
  }
  const removed = await outdated(folder, new Set([...build.local]), added, sources.limits);
  return packFolder(folder, { added, removed });
}

interface BuiltPart {
  readonly file: string;
  readonly bytes: Uint8Array;
}

async function fromRepository(
  part: Extract<DependencyPart, { from: 'repository' }>,
  sources: DependencySources,
): Promise<BuiltPart | undefined> {
  const bytes = await sources.get(part);
  return bytes === undefined ? undefined : { file: `${part.name}-${part.version}.tgz`, bytes };
}

async function fromFolder(
  { name, version, path }: Extract<DependencyPart, { from: 'folder' }>,
  folder: string,
  { top, limits }: DependencySources,
): Promise<BuiltPart> {
  const refuse = (problem: string, hint: string): never => {
    throw new DependencyProblem('refused', `its dependency ${name} (file://${path}) ${problem}`, hint);
  };
  const place = join(folder, path);
  if (isAbsolute(path) || isOutside(place, top))
    refuse(
      'is outside of the repository, which is all that Argo CD has of it',
      'Name a folder of the repository, relative to the chart.',
    );
  if (!existsSync(join(place, 'Chart.yaml')) || !lstatSync(place).isDirectory())
    refuse('is no folder of a chart', 'Correct the path; it is relative to the chart.');
  if (isOutside(realpathSync(place), top)) refuse('leads out of the repository', 'Replace the link by the folder.');
  const bytes = await packFolder(place);
  const chart = await readArchive(bytes, limits);
  const fits = satisfies(chart.version, version);
  if (fits === false)
    refuse(
      `has version ${chart.version}, and ${version} is asked for`,
      'Run `helm dependency update` in the chart and commit what it writes.',
    );
  if (fits === undefined)
    throw new DependencyProblem(
      'unproven',
      `whether ${chart.version} of its dependency ${name} is in "${version}" is not known here`,
      'Write a range without !=, or one version.',
    );
  return { file: `${chart.name}-${chart.version}.tgz`, bytes };
}

const isOutside = (place: string, top: string): boolean => {
  const way = relative(top, place);
  return way === '..' || way.startsWith('../') || isAbsolute(way);
};

/** Packages in charts/ that a build takes away: those it did not write, but for charts without a repository. */
async function outdated(
  folder: string,
  local: ReadonlySet<string>,
  added: ReadonlyMap<string, Uint8Array>,
  limits: ArchiveLimits | undefined,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const charts = join(folder, 'charts');
  for (const entry of existsSync(charts) ? readdirSync(charts, { withFileTypes: true }) : []) {
    const path = `charts/${entry.name}`;
    if (!entry.isFile() || added.has(path) || !entry.name.endsWith('.tgz')) continue;
    const name = await nameOf(join(folder, path), limits);
    if (name !== undefined && !local.has(name)) found.add(path);
  }
  return found;
}

/** Undefined for what is no chart, which a build leaves where it is. */
async function nameOf(file: string, limits: ArchiveLimits | undefined): Promise<string | undefined> {
  try {
    return (await readArchive(readFileSync(file), limits)).name;
  } catch (error) {
    if (error instanceof ArchiveProblem) return undefined;
    throw error;
  }
}
