import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { Catalog } from '../model/model.ts';
import type { Layer } from '../model/layer.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isDnsLabel } from '../model/names.ts';
import { asMap, asString, compareText, isMap, mapAt, member, textAt, valueAt } from '../model/values.ts';
import type { Source } from '../model/source.ts';
import { didYouMean } from '../util/suggest.ts';
import { withAddedLists } from './addedLists.ts';
import { mergeMaps } from './merge.ts';
import { shellCommand } from '../util/shell.ts';

/** The layers of a cluster, lowest first: catalog, environments from the most general on, the cluster spec. */
export function clusterLayers(
  source: Source,
  environments: ReadonlyMap<string, Source>,
  catalog: Catalog,
  memo: Map<string, unknown>,
): Outcome<readonly Layer[]> {
  const spec = asMap(valueAt(source.value, '/spec'));
  const environment = textAt(spec, 'environment');
  const own: Layer = {
    label: `cluster ${asString(valueAt(source.value, '/metadata/name')) ?? ''}`,
    source,
    base: '/spec',
    value: spec,
  };
  const chain =
    environment === undefined
      ? { value: [], diagnostics: [] }
      : environmentChain(environment, source, '/spec/environment', environments, memo);
  if (chain.value === undefined) return { diagnostics: chain.diagnostics };
  const base: Layer[] = [
    { label: `catalog ${catalog.version}`, source: catalog.source, base: '/spec/defaults', value: catalog.defaults },
  ];
  const settings = [...base, ...chain.value.map((e) => e.settings), own];
  const enabled = mapAt(
    settings.reduce<ValueMap>((below, { value }) => {
      const capabilities = member(value, 'capabilities');
      return capabilities === undefined ? below : mergeMaps(below, { capabilities });
    }, {}),
    'capabilities',
  );
  const layers = [...base, ...chain.value.flatMap((e) => [...withDefaults(e.defaults, enabled), e.settings]), own];
  return { value: withAddedLists(layers), diagnostics: [] };
}

/**
 * The defaults of a chain as far as they stand: null for a capability takes back those of the environments below it, and
 * leaves the capability itself, which is not for defaults to switch off.
 */
function standingDefaults(chain: readonly EnvironmentLayers[]): EnvironmentLayers[] {
  const removed = new Set<string>();
  return chain
    .toReversed()
    .map(({ defaults, settings }) => {
      const own = Object.entries(defaults.value).filter(([name, options]) => options !== null && !removed.has(name));
      for (const [name, options] of Object.entries(defaults.value)) if (options === null) removed.add(name);
      return { settings, defaults: { ...defaults, value: Object.fromEntries(own) } };
    })
    .toReversed();
}

/** Defaults of an environment count only for the capabilities that are enabled. */
function withDefaults(layer: Layer, enabled: ValueMap): Layer[] {
  const capabilities = Object.fromEntries(Object.entries(layer.value).filter(([name]) => Object.hasOwn(enabled, name)));
  return Object.keys(capabilities).length === 0 ? [] : [{ ...layer, base: defaultsBase, value: { capabilities } }];
}

/** Marks pointers `/capabilities/x` of a defaults layer: they stand at `/spec/defaults/x` in the file. */
const defaultsBase = '/spec/defaults#';

interface EnvironmentLayers {
  readonly defaults: Layer;
  readonly settings: Layer;
}

function environmentChain(
  name: string,
  from: Source,
  pointer: string,
  environments: ReadonlyMap<string, Source>,
  memo: Map<string, unknown>,
): Outcome<readonly EnvironmentLayers[]> {
  const known = memo.get(`environment|${name}`) as readonly EnvironmentLayers[] | undefined;
  if (known !== undefined) return { value: known, diagnostics: [] };
  const chain: EnvironmentLayers[] = [];
  const seen: string[] = [];
  let at = { source: from, pointer };
  for (let current: string | undefined = name; current !== undefined;) {
    const source = environments.get(current);
    const problem =
      source === undefined
        ? unknownEnvironment(current, at, environments)
        : seen.includes(current)
          ? environmentCycle([...seen, current], at)
          : undefined;
    if (problem !== undefined || source === undefined) return { diagnostics: problem === undefined ? [] : [problem] };
    seen.push(current);
    chain.unshift(layersOf(current, source));
    at = { source, pointer: '/spec/extends' };
    current = asString(valueAt(source.value, '/spec/extends'));
  }
  const standing = standingDefaults(chain);
  memo.set(`environment|${name}`, standing);
  return { value: standing, diagnostics: [] };
}

function layersOf(name: string, source: Source): EnvironmentLayers {
  const { extends: _extends, defaults, ...spec } = asMap(valueAt(source.value, '/spec')) as Record<string, Value>;
  const label = `environment ${name}`;
  return {
    defaults: { label, source, base: '/spec/defaults', value: isMap(defaults) ? defaults : {} },
    settings: { label, source, base: '/spec', value: spec as ValueMap },
  };
}

/** The layers of an environment by itself, lowest first; options below `defaults` count as if they were set. */
export function environmentLayers(
  name: string,
  source: Source,
  environments: ReadonlyMap<string, Source>,
): Outcome<readonly Layer[]> {
  const chain = environmentChain(name, source, '/metadata/name', environments, new Map());
  if (chain.value === undefined) return { diagnostics: chain.diagnostics };
  const value = chain.value.flatMap(({ defaults, settings }) => [
    { ...defaults, base: defaultsBase, value: { capabilities: defaults.value } },
    settings,
  ]);
  return { value: withAddedLists(value), diagnostics: [] };
}

export function unknownEnvironment(
  name: string,
  at: { source: Source; pointer: string },
  environments: ReadonlyMap<string, Source>,
): Diagnostic {
  const known = [...environments.keys()].sort(compareText);
  return {
    code: 'spec/unknown-environment',
    severity: 'error',
    at: at.source.at(at.pointer),
    message: `There is no environment "${name}".${didYouMean(name, environments.keys())}`,
    hint: isDnsLabel(name)
      ? `Create it (${shellCommand('slipway', 'new', 'environment', name)})${known.length === 0 ? '' : `, or use one of: ${known.join(', ')}`}.`
      : `Use one of: ${known.join(', ') || 'none exists yet'}.`,
  };
}

function environmentCycle(path: readonly string[], at: { source: Source; pointer: string }): Diagnostic {
  return {
    code: 'spec/environment-cycle',
    severity: 'error',
    at: at.source.at(at.pointer),
    message: `Environments extend each other: ${path.join(' → ')}.`,
    hint: 'Remove one `extends:`.',
  };
}
