import semver from 'semver';
import { asList, asMap, isList, isMap, textAt } from '../model/values.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { sha } from '../util/digest.ts';
import { withoutEnd } from '../util/text.ts';
import { kubernetesValue } from '../yaml/kubernetesYaml.ts';
import { isSameVersion } from './versions.ts';

/** A chart that `helm dependency build` puts below charts/. */
export type DependencyPart =
  | {
      readonly from: 'folder';
      readonly name: string;
      /** The version, or the range, that the folder's chart has to have. */
      readonly version: string;
      /** As written after `file://`, relative to the chart. */
      readonly path: string;
    }
  | { readonly from: 'repository'; readonly name: string; readonly version: string; readonly repository: string };

export type DependencyBuild =
  /** `local`: names of charts that are kept as they are in charts/. */
  | { readonly kind: 'build'; readonly parts: readonly DependencyPart[]; readonly local: ReadonlySet<string> }
  /** Argo CD would fail; without a full stop. */
  | { readonly kind: 'refused'; readonly problem: string; readonly hint: string }
  /** What Argo CD would take cannot be known here; without a full stop. */
  | { readonly kind: 'unproven'; readonly problem: string; readonly hint: string };

interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
}

/** What a dependency comes to, or why it does not. */
type Judged = DependencyPart | 'local' | NotBuilt;

type NotBuilt = Exclude<DependencyBuild, { kind: 'build' }>;

const relock = 'Run `helm dependency update` in the chart and commit what it writes.';

/**
 * What Argo CD builds of a chart in a folder or in git before it renders it (Argo CD 3.5, reposerver/repository; Helm 4,
 * downloader.Manager.Build): nothing (undefined) when charts/ has every dependency by name, else all of them, by the lock where
 * there is one. `files` are those of the chart, packed charts taken apart. Dependencies of dependencies are built by nobody.
 */
export function dependencyBuild(files: ReadonlyMap<string, string>): DependencyBuild | undefined {
  const declared = declaredIn(files);
  const wanted = declared.map(dependencyOf);
  const there = chartsBelow(files);
  if (wanted.every(({ name }) => there.has(name))) return undefined;
  const lock = lockOf(files);
  const locked = lock === undefined ? undefined : asList(lock.value['dependencies']).map(dependencyOf);
  const named = wanted.find(({ repository }) => aliasOf(repository) !== undefined);
  if (named !== undefined) return unprovenAlias(named);
  if (lock !== undefined && !isInSync(declared, lock.value, isVersion1(files)))
    return refused(`${lock.file} is not that of its dependencies, so that Argo CD cannot build them`, relock);
  const added = new Set(asList(valueOf(files.get('Chart.yaml'))['dependencies']).map(addressOf));
  const isAdded = (repository: string): boolean =>
    repository.startsWith('https://') && added.has(withoutEnd(repository, '/'));
  const parts: DependencyPart[] = [];
  const local = new Set<string>();
  for (const dependency of locked ?? wanted) {
    const judged = judge(dependency, { files, isLocked: locked !== undefined, isAdded });
    if (judged === 'local') local.add(dependency.name);
    else if ('kind' in judged) return judged;
    else parts.push(judged);
  }
  return { kind: 'build', parts, local };
}

interface JudgedIn {
  readonly files: ReadonlyMap<string, string>;
  readonly isLocked: boolean;
  /** Whether Argo CD adds the repository before it builds. */
  isAdded(repository: string): boolean;
}

function judge({ name, version, repository }: Dependency, { files, isLocked, isAdded }: JudgedIn): Judged {
  if (repository === '') {
    if (files.has(`charts/${name}/Chart.yaml`)) return 'local';
    return refused(
      `its dependency ${name} has no repository, and there is no folder charts/${name}`,
      'Write its repository, or put the chart there.',
    );
  }
  if (repository.startsWith('file://'))
    return { from: 'folder', name, version, path: repository.slice('file://'.length) };
  if (!/^(?:https?|oci):\/\//.test(repository))
    return refused(
      `its dependency ${name} has the repository ${repository}, which Argo CD does not know`,
      'Dependencies come from https://…, oci://… or file://… of the same repository.',
    );
  if (isLocked && !isAdded(repository) && !repository.startsWith('oci://'))
    return refused(
      `its dependency ${name} is locked to ${repository}, and Argo CD adds only https:// repositories that Chart.yaml names`,
      repository.startsWith('https://')
        ? 'Move the dependencies of requirements.yaml to Chart.yaml, with apiVersion v2.'
        : 'Name the repository with https://, or commit charts/.',
    );
  const exact = /^=?\s*v?(\d+\.\d+\.\d+(?:[-+]\S*)?)$/.exec(version.trim())?.[1];
  if (isLocked || exact !== undefined) return { from: 'repository', name, version: exact ?? version, repository };
  return {
    kind: 'unproven',
    problem: `which ${name} "${version}" is, ${repository} says anew whenever Argo CD builds it`,
    hint: `${relock} Then it is the version of Chart.lock.`,
  };
}

const refused = (problem: string, hint: string): NotBuilt => ({ kind: 'refused', problem, hint });

function unprovenAlias({ name, repository }: Dependency): NotBuilt {
  return {
    kind: 'unproven',
    problem: `its dependency ${name} comes from ${repository}, a name that only the repository Secrets of Argo CD know`,
    hint: 'Write the address of the repository in its place, or commit charts/.',
  };
}

const addressOf = (dependency: Value): string => withoutEnd(dependencyOf(dependency).repository, '/');

const aliasOf = (repository: string): string | undefined => /^(?:@|alias:)(.*)$/.exec(repository)?.[1];

/** Dependencies of Chart.yaml; those of requirements.yaml come in their place. */
function declaredIn(files: ReadonlyMap<string, string>): readonly ValueMap[] {
  const lists = ['requirements.yaml', 'Chart.yaml'].map((file) => valueOf(files.get(file))['dependencies']);
  return (lists.find(isList) ?? []).filter(isMap);
}

const valueOf = (text: string | undefined): ValueMap => (text === undefined ? {} : asMap(kubernetesValue(text)));

const isVersion1 = (files: ReadonlyMap<string, string>): boolean =>
  (textAt(valueOf(files.get('Chart.yaml')), 'apiVersion') ?? 'v1') === 'v1';

function dependencyOf(value: Value): Dependency {
  const map = asMap(value);
  const text = (key: string): string => textAt(map, key) ?? '';
  return { name: text('name'), version: text('version'), repository: text('repository') };
}

function lockOf(files: ReadonlyMap<string, string>): { readonly file: string; readonly value: ValueMap } | undefined {
  // of two, the one that Helm reads last
  const file = ['requirements.lock', 'Chart.lock'].find((name) => files.has(name));
  return file === undefined ? undefined : { file, value: valueOf(files.get(file)) };
}

/** Names of the charts in charts/, as their own Chart.yaml says. */
function chartsBelow(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const names = [...files].flatMap(([path, text]) =>
    /^charts\/[^/._][^/]*\/Chart\.yaml$/.test(path) ? (textAt(valueOf(text), 'name') ?? []) : [],
  );
  return new Set(names);
}

/** Whether the lock was written for these dependencies: Helm's digest of both. Version 1 charts may have that of Helm 2. */
function isInSync(declared: readonly ValueMap[], lock: ValueMap, isVersion1Chart: boolean): boolean {
  const locked = asList(lock['dependencies']).map(asMap);
  const own = `sha256:${sha(goJson([declared.map(jsonDependency), locked.map(jsonDependency)]))}`;
  const digest = textAt(lock, 'digest');
  if (own === digest) return true;
  return isVersion1Chart && digest === `sha256:${sha(goJson({ dependencies: declared.map(jsonDependency) }))}`;
}

/** A dependency as Helm's encoder writes it: its members in this order, empty ones left out. */
function jsonDependency(from: ValueMap): unknown {
  const filled = (key: string): Record<string, unknown> => {
    const value = from[key];
    const isEmpty =
      value === undefined || value === null || value === '' || value === false || (isList(value) && value.length === 0);
    return isEmpty ? {} : { [key]: sorted(value) };
  };
  return {
    name: textAt(from, 'name') ?? '',
    ...filled('version'),
    repository: textAt(from, 'repository') ?? '',
    ...filled('condition'),
    ...filled('tags'),
    ...filled('enabled'),
    ...filled('import-values'),
    ...filled('alias'),
  };
}

/** Go writes the members of maps in the order of their keys. */
function sorted(value: Value): unknown {
  if (isList(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}

/** JSON as Go's encoder writes it: `<`, `>`, `&` and two line ends are escaped. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Whether a version lies in a range as Helm writes it; undefined: the range cannot be judged here. */
export function satisfies(version: string, range: string): boolean | undefined {
  if (isSameVersion(version, range.trim())) return true;
  const plain = range.replaceAll(',', ' ');
  if (range.includes('!') || semver.validRange(plain, { loose: true }) === null) return undefined;
  return semver.satisfies(version, plain, { loose: true });
}
