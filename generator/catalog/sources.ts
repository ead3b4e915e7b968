import { compareText } from '../model/values.ts';
import type { CatalogSource } from '../model/fleet.ts';
import type { CatalogFiles } from '../model/model.ts';
import { sha } from '../util/digest.ts';
import { withoutEnd } from '../util/text.ts';

/** The forms of a source, as a sentence of a hint. */
export const sourceForms =
  'A source is npm:<package>@<version>, git:<url>@<tag> (git:<url>//<folder>@<tag>), oci://<host>/<path>@sha256:<digest>, or ./<folder> of this repository.';

/** No source is near so long (characters). */
const longest = 1024;

/** Reads a source; undefined when it has none of the forms. */
export function catalogSource(text: string): CatalogSource | undefined {
  if (text.length > longest) return undefined;
  if (text.startsWith('npm:')) return npmSource(text.slice('npm:'.length));
  if (text.startsWith('git:')) return gitSource(text.slice('git:'.length));
  const oci = /^oci(\+http)?:\/\/([^/\s@]+)\/([^\s@]+)@(sha256:[0-9a-f]{64})$/.exec(text);
  if (oci !== null && URL.canParse(`https://${oci[2] ?? ''}`))
    return { kind: 'oci', host: oci[2] ?? '', path: oci[3] ?? '', plain: oci[1] !== undefined, digest: oci[4] ?? '' };
  const folder = /^\.\/([^\s]+)$/.exec(text)?.[1];
  const path = folder === undefined ? '' : withoutEnd(folder, '/');
  return isBelow(path) ? { kind: 'folder', path } : undefined;
}

const isBelow = (path: string): boolean => !path.split('/').some((part) => ['', '.', '..'].includes(part));

function npmSource(text: string): CatalogSource | undefined {
  const at = text.lastIndexOf('@');
  const [name, version] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  const isName = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/.test(name);
  return isName && /^\d+\.\d+\.\d+(?:[+-][\w.+-]*)?$/.test(version)
    ? { kind: 'npm', package: name, version }
    : undefined;
}

function gitSource(text: string): CatalogSource | undefined {
  const match = /^((?:https?|ssh):\/\/[^/\s]+\/[^\s]+|file:\/\/\/[^\s]+)@([\w.][\w./+-]*)$/.exec(text);
  if (match === null) return undefined;
  const [, place = '', ref = ''] = match;
  const [url = '', folder] = place.split(/(?<=[^:/])\/\//, 2);
  const path = folder === undefined ? '.' : withoutEnd(folder, '/');
  if (!URL.canParse(url) || (path !== '.' && !isBelow(path))) return undefined;
  return { kind: 'git', url, path, ref };
}

/** The text that catalogSource reads. */
export function sourceText(source: CatalogSource): string {
  if (source.kind === 'npm') return `npm:${source.package}@${source.version}`;
  if (source.kind === 'git') return `git:${source.url}${source.path === '.' ? '' : `//${source.path}`}@${source.ref}`;
  if (source.kind === 'oci')
    return `oci${source.plain ? '+http' : ''}://${source.host}/${source.path}@${source.digest}`;
  return `./${source.path}`;
}

/** A source as messages and places show it: without a login that its URL may hold. */
export const shownSource = (source: CatalogSource): string =>
  sourceText(source).replace(/:\/\/[^/@\s]*@(?=[^/]*\/)/, '://');

/** The same at another version: that of a package, a tag, or the digest of a manifest. Undefined where it has none. */
export function atVersion(source: CatalogSource, version: string): CatalogSource | undefined {
  if (source.kind === 'folder') return undefined;
  const changed =
    source.kind === 'npm'
      ? { ...source, version: version.replace(/^v/, '') }
      : source.kind === 'git'
        ? { ...source, ref: version }
        : { ...source, digest: version };
  return catalogSource(sourceText(changed));
}

/** What a source calls its version; undefined for a folder. */
export function versionOf(source: CatalogSource): string | undefined {
  if (source.kind === 'npm') return source.version;
  if (source.kind === 'git') return source.ref;
  return source.kind === 'oci' ? source.digest : undefined;
}

/** What a catalog is called where slipway.yaml gives it no name: the last part of its source. */
export function usualName(source: CatalogSource): string {
  const path = source.kind === 'npm' ? source.package : source.kind === 'git' ? source.url : source.path;
  const last = withoutEnd(path, '/').split('/').at(-1) ?? '';
  const words = last
    .replace(/\.git$/, '')
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .filter((word) => word !== '');
  return words.length === 0 ? 'catalog' : withoutEnd(words.join('-').slice(0, 63), '-');
}

/** SHA-256 over the sorted paths and digests of files, hex: the same wherever they come from. `files`: from the catalog's top. */
export const digestOfCatalog = (files: CatalogFiles): string =>
  sha(
    [...files]
      .sort(([a], [b]) => compareText(a, b))
      .map(([path, text]) => `${sha(text)}  ${path}\n`)
      .join(''),
  );

/** Where a file of a catalog is, by its path from the catalog's top: in a folder of the repository, or `<source>/<path>`. */
export const placeIn = (source: CatalogSource, path: string): string =>
  `${source.kind === 'folder' ? source.path : shownSource(source)}/${path}`;
