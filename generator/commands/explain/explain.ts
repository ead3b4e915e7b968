import { maskNamed } from '../../util/mask.ts';
import { isGathered, originsOf } from '../../config/merge.ts';
import { schemaAt } from '../../config/options.ts';
import type { ResolvedCluster } from '../../model/model.ts';
import type { Origin } from '../../model/layer.ts';
import { DiagnosticsError, UsageError } from '../../model/diagnostic.ts';
import type { Location } from '../../model/diagnostic.ts';
import type { Value } from '../../model/values.ts';
import { pointerOf, pointerOfPath, pointerStep, pointerSteps, valueAt } from '../../model/values.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import { specNames } from '../../config/specFiles.ts';
import type { Context } from '../../ports.ts';
import { explainCode } from './code.ts';
import type { ExplainInvocation } from './command.ts';
import { explainObject, objectPath } from './object.ts';
import { place, placeText, shortSetting } from './text.ts';
import { explainComponent } from './component.ts';
import { oneCluster } from '../shared/oneCluster.ts';
import { shellCommand } from '../../util/shell.ts';

/** The value at a path of a cluster spec, who set it, and whom that overrode; or the meaning of an error code. */
export async function explain({ ctx, args }: ExplainInvocation): Promise<Result> {
  const { cluster: name, path } = args;
  if (path === undefined) return explainSubject(ctx, name);
  const wanted = objectPath(path);
  if (wanted !== undefined) return explainObject(ctx, name, path, wanted);
  const { cluster: found, result, pipeline } = await oneCluster(ctx, name);
  const cluster = found.resolved;
  if (cluster === undefined) throw new DiagnosticsError(result.diagnostics);
  const pointer = path.startsWith('/') ? path : pointerOfPath(path);
  const [head, ...steps] = pointerSteps(pointer);
  if (head === 'components' && steps.length > 0 && steps[1] !== 'enabled' && steps[1] !== 'patches') {
    if (found.plan === undefined) throw new DiagnosticsError(result.diagnostics);
    return { ...explainComponent(found.plan, pipeline.tools, steps), diagnostics: result.diagnostics };
  }
  return { ...explainSetting(cluster, path, pointer), diagnostics: result.diagnostics };
}

/** One word alone: a code. The name of a cluster needs a path beside it. Throws UsageError. */
function explainSubject(ctx: Context, subject: string): Result {
  if (!subject.includes('/') && specNames(ctx.files, 'clusters').includes(subject))
    throw new UsageError(
      `\`${shellCommand('slipway', 'explain', subject)}\` needs a path.`,
      `Paths start below spec: \`${shellCommand('slipway', 'explain', subject, 'domain')}\`.`,
    );
  return explainCode(subject);
}

function explainSetting(cluster: ResolvedCluster, path: string, pointer: string): Pick<Result, 'text' | 'data'> {
  const { name } = cluster;
  const origins = [...originsOf(cluster.layers, pointer), ...defaultOrigin(cluster, pointer)];
  const value = effective(cluster, pointer) ?? (origins[0]?.value === null ? null : undefined);
  if (value === undefined)
    throw new UsageError(
      `"${path}" is not set in cluster ${name}, and no schema has a default for it.${suggestion(cluster, pointer)}`,
      pointer === '/components'
        ? `Name a component, as in components.<name>.values: \`slipway inspect components -c ${name}\` lists them.`
        : 'Paths start below spec, as in capabilities.kafka.brokers.',
    );
  const catalog =
    cluster.catalog.pin === undefined
      ? `catalog ${cluster.catalog.version} of the working tree`
      : `catalog ${cluster.catalog.version} of tag ${cluster.catalog.pin}`;
  const roles = rolesOf(origins, pointer);
  const lines = origins.map((o, i) => {
    const shown = shortSetting(maskNamed(o.value, path));
    return `  ${(roles[i] ?? '').padEnd(7)}${o.label.padEnd(20)} ${placeText(placeOf(o))}  ${shown}`;
  });
  return {
    text: `${path} = ${shortSetting(maskNamed(value, path))}\n${lines.join('\n')}\n  from   ${catalog}`,
    data: {
      path,
      value: maskNamed(value, path),
      catalog: { version: cluster.catalog.version, pin: cluster.catalog.pin ?? null },
      origins: origins.map((o) => ({ by: o.label, value: maskNamed(o.value, path), ...place(placeOf(o)) })),
    },
  };
}

type Role = 'set by' | 'and by' | 'over' | 'null';

/** What each writer did: nothing below a null counts, but for the default of the schema. */
function rolesOf(origins: readonly Origin[], pointer: string): readonly Role[] {
  let isSet = false;
  let isRemoved = false;
  return origins.map((origin): Role => {
    if (origin.value === null && !isSet) {
      isRemoved = true;
      return 'null';
    }
    const counts = !isRemoved || isDefault(origin);
    const role = !counts ? 'over' : !isSet ? 'set by' : isGathered(pointer) ? 'and by' : 'over';
    if (counts) isSet = true;
    if (origin.value === null) isRemoved = true;
    return role;
  });
}

const placeOf = ({ source, pointer }: Origin): Location => source.at(pointer, 'key');

function effective(cluster: ResolvedCluster, pointer: string): Value | undefined {
  const [head, name, ...rest] = pointerSteps(pointer);
  const listed = [...cluster.capabilities.values()].find(
    (c) => c.capability.list !== undefined && c.capability.list === head,
  );
  if (listed !== undefined) return valueAt(listed.options, pointer);
  const resolved = head === 'capabilities' && name !== undefined ? cluster.capabilities.get(name) : undefined;
  return resolved === undefined ? valueAt(cluster.merged, pointer) : valueAt(resolved.options, pointerOf(rest));
}

const defaultLabel = 'default of ';
const isDefault = ({ label }: Origin): boolean => label.startsWith(defaultLabel);

/** The default in the option schema, as the lowest writer of all. */
function defaultOrigin(cluster: ResolvedCluster, pointer: string): Origin[] {
  const [head, name = '', ...rest] = pointerSteps(pointer);
  const resolved = cluster.capabilities.get(name);
  if (head !== 'capabilities' || resolved === undefined || rest.length === 0) return [];
  const { capability } = resolved;
  const schema = schemaAt(capability.options, rest);
  if (schema === undefined || schema['default'] === undefined) return [];
  const file = rest.map((s) => (/^\d+$/.test(s) ? '/items' : `/properties/${pointerStep(s)}`)).join('');
  return [
    {
      label: `${defaultLabel}${capability.name}`,
      source: capability.source,
      pointer: `/spec/options${file}/default`,
      value: schema['default'],
    },
  ];
}

function suggestion(cluster: ResolvedCluster, pointer: string): string {
  const steps = pointerSteps(pointer);
  const parent = effective(cluster, pointerOf(steps.slice(0, -1)));
  return typeof parent === 'object' && parent !== null ? didYouMean(steps.at(-1) ?? '', Object.keys(parent)) : '';
}
