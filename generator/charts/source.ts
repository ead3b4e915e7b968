import type { ValueMap } from '../model/values.ts';
import type { Pattern } from '../util/regex.ts';
import { compilePattern } from '../util/regex.ts';
import { withoutEnd } from '../util/text.ts';

/** What `repository` of a chart stands for. */
export type ChartSource =
  | { readonly kind: 'http'; readonly url: string }
  | {
      readonly kind: 'oci';
      readonly host: string;
      readonly path: string;
      /** Declared with oci+http://: the registry has no TLS. */
      readonly plain: boolean;
    }
  | {
      readonly kind: 'git';
      readonly url: string;
      /** Folder of the chart; `.` for the top. */
      readonly path: string;
      /** A tag, or a full commit id. */
      readonly ref: string;
    }
  | { readonly kind: 'folder'; readonly path: string };

interface Named {
  readonly repository: string;
  readonly version: string;
}

/** The forms a chart repository has, as a sentence of a hint. */
export const repositoryForms =
  'A repository is https://…, oci://host/path, oci+http://host/path (no TLS), git+https://host/repo.git//folder?ref=tag, or ./folder of this repository.';

/** No address is near so long (characters); the forms below take time by the square of it. */
const longest = 2048;

/** Reads the repository of a chart; undefined when it has none of the forms. */
export function chartSource({ repository, version }: Named): ChartSource | undefined {
  if (repository.length > longest) return undefined;
  if (/^https?:\/\/[^/\s]+\S*$/.test(repository) && URL.canParse(repository))
    return { kind: 'http', url: withoutEnd(repository, '/') };
  const oci = /^oci(\+http)?:\/\/([^/\s]+)(?:\/(\S*?))?\/*$/.exec(repository);
  if (oci !== null && URL.canParse(`https://${oci[2] ?? ''}`))
    return { kind: 'oci', host: oci[2] ?? '', path: oci[3] ?? '', plain: oci[1] !== undefined };
  if (repository.startsWith('git+')) return gitSource(repository.slice('git+'.length), version);
  const folder = /^\.\/([^\s]+?)\/*$/.exec(repository)?.[1];
  if (folder === undefined || folder.split('/').some((part) => ['', '.', '..'].includes(part))) return undefined;
  return { kind: 'folder', path: folder };
}

/**
 * `https://host/repo.git//folder?ref=tag`, as Terraform writes it. `{version}` in the ref is the version of the chart;
 * without a ref the version is the tag.
 */
function gitSource(text: string, version: string): ChartSource | undefined {
  const match = /^((?:https?|ssh|file):\/\/[^\s?]+?)(?:\/\/([^\s?]*?))?\/*(?:\?ref=([^\s&]+))?$/.exec(text);
  if (match === null) return undefined;
  const [, url = '', folder, ref = '{version}'] = match;
  const path = folder === undefined || folder === '' ? '.' : folder;
  if (path !== '.' && path.split('/').some((part) => ['', '.', '..'].includes(part))) return undefined;
  return { kind: 'git', url, path, ref: ref.replaceAll('{version}', version) };
}

/** The tag of a version in a repository of git; undefined where versions are no part of it. */
export function tagPattern(repository: string): Pattern | undefined {
  if (repository.length > longest) return undefined;
  const ref = /\?ref=([^\s&]+)$/.exec(repository)?.[1] ?? '{version}';
  if (!ref.includes('{version}')) return undefined;
  const escaped = ref.split('{version}').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return compilePattern(`^${escaped.join('(v?[0-9]+\\.[0-9]+\\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?)')}$`);
}

export const isCommit = (ref: string): boolean => /^[0-9a-f]{40}$/.test(ref);

/** A tag by its full name, so that no branch of the same name is meant; commits as they are. */
export const fullRef = (ref: string): string => (isCommit(ref) || ref.startsWith('refs/') ? ref : `refs/tags/${ref}`);

/** Where Argo CD finds a chart that is not in git: it names OCI registries of charts without the scheme. */
export function argocdRepository(repository: string): string {
  return repository.replace(/^oci(?:\+http)?:\/\//, '');
}

/** Registries keep versions as tags, which cannot hold a `+`. */
export const toTag = (version: string): string => version.replaceAll('+', '_');
export const fromTag = (tag: string): string => tag.replaceAll('_', '+');

/**
 * The folder of a repository in a bundle. With the scheme first, one mirror per scheme (`https://: …/charts/https/`) is
 * enough for all repositories of a site.
 */
export function repositoryFolder(repository: string): string {
  const [, scheme = 'other', rest = repository] =
    /^(?:git\+)?([a-z]+)(?:\+http)?:\/\/(.*)$/.exec(repository) ?? ([] as string[]);
  const top = repository.startsWith('git+') ? 'git' : scheme;
  const parts = rest
    .replace(/\?ref=.*$/, '')
    .split('/')
    .map((part) => part.replaceAll(/[^A-Za-z0-9._:-]/g, '_'))
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  return [top, ...parts].join('/');
}

/** A chart as messages name it. */
export function chartTitle(chart: { readonly name: string; readonly version: string }): string {
  return `${chart.name} ${chart.version}`;
}

/** A chart's own name: in a registry the name may have folders before it. */
export const ownName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The source of a chart in git, as an Application has it, without the part of Helm. */
export function gitOrigin(source: Extract<ChartSource, { kind: 'git' }>): ValueMap {
  return { repoURL: source.url, targetRevision: fullRef(source.ref), path: source.path };
}
