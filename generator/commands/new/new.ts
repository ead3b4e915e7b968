import type { Context } from '../../ports.ts';
import { UsageError } from '../../model/diagnostic.ts';
import { reservedFolders } from '../../catalog/library.ts';
import { isDnsLabel } from '../../model/names.ts';
import type { Value } from '../../model/values.ts';
import { asString, valueAt } from '../../model/values.ts';
import type { Workspace } from '../../pipeline/load.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { distributionProblem, domainProblem, nameProblem } from '../shared/newCluster.ts';
import { namespacesComponent } from '../../plan/plan.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import type { NewFiles } from '../shared/scaffold.ts';
import { capabilityFiles, clusterFile, componentFiles, environmentFile, factLines } from '../shared/scaffold.ts';
import type {
  NewClusterInvocation,
  NewComponentInvocation,
  NewEnvironmentInvocation,
  NewInvocation,
} from './command.ts';
import type { SpecFolder } from '../../config/specFiles.ts';
import { specFiles, specName, specNames } from '../../config/specFiles.ts';

/** Scaffolds a cluster that validates as it is. */
export async function newCluster({ ctx, args, options }: NewClusterInvocation): Promise<Result> {
  const { name } = args;
  const { environment, domain, distribution } = options;
  refuse(nameProblem(name), `A cluster cannot be called ${name}.`);
  if (domain !== undefined) refuse(domainProblem(domain), `"${domain}" cannot be its domain.`);
  if (distribution !== undefined)
    refuse(distributionProblem(distribution), `There is no distribution "${distribution}".`);
  requireNew(ctx, 'clusters', name);
  requireEnvironment(ctx, environment);
  const { workspace } = await createPipeline(ctx).plan({ clusters: [], only: new Set() });
  const facts = factLines(workspace.catalog?.distributions.get(distribution ?? ''));
  const hasVersion = environmentSets(workspace, environment, '/kubernetes/version');
  return created(
    ctx,
    clusterFile({ name, environment, domain, distribution, hasVersion, facts }),
    `Edit clusters/${name}.yaml, then run \`slipway validate\`.`,
  );
}

function refuse(problem: string | undefined, message: string): void {
  if (problem !== undefined) throw new UsageError(message, problem);
}

/** Whether an environment, or one that it extends, sets a value; false where one of them cannot be read. */
function environmentSets({ environments }: Workspace, name: string | undefined, pointer: string): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const spec: Value | undefined = valueAt(environments.get(at)?.value, '/spec');
    if (valueAt(spec, pointer) !== undefined) return true;
    at = asString(valueAt(spec, '/extends'));
  }
  return false;
}

export async function newEnvironment({ ctx, args, options }: NewEnvironmentInvocation): Promise<Result> {
  requireLabel(args.name);
  requireNew(ctx, 'environments', args.name);
  requireEnvironment(ctx, options.extends);
  return created(ctx, environmentFile(args.name, options.extends));
}

export async function newComponent(invocation: NewComponentInvocation): Promise<Result> {
  const { ctx, args, options } = invocation;
  if (options.chart !== undefined) return (await import('./fromChart.ts')).componentFromChart(invocation);
  if (options.chartName !== undefined || options.chartVersion !== undefined)
    throw new UsageError(
      '--chart-name and --chart-version need --chart.',
      'As in: slipway new component shop --chart ./charts/shop',
    );
  const [capability = '', name = '', ...more] = args.name.split('/');
  if (name === '' || more.length > 0)
    throw new UsageError(
      `"${args.name}" is not <capability>/<component>.`,
      'As in: slipway new component kafka/mirror',
    );
  requireLabel(capability);
  requireComponentName(name);
  return created(ctx, componentFiles('custom', capability, name));
}

export async function newCapability({ ctx, args }: NewInvocation): Promise<Result> {
  requireLabel(args.name);
  return created(ctx, capabilityFiles('custom', args.name));
}

function requireLabel(name: string): void {
  if (!isDnsLabel(name))
    throw new UsageError(
      `"${name}" is not a DNS label.`,
      'Use lower-case letters, digits and -, at most 63 characters.',
    );
}

/** Names that the tree and the folder of a capability have for something else. Throws UsageError. */
export function requireComponentName(name: string): void {
  requireLabel(name);
  if (name === namespacesComponent)
    throw new UsageError(
      `A component cannot be called ${name}: the Application of the namespaces is.`,
      'Choose another name.',
    );
  if (reservedFolders.has(name))
    throw new UsageError(`The folder "${name}" of a capability holds no component.`, 'Choose another name.');
}

/** Whichever ending its file has. */
function requireNew(ctx: Context, folder: SpecFolder, name: string): void {
  const existing = specFiles(ctx.files, folder).find((file) => specName(file) === name);
  if (existing !== undefined) throw new UsageError(`${existing} exists already.`, 'Choose another name.');
}

function requireEnvironment(ctx: Context, name: string | undefined): void {
  const environments = specNames(ctx.files, 'environments');
  if (name === undefined || environments.includes(name)) return;
  throw new UsageError(
    `There is no environment "${name}".${didYouMean(name, environments)}`,
    `Environments here: ${environments.join(', ') || 'none'}.`,
  );
}

function created(ctx: Context, files: NewFiles, summary = 'Edit the files, then run `slipway validate`.'): Result {
  const paths = [...files.keys()];
  const existing = paths.find((path) => ctx.files.exists(path));
  if (existing !== undefined) throw new UsageError(`${existing} exists already.`, 'Choose another name.');
  ctx.files.createAll(files);
  return { text: paths.join('\n'), data: { created: paths }, summary };
}
