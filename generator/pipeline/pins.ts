import type { Diagnostic } from '../model/diagnostic.ts';
import type { Source } from '../model/source.ts';
import type { Context } from '../ports.ts';

/** A pin that names no catalog; `isTag`: there is such a tag, without one. */
export async function missingPin(
  ctx: Context,
  pin: string,
  source: Source | undefined,
  isTag: boolean,
): Promise<Diagnostic> {
  const at = source?.at(source.has('/spec/catalog') ? '/spec/catalog' : '/spec');
  const tag = `no git tag "${pin}"${isTag ? ' with a catalog' : ''} in this repository.`;
  const isMounted = ctx.mounted !== undefined;
  return {
    code: 'catalog/pin',
    severity: 'error',
    message: isMounted ? `slipway.lock has no catalog "${pin}", and there is ${tag}` : `There is ${tag}`,
    hint: isMounted ? 'Run `slipway catalog lock`, or correct spec.catalog.' : await fetchHint(ctx),
    ...(at === undefined ? {} : { at }),
  };
}

const fetchHint = async ({ git }: Context): Promise<string> =>
  (await git.isShallow())
    ? 'This clone is shallow: run `git fetch --unshallow --tags`, or have CI clone with its tags and whole history.'
    : 'Run `git fetch --tags`, or correct spec.catalog.';
