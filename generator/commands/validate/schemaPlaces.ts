import type { Context } from '../../ports.ts';
import type { ShapePlace } from '../../kubernetes/shapes/shapeTypes.ts';
import { parseLocation } from '../../kubernetes/schemaLocation.ts';
import { UsageError } from '../../model/diagnostic.ts';
import { foreignLimits, readJson } from '../../yaml/limits.ts';

/** The places of `--schema-location`. What stands behind http is not there at first: ask, fetch, ask again. */
export interface SchemaPlaces {
  /** Undefined without the option: the usual place. */
  readonly places: readonly ShapePlace[] | undefined;
  /** Fetches what was asked for and is not here; false when there was nothing. */
  fetch(): Promise<boolean>;
}

export function createPlaces(ctx: Context, templates: readonly string[], offline: boolean): SchemaPlaces {
  const remote = new Map<string, unknown>();
  const wanted = new Set<string>();
  const place = (template: string): ShapePlace => {
    if (template === 'default') return 'default';
    const location = parseLocation(template);
    const isRemote = template.startsWith('http');
    if (isRemote && offline)
      throw new UsageError(`--offline forbids the schema location ${template}.`, 'Name a folder of this machine.');
    return {
      schema(apiVersion, kind, minor) {
        const at = location(apiVersion, kind, minor);
        if (!isRemote) return ctx.existsAnywhere(at) ? json(ctx.readAnywhere(at)) : undefined;
        if (!remote.has(at)) wanted.add(at);
        return remote.get(at);
      },
    };
  };
  return {
    places: templates.length === 0 ? undefined : templates.map(place),
    async fetch() {
      const urls = [...wanted].sort();
      wanted.clear();
      // one after the other for each of a few: catalogues are served by hosts that count requests
      const queue = [...urls];
      const next = async (): Promise<void> => {
        for (let url = queue.shift(); url !== undefined; url = queue.shift())
          remote.set(url, json((await ctx.fetchText(url)) ?? ''));
      };
      await Promise.all([next(), next(), next(), next()]);
      return urls.length > 0;
    },
  };
}

/** What is not JSON is no schema: the next place is asked, as in kubeconform. */
function json(text: string): unknown {
  try {
    return readJson(text, foreignLimits);
  } catch {
    return undefined;
  }
}
