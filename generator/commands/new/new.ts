import { UsageError } from '../../model/diagnostic.ts';
import { isDnsLabel } from '../../model/names.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Invocation, Result } from '../command.ts';
import { capabilityFiles, clusterFile, componentFiles, environmentFile } from '../shared/scaffold.ts';

/** Scaffolds a file or folder that validates as it is. */
export async function create({ ctx, args, options }: Invocation): Promise<Result> {
  const [what = '', name = ''] = args;
  const parts = what === 'component' ? name.split('/') : [name];
  if (what === 'component' && parts.length !== 2)
    throw new UsageError(`"${name}" is not <capability>/<component>.`, 'As in: slipway new component kafka/mirror');
  for (const part of parts) {
    if (!isDnsLabel(part))
      throw new UsageError(
        `"${part}" is not a DNS label.`,
        'Use lower-case letters, digits and -, at most 63 characters.',
      );
  }
  const environments = ctx.files
    .list('environments', ['.yaml'])
    .map((f) => f.slice('environments/'.length, -'.yaml'.length));
  const environment = (options['environment'] ?? options['extends']) as string | undefined;
  if (environment !== undefined && !environments.includes(environment)) {
    throw new UsageError(
      `There is no environment "${environment}".${didYouMean(environment, environments)}`,
      `Environments here: ${environments.join(', ') || 'none'}.`,
    );
  }
  const [first = '', second = ''] = parts;
  const files: Readonly<Record<string, () => ReadonlyMap<string, string>>> = {
    cluster: () => clusterFile(first, environment),
    environment: () => environmentFile(first, environment),
    component: () => componentFiles('custom', first, second),
    capability: () => capabilityFiles('custom', first),
  };
  const made = files[what]?.() ?? new Map<string, string>();
  const existing = [...made.keys()].find((path) => ctx.files.exists(path));
  if (existing !== undefined) throw new UsageError(`${existing} exists already.`, 'Choose another name.');
  for (const [path, text] of made) ctx.files.create(path, text);
  return {
    text: [...made.keys()].join('\n'),
    data: { created: [...made.keys()] },
    summary:
      what === 'cluster'
        ? `Edit clusters/${first}.yaml, then run \`slipway validate\`.`
        : 'Edit the files, then run `slipway validate`.',
  };
}
