import type { Location } from '../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan, TemplateFile } from '../model/model.ts';
import type { Origin } from '../model/layer.ts';
import { pointerOf, valueAt } from '../model/values.ts';
import { locateLine } from '../yaml/locate.ts';
import { parseSource } from '../yaml/source.ts';
import { locateMerged, originsOf } from '../config/merge.ts';
import { optionsReadOn, renderTemplate, tracedPlace } from '../template/tools.ts';
import type { OptionOrigin, Tools } from '../template/tools.ts';
import type { ValuePath } from './effects.ts';

/** Who set a Helm value of a component. */
export interface ValueOrigin {
  readonly by: 'spec' | 'catalog';
  readonly at: Location;
  /** Layers of the spec that wrote it, the last one first; none for what the template prints alone. */
  readonly layers: readonly Origin[];
  /** Options that the line of the template reads, and who set them. */
  readonly options: readonly OptionOrigin[];
  /** Where the template sets it too, below the spec. */
  readonly template: Location | undefined;
}

/** Looks up who set the Helm values of one component; its template is rendered once. */
export function createValueLocator(
  plan: ComponentPlan,
  { cluster }: ClusterPlan,
  tools: Tools,
): (path: ValuePath) => ValueOrigin {
  const { values, capability } = plan.component;
  const rendered = values === undefined ? undefined : renderTemplate(values, plan, cluster, tools);
  const printed = rendered === undefined || 'problems' in rendered ? undefined : rendered.text;
  const source = values === undefined || printed === undefined ? undefined : parseSource(values.file, printed).value;
  const inTemplate = (
    path: ValuePath,
    pointer: string,
  ): { at: Location; options: readonly OptionOrigin[] } | undefined => {
    if (values === undefined || source === undefined) return undefined;
    const traced = tracedPlace(values, plan, tools, source.at(pointer, 'key').line);
    const options = optionsReadOn(traced, plan, cluster, capability, tools);
    return { at: keyIn(traced.file, traced.line, path), options };
  };
  return (path) => {
    const pointer = pointerOf(path);
    const inSpec = pointerOf(['components', plan.component.name, 'values', ...path]);
    const at =
      valueAt(plan.overrideValues, pointer) === undefined ? undefined : locateMerged(cluster.layers, inSpec, 'key');
    if (at !== undefined) {
      const template = source?.has(pointer) === true ? inTemplate(path, pointer)?.at : undefined;
      return { by: 'spec', at, layers: originsOf(cluster.layers, inSpec), options: [], template };
    }
    const printedAt = inTemplate(path, pointer) ?? { at: plan.component.source.at('/spec/chart'), options: [] };
    return { by: 'catalog', layers: [], template: undefined, ...printedAt };
  };
}

/** Where a Helm value is set: in the spec, or else in the line of values.yaml.hbs that prints it. */
export const locateValue = (path: ValuePath, plan: ComponentPlan, cluster: ClusterPlan, tools: Tools): Location =>
  createValueLocator(plan, cluster, tools)(path).at;

/** The key in its line of the template, as far as it stands there. */
function keyIn(template: TemplateFile, line: number, path: ValuePath): Location {
  const text = template.text.split('\n')[line - 1] ?? '';
  const key = [...path].reverse().find((step) => text.includes(step)) ?? '';
  const col = key === '' ? 1 : text.indexOf(key) + 1;
  return locateLine(template.file, template.text, line, col, Math.max(1, key.length));
}
