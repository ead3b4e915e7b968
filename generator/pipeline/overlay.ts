import type { Context } from '../ports.ts';
import { compareText } from '../model/values.ts';

/** Folders of the clusters of a fleet; the rest (catalog, custom, schemas) is what they are rendered from. */
const fleetFolders = /^(?:clusters|environments|deploy)(?:\/|$)/;

/** The same repository with these files in place of its own clusters, environments and trees; nothing is written. */
export function withFleet(ctx: Context, overlay: Readonly<Record<string, string>>): Context {
  const files: Context['files'] = {
    ...ctx.files,
    hasPublished: false,
    exists: (path) => (fleetFolders.test(path) ? path in overlay : ctx.files.exists(path)),
    read: (path) => overlay[path] ?? ctx.files.read(path),
    list: (folder, extensions) =>
      fleetFolders.test(folder)
        ? Object.keys(overlay)
            .filter((path) => path.startsWith(`${folder}/`))
            .sort(compareText)
        : ctx.files.list(folder, extensions),
    folders: (folder) => (fleetFolders.test(folder) ? [] : ctx.files.folders(folder)),
    publish: () => undefined,
    writeCatalog: () => undefined,
    readCache: () => undefined,
    writeCache: () => undefined,
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
  const added = [...then].flatMap(([path, text]) => (text === undefined ? [] : [path]));
  const isBelow = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
  const list: Context['files']['list'] = (folder, extensions) => {
    const wanted = (path: string): boolean =>
      !/(?:^|\/)\./.test(path) && (extensions === undefined || extensions.some((e) => path.endsWith(e)));
    const now = ctx.files.list(folder, extensions).filter((path) => !then.has(path));
    return [...now, ...added.filter((path) => isBelow(folder)(path) && wanted(path))].sort(compareText);
  };
  const files: Context['files'] = {
    ...ctx.files,
    hasPublished: false,
    list,
    exists: (path) =>
      then.get(path) !== undefined || added.some(isBelow(path)) || (!then.has(path) && ctx.files.exists(path)),
    read: (path) => then.get(path) ?? ctx.files.read(path),
    folders: (folder) => {
      const names = list(folder).flatMap((path) => /^([^/]+)\//.exec(path.slice(folder.length + 1))?.[1] ?? []);
      return [...new Set(names)].sort(compareText);
    },
    publish: () => undefined,
    writeCatalog: () => undefined,
    readCache: () => undefined,
    writeCache: () => undefined,
  };
  const schemaJson: Context['schemaJson'] = (path) => {
    const text = then.get(`schemas/${path}`);
    return text === undefined ? ctx.schemaJson(path) : (JSON.parse(text) as unknown);
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
    hasPublished: false,
    read: (path) => (path === file ? text : ctx.files.read(path)),
    publish: () => undefined,
    writeCatalog: () => undefined,
    readCache: () => undefined,
    writeCache: () => undefined,
  };
  const workers: Context['workers'] = {
    ...ctx.workers,
    finish: (slices, then) => ctx.workers.finish(slices, new Map([...(then ?? []), [file, text]])),
  };
  return Object.create(ctx, { files: { value: files }, workers: { value: workers } }) as Context;
}
