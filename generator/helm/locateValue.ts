import type { Location } from '../model/diagnostic.ts';
import type { ClusterPlan, ComponentPlan, TemplateFile } from '../model/model.ts';
import { pointerStep, valueAt } from '../model/values.ts';
import { locateLine } from '../yaml/locate.ts';
import { parseSource } from '../yaml/source.ts';
import { locateMerged } from '../config/merge.ts';
import { renderTemplate, tracedPlace } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';
import type { ValuePath } from './effects.ts';

/** Where a Helm value is set: in the spec, or else in the line of values.yaml.hbs that prints it. */
export function locateValue(path: ValuePath, plan: ComponentPlan, { cluster }: ClusterPlan, tools: Tools): Location {
  const pointer = path.map((step) => `/${pointerStep(step)}`).join('');
  if (valueAt(plan.overrideValues, pointer) !== undefined) {
    const at = locateMerged(cluster.layers, `/components/${pointerStep(plan.component.name)}/values${pointer}`, 'key');
    if (at !== undefined) return at;
  }
  const { values } = plan.component;
  const rendered = values === undefined ? undefined : renderTemplate(values, plan, cluster, tools);
  if (values === undefined || rendered === undefined || 'problem' in rendered)
    return plan.component.source.at('/spec/chart');
  const line = parseSource(values.file, rendered.text).value?.at(pointer, 'key').line ?? 1;
  const traced = tracedPlace(values, plan, tools, line);
  return keyIn(traced.file, traced.line, path);
}

/** The key in its line of the template, as far as it stands there. */
function keyIn(template: TemplateFile, line: number, path: ValuePath): Location {
  const text = template.text.split('\n')[line - 1] ?? '';
  const key = [...path].reverse().find((step) => text.includes(step)) ?? '';
  const col = key === '' ? 1 : text.indexOf(key) + 1;
  return locateLine(template.file, template.text, line, col, Math.max(1, key.length));
}
