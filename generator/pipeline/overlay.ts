import type { Context, Files } from '../ports.ts';
import { parseJsonFile } from '../yaml/json.ts';
import { compareText } from '../model/values.ts';

/** Folders of the clusters of a fleet; the rest (catalog, custom, schemas) is what they are rendered from. */
const fleetFolders = /^(?:clusters|environments|deploy)(?:\/|$)/;

/** Nothing is written, and nothing is remembered. */
const nothingWritten: Pick<Files, 'publish' | 'writeAll' | 'createAll' | 'settle' | 'readCache' | 'writeCache'> = {
  publish: () => undefined,
  writeAll: () => undefined,
  createAll: () => undefined,
  settle: () => undefined,
  readCache: () => undefined,
  writeCache: () => undefined,
};

type Reading = Pick<Files, 'exists' | 'read' | 'list' | 'folders'>;

/** Files that are read with these texts in place of what stands there: path → text, undefined for no file. */
export function withOthers(files: Reading, others: ReadonlyMap<string, string | undefined>): Reading {
  const added = [...others].flatMap(([path, text]) => (text === undefined ? [] : [path]));
  const isBelow = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
  const list: Reading['list'] = (folder, extensions) => {
    const wanted = (path: string): boolean =>
      !/(?:^|\/)\./.test(path) && (extensions === undefined || extensions.some((e) => path.endsWith(e)));
    const now = files.list(folder, extensions).filter((path) => !others.has(path));
    return [...now, ...added.filter((path) => isBelow(folder)(path) && wanted(path))].sort(compareText);
  };
  return {
    list,
    exists: (path) =>
      others.get(path) !== undefined || added.some(isBelow(path)) || (!others.has(path) && files.exists(path)),
    read: (path) => others.get(path) ?? files.read(path),
    folders: (folder) => {
      const names = list(folder).flatMap((path) => /^([^/]+)\//.exec(path.slice(folder.length + 1))?.[1] ?? []);
      return [...new Set(names)].sort(compareText);
    },
  };
}

/** The same repository with these files in place of its own clusters, environments and trees; nothing is written. */
export function withFleet(ctx: Context, overlay: Readonly<Record<string, string>>): Context {
  const files: Context['files'] = {
    ...ctx.files,
    exists: (path) => (fleetFolders.test(path) ? path in overlay : ctx.files.exists(path)),
    read: (path) => overlay[path] ?? ctx.files.read(path),
    list: (folder, extensions) =>
      fleetFolders.test(folder)
        ? Object.keys(overlay)
            .filter((path) => path.startsWith(`${folder}/`))
            .sort(compareText)
        : ctx.files.list(folder, extensions),
    folders: (folder) => (fleetFolders.test(folder) ? [] : ctx.files.folders(folder)),
    ...nothingWritten,
  };
  // a thread would read the files of the folder
  const workers: Context['workers'] = { ...ctx.workers, finish: () => undefined };
  // own properties: what the context makes when it is first asked for stays with the context
  return Object.create(ctx, { files: { value: files }, workers: { value: workers } }) as Context;
}

/**
 * The repository as it was where these files differ from it: path → text then, undefined for what was not there. Nothing is
 * written, and nothing is remembered. Charts in folders of the repository are those of now.
 */
export function withTexts(ctx: Context, then: ReadonlyMap<string, string | undefined>): Context {
  const files: Context['files'] = {
    ...ctx.files,
    ...withOthers(ctx.files, then),
    ...nothingWritten,
  };
  const schemaJson: Context['schemaJson'] = (path) => {
    const text = then.get(`schemas/${path}`);
    return text === undefined ? ctx.schemaJson(path) : parseJsonFile(`schemas/${path}`, text);
  };
  const workers: Context['workers'] = { ...ctx.workers, finish: (slices) => ctx.workers.finish(slices, then) };
  return Object.create(ctx, {
    files: { value: files },
    schemaJson: { value: schemaJson },
    workers: { value: workers },
  }) as Context;
}

/** The same repository with another text in one file; what a run finds with it is not remembered. */
export function withFile(ctx: Context, file: string, text: string): Context {
  const files: Context['files'] = {
    ...ctx.files,
    read: (path) => (path === file ? text : ctx.files.read(path)),
    ...nothingWritten,
  };
  const workers: Context['workers'] = {
    ...ctx.workers,
    finish: (slices, then) => ctx.workers.finish(slices, new Map([...(then ?? []), [file, text]])),
  };
  return Object.create(ctx, { files: { value: files }, workers: { value: workers } }) as Context;
}
