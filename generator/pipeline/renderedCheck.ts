import { helmIdentity } from '../helm/renderer.ts';
import type { RenderedInput, RenderedInputs } from '../model/finished.ts';
import { ToolError } from '../model/diagnostic.ts';
import type { Context } from '../ports.ts';

/**
 * Tells whether the charts that went into a tree are the ones that would be rendered now, by the same Helm, and charts in folders
 * what they were. Nothing is fetched; each chart is looked at once for all clusters.
 */
export function createRenderedCheck(ctx: Context): (inputs: RenderedInputs | undefined) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  let helm: Promise<string | undefined> | undefined;
  return async (inputs) => {
    if (inputs === undefined) return true;
    if (inputs.helm !== undefined && inputs.helm !== (await (helm ??= identityHere(ctx)))) return false;
    for (const input of inputs.charts) {
      const key = JSON.stringify(input);
      const check = known.get(key) ?? isUnchanged(input, ctx);
      known.set(key, check);
      if (!(await check)) return false;
    }
    return true;
  };
}

/** What refuses here refuses again where it is rendered, and is reported there. */
async function identityHere(ctx: Context): Promise<string | undefined> {
  try {
    const helm = await ctx.helm();
    return helm === undefined ? undefined : helmIdentity(helm);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

async function isUnchanged({ locked, digest, ...chart }: RenderedInput, ctx: Context): Promise<boolean> {
  try {
    const found = await ctx.charts.find(chart, locked);
    // not on this machine: what would be fetched is known where a lock says so
    return found === undefined ? (locked ?? '') === digest : found.digest === digest;
  } catch (error) {
    if (error instanceof ToolError) return false;
    throw error;
  }
}
