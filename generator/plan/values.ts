import { mergeValues } from '../config/merge.ts';
import type { Outcome, Diagnostic } from '../model/diagnostic.ts';
import type { ComponentPlan, ClusterPlan, TemplateFile } from '../model/model.ts';
import { isMap, asMap } from '../model/values.ts';
import type { ValueMap } from '../model/values.ts';
import { renderTemplate } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';
import { locateLine } from '../yaml/locate.ts';
import { computedTextFindings, helmReader, kubernetesReader } from './computedText.ts';

/** The Helm values of a component: those of the catalog's template, and over them those of the spec. */
export function componentValues(plan: ComponentPlan, { cluster }: ClusterPlan, tools: Tools): Outcome<ValueMap> {
  const template = plan.component.values;
  if (template === undefined) return { value: plan.overrideValues ?? {}, diagnostics: [] };
  const rendered = renderTemplate(template, plan, cluster, tools);
  if ('problems' in rendered)
    return { diagnostics: rendered.problems.map((problem) => ({ ...problem, component: plan.name })) };
  const [first, ...more] = rendered.documents;
  const isOneMap = more.length === 0 && (first === undefined || isMap(first));
  const problem: Diagnostic = {
    code: 'template/yaml',
    severity: 'error',
    component: plan.name,
    message: 'Helm values have to be one map.',
    hint: 'Correct the template.',
    ...templateStart(template),
  };
  return {
    value: mergeValues(asMap(first), plan.overrideValues ?? {}),
    diagnostics: isOneMap
      ? [helmReader(plan.name), kubernetesReader].flatMap((reader) =>
          computedTextFindings(asMap(first), reader, cluster),
        )
      : [problem],
  };
}

/** The first line of a template, as the place of a finding about all of it. */
export function templateStart(template: TemplateFile | undefined): { at?: ReturnType<typeof locateLine> } {
  return template === undefined ? {} : { at: locateLine(template.file, template.text, 1, 1) };
}
