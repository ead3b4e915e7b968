import type { Files } from '../ports.ts';

/** Folders of specs; a spec is called like its file. */
export type SpecFolder = 'clusters' | 'environments';

const extensions: readonly string[] = ['.yaml', '.yml'];

/** The spec files of a folder, from the repository root. */
export const specFiles = (files: Pick<Files, 'list'>, folder: SpecFolder): readonly string[] =>
  files.list(folder, extensions);

/** What a spec file calls its cluster or environment: `clusters/a.yml` is `a`. */
export const specName = (file: string): string => file.replace(/^(?:clusters|environments)\/|\.ya?ml$/g, '');

/** The environment that a file is about; undefined for any other file. */
export const environmentOfFile = (file: string | undefined): string | undefined =>
  file?.startsWith('environments/') === true ? specName(file) : undefined;

export const specNames = (files: Pick<Files, 'list'>, folder: SpecFolder): readonly string[] =>
  specFiles(files, folder).map(specName);

/** Where a new spec is written. */
export const newSpecFile = (folder: SpecFolder, name: string): string => `${folder}/${name}${extensions[0] ?? ''}`;
