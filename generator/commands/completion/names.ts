import type { Context } from '../../ports.ts';
import type { Suggestion } from '../options.ts';
import { specName } from '../../config/specFiles.ts';

/** The names that a repository has for a kind of value; none where there is no repository. */
export type Names = (what: Suggestion, root: string | undefined) => readonly string[];

/** Names as files and folders have them: nothing is read, so that pressing Tab costs little. */
export function namesIn(ctx: Context): Names {
  return (what, root) => {
    const folder = folderOf(ctx, root);
    const files = (below: string): string[] => {
      const top = ctx.absolute(below, folder);
      return ctx.existsAnywhere(top)
        ? ctx.listAnywhere(top).map((f) => f.slice(top.length + 1).replaceAll('\\', '/'))
        : [];
    };
    // of a fleet without that folder, what the program's own catalog has: another one would have to be fetched
    const catalogFiles = (): string[] => {
      const own = files('catalog');
      return own.length > 0 ? own : files(ctx.absolute('catalog', ctx.home));
    };
    const specs = (below: string): string[] =>
      files(below)
        .filter((f) => !f.includes('/') && /\.ya?ml$/.test(f))
        .map(specName);
    const inCatalog = (pattern: RegExp): string[] =>
      [...catalogFiles(), ...files('custom')].flatMap((f) => pattern.exec(f)?.[1] ?? []);
    const names: Readonly<Record<Suggestion, () => readonly string[]>> = {
      cluster: () => specs('clusters'),
      environment: () => specs('environments'),
      clusterOrEnvironment: () => [...specs('clusters'), ...specs('environments')],
      component: () => inCatalog(/^[^/]+\/([^/]+)\/component\.yaml$/),
      capability: () => inCatalog(/^([^/]+)\/capability\.yaml$/),
      capabilityOrComponent: () => inCatalog(/^(?:[^/]+\/)?([^/]+)\/(?:capability|component)\.yaml$/),
      file: () => [],
      folder: () => [],
    };
    return [...new Set(names[what]())].sort();
  };
}

/** The words of a command line are as they were typed: a shell has not put a home in yet. */
const folderOf = (ctx: Context, root: string | undefined): string =>
  ctx.absolute(
    (root ?? '.').replace(/^~(?=\/|$)/, () => ctx.env('HOME') ?? '~'),
    ctx.files.root,
  );
