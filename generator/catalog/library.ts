import type { Diagnostic } from '../model/diagnostic.ts';
import type { CatalogFiles, TemplateFile, TemplateLibrary } from '../model/model.ts';
import { compareText } from '../model/values.ts';
import { sha } from '../util/digest.ts';

/** Folders of a capability that hold no component. */
export const reservedFolders: ReadonlySet<string> = new Set(['examples', 'tests', 'partials', 'files']);

/** Files of a catalog that are read whatever their extension. */
export const isLibraryFile = (file: string): boolean => /^(?:catalog|custom)\/[^/]+\/(?:[^/]+\/)?files\//.test(file);

/**
 * What the templates of each component can bring in: `partials/*.hbs` of its capability, and what lies below `files/` of
 * the component or of its capability. A capability may have both below `catalog/` and below `custom/`.
 */
export function libraryReader(
  files: CatalogFiles,
  diagnostics: Diagnostic[],
): (capability: string, folder: string) => TemplateLibrary {
  const paths = [...files.keys()].sort(compareText);
  const below = (folder: string): [string, TemplateFile][] =>
    paths
      .filter((file) => file.startsWith(folder))
      .map((file) => [file.slice(folder.length), { file, text: files.get(file) ?? '' }]);
  const capabilities = new Map<string, { partials: Map<string, TemplateFile>; files: [string, TemplateFile][] }>();
  const sharedBy = (capability: string): { partials: Map<string, TemplateFile>; files: [string, TemplateFile][] } => {
    const known = capabilities.get(capability) ?? {
      partials: partialsOf(
        ['catalog', 'custom'].flatMap((top) => below(`${top}/${capability}/partials/`)),
        diagnostics,
      ),
      files: ['custom', 'catalog'].flatMap((top) => below(`${top}/${capability}/files/`)),
    };
    capabilities.set(capability, known);
    return known;
  };
  return (capability, folder) => {
    const shared = sharedBy(capability);
    // the last of a name counts: the nearest
    const own = new Map([...shared.files, ...below(`${folder}files/`)]);
    return { partials: shared.partials, files: own, digest: digestOf([...shared.partials, ...own]) };
  };
}

function partialsOf(found: readonly [string, TemplateFile][], diagnostics: Diagnostic[]): Map<string, TemplateFile> {
  const partials = new Map<string, TemplateFile>();
  for (const [path, partial] of found) {
    const name = /^([a-z0-9][a-z0-9-]*)\.hbs$/.exec(path)?.[1];
    const twin = partials.get(name ?? '');
    if (name !== undefined && twin === undefined) {
      partials.set(name, partial);
      continue;
    }
    diagnostics.push({
      code: 'catalog/invalid',
      severity: 'error',
      message:
        twin === undefined
          ? `${partial.file} is no partial: its name is not lower-case letters, digits and -, with .hbs.`
          : `The partial "${name ?? ''}" exists twice: also in ${twin.file}.`,
      at: { file: partial.file, line: 1, col: 1 },
      hint: 'Name it otherwise.',
    });
  }
  return partials;
}

function digestOf(entries: readonly (readonly [string, TemplateFile])[]): string {
  return entries.length === 0 ? '' : sha(entries.map(([name, { text }]) => `${name}\0${text}`).join('\0'));
}
