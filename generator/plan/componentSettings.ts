import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { SharedSettings } from '../model/sharedSettings.ts';
import type { ResolvedCluster } from '../model/model.ts';
import type { Layer } from '../model/layer.ts';
import { asMap, compareText, isMap, mapAt, member, pointerStep } from '../model/values.ts';
import { didYouMean } from '../util/suggest.ts';
import type { Contributor } from './contributions.ts';

/**
 * Settings of components that are not installed. Those of the cluster spec are findings; those of an environment only when no
 * other cluster has a use for them, which `unusedSettings` says of all clusters.
 */
export function settingsOfAbsent(
  cluster: ResolvedCluster,
  contributors: readonly Contributor[],
): Outcome<SharedSettings> {
  const installed = new Set(contributors.map((c) => c.component.name));
  const diagnostics: Diagnostic[] = [];
  const used: string[] = [];
  const unused: Diagnostic[] = [];
  for (const layer of cluster.layers) {
    const isOwn = layer.source === cluster.source;
    for (const [name, settings] of Object.entries(mapAt(layer.value, 'components'))) {
      // a name that no catalog knows is reported where specs are resolved
      if (!isMap(settings) || !cluster.catalog.components.has(name)) continue;
      const at = placeOf(layer, name);
      if (installed.has(name)) {
        if (!isOwn) used.push(keyOf(at));
        continue;
      }
      const found = absent(name, layer, cluster);
      if (found === undefined) {
        if (!isOwn) used.push(keyOf(at));
      } else if (isOwn) diagnostics.push(found);
      else unused.push(found);
    }
  }
  return { value: { used, unused }, diagnostics };
}

const placeOf = (layer: Layer, name: string): ReturnType<Layer['source']['at']> =>
  layer.source.at(`${layer.base}/components/${pointerStep(name)}`, 'key');

const keyOf = ({ file, line, col }: { file: string; line: number; col: number }): string => `${file}:${line}:${col}`;

/** Undefined where the entry says that the component is left out, and nothing else. */
function absent(name: string, layer: Layer, cluster: ResolvedCluster): Diagnostic | undefined {
  const settings = asMap(member(mapAt(layer.value, 'components'), name));
  const others = Object.entries(settings).filter(
    ([key, value]) => value !== null && (key !== 'enabled' || value === true),
  );
  if (others.length === 0) return undefined;
  const component = cluster.catalog.components.get(name);
  const { capability = '', when, each } = component ?? {};
  const isEnabled = cluster.capabilities.has(capability);
  const about = { severity: 'error', component: name, at: placeOf(layer, name) } as const;
  const keys = others.map(([key]) => key).join(', ');
  if (!isEnabled)
    return {
      ...about,
      code: 'spec/unknown-component',
      message: `Component "${name}" belongs to ${capability}, which this cluster does not have.`,
      hint: `Enable ${capability}, or remove the entry.`,
    };
  const isSwitchedOff = asMap(cluster.overrides[name])['enabled'] === false;
  if (isSwitchedOff)
    return {
      ...about,
      code: 'spec/no-effect',
      // who switches it off beside its settings knows that they wait
      severity: settings['enabled'] === false ? 'warning' : 'error',
      message: `Component "${name}" is left out (enabled: false), so that what is set for it (${keys}) has no effect.`,
      hint: 'Remove the settings, or enabled: false.',
    };
  const why = each !== undefined && when === undefined ? `for each item of ${each.slice(1)}` : `when ${when ?? ''}`;
  return {
    ...about,
    code: 'spec/no-effect',
    message: `Component "${name}" is not installed in this cluster, so that what is set for it (${keys}) has no effect.`,
    hint: `It is installed ${why}. Change the options of ${capability}, or remove the entry.`,
  };
}

/** Entries of environments that none of these clusters has a use for. */
export function unusedSettings(clusters: readonly SharedSettings[]): Diagnostic[] {
  const used = new Set(clusters.flatMap((c) => c.used));
  const unused = new Map<string, Diagnostic>();
  for (const found of clusters.flatMap((c) => c.unused)) {
    const key = found.at === undefined ? '' : keyOf(found.at);
    if (!used.has(key) && !unused.has(key)) unused.set(key, found);
  }
  return [...unused].sort(([a], [b]) => compareText(a, b)).map(([, found]) => ofEnvironment(found));
}

function ofEnvironment(found: Diagnostic): Diagnostic {
  return {
    ...found,
    code: 'spec/no-effect',
    message: `No cluster of this environment installs "${found.component ?? ''}", so that what is set for it has no effect.`,
  };
}

/** Components that a spec or one of its environments names and the catalog does not know. */
export function unknownComponents(cluster: ResolvedCluster): Diagnostic[] {
  return cluster.layers.flatMap((layer) =>
    Object.entries(mapAt(layer.value, 'components')).flatMap(([name, settings]): Diagnostic[] => {
      if (settings === null || cluster.catalog.components.has(name)) return [];
      return [
        {
          code: 'spec/unknown-component',
          severity: 'error',
          at: placeOf(layer, name),
          message: `There is no component "${name}".${didYouMean(name, cluster.catalog.components.keys())}`,
          hint: 'See `slipway catalog list`.',
        },
      ];
    }),
  );
}
