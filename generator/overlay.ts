import type { Context } from './context.ts';
import { compareText } from './model/values.ts';

/** Folders that belong to a fleet; the rest (catalog, schemas) is what it is rendered from. */
const fleetFolders = /^(?:clusters|environments|deploy|custom)(?:\/|$)/;

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
    readCache: () => undefined,
    writeCache: () => undefined,
  };
  // own properties: what the context makes when it is first asked for stays with the context
  return Object.create(ctx, { files: { value: files } }) as Context;
}

/** The same repository with another text in one file; what a run finds with it is not remembered. */
export function withFile(ctx: Context, file: string, text: string): Context {
  const files: Context['files'] = {
    ...ctx.files,
    hasPublished: false,
    read: (path) => (path === file ? text : ctx.files.read(path)),
    publish: () => undefined,
    readCache: () => undefined,
    writeCache: () => undefined,
  };
  return Object.create(ctx, { files: { value: files } }) as Context;
}
