import { version } from '../../model/version.ts';
import { mountCatalogs, readingHere } from '../../pipeline/mount.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { Result } from '../command.ts';
import type { VersionInvocation } from './command.ts';

/** The format of cluster specs and environments that this program reads (schemas/base). */
const specFormat = 'slipway.dev/v1alpha1';

/** The versions of the program, of the spec format, and of the catalog in the working tree, where there is one. */
export async function printVersion({ ctx }: VersionInvocation): Promise<Result> {
  // what cannot be read is no reason to say nothing
  const here = await mountCatalogs(ctx, readingHere(ctx)).catch(() => ctx);
  const catalog =
    here.files.list('catalog').length === 0 ? undefined : createPipeline(here).loadCatalog().value?.version;
  return {
    text: `slipway  ${version}\nspecs    ${specFormat}\ncatalog  ${catalog ?? 'none here'}`,
    data: { slipway: version, specs: specFormat, catalog: catalog ?? null },
  };
}
