import type { Diagnostic } from '../model/diagnostic.ts';
import { compareText } from '../model/values.ts';
import { reservedFolders } from './library.ts';

/** What a component folder may hold, from the folder on; docs/catalog.md lists it. */
const used = [
  /^(?:component|kinds)\.yaml$/,
  /^(?:values|contributes)\.yaml\.hbs$/,
  /^manifests\/.+\.(?:hbs|json)$/,
  /^argocd\/.+\.hbs$/,
  /^files\//,
];
/** About the files beside them. */
const about = /(?:^|\/)(?:[^/]+\.(?:md|txt)|LICENSE|NOTICE|OWNERS|CODEOWNERS)$/;

/**
 * Files of component folders that nothing reads, and files whose names are the same where upper and lower case are. `paths` are
 * all files below catalog/ and custom/, `charts` the folders of the repository that charts come from.
 */
export function unusedFiles(paths: readonly string[], charts: readonly string[]): Diagnostic[] {
  const all = new Set(paths);
  const folderOf = (path: string): string | undefined => /^(?:catalog|custom)\/[^/]+\/[^/]+\//.exec(path)?.[0];
  const isReserved = (folder: string): boolean => reservedFolders.has(folder.split('/')[2] ?? '');
  const stray = paths.filter((path) => {
    const folder = folderOf(path);
    if (folder === undefined || isReserved(folder) || about.test(path)) return false;
    if (path === `${folder}kinds.yaml`) return false; // strayKinds says it
    if (charts.some((chart) => path.startsWith(`${chart}/`))) return false;
    return !all.has(`${folder}component.yaml`) || !used.some((pattern) => pattern.test(path.slice(folder.length)));
  });
  return [...stray.map((path) => unused(path, all.has(`${folderOf(path) ?? ''}component.yaml`))), ...doubles(paths)];
}

function unused(file: string, isComponent: boolean): Diagnostic {
  const template = /\/(?:manifests|argocd)\/[^/]+\.ya?ml$/.test(file);
  return {
    code: 'catalog/unused-file',
    severity: 'warning',
    message: isComponent ? `Nothing reads ${file}.` : `Nothing reads ${file}: its folder has no component.yaml.`,
    at: { file, line: 1, col: 1 },
    hint: !isComponent
      ? 'Write the component.yaml, or delete the folder.'
      : template
        ? 'A template ends with .yaml.hbs, an object with nothing to fill in with .json.'
        : 'Delete it, or move it where docs/catalog.md says that it is read.',
  };
}

/** On file systems that keep no case, one of the two takes the place of the other. */
function doubles(paths: readonly string[]): Diagnostic[] {
  const known = new Map<string, string>();
  return [...paths].sort(compareText).flatMap((file): Diagnostic[] => {
    const key = file.normalize('NFC').toLowerCase();
    const first = known.get(key);
    known.set(key, first ?? file);
    if (first === undefined) return [];
    return [
      {
        code: 'catalog/invalid',
        severity: 'error',
        message: `${file} and ${first} have the same name where upper and lower case do not differ (macOS, Windows).`,
        at: { file, line: 1, col: 1 },
        hint: 'Rename one of the two.',
      },
    ];
  });
}
