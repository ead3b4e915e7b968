import type { Diagnostic } from '../model/diagnostic.ts';
import type { Catalog, ClusterPlan, ComponentPlan } from '../model/model.ts';
import type { Tools } from '../template/tools.ts';
import type { IdleValue, Purity } from './judge.ts';
import { locateValue } from './locateValue.ts';

/** What findings about a chart are about. */
export interface ChartSubject {
  readonly plan: ComponentPlan;
  readonly cluster: ClusterPlan;
}

export const subjectFields = ({ plan, cluster }: ChartSubject): Pick<Diagnostic, 'component' | 'cluster'> => ({
  component: plan.name,
  cluster: cluster.cluster.name,
});
export const chartName = ({ plan }: ChartSubject): string => `${plan.chart?.name ?? ''} ${plan.chart?.version ?? ''}`;

/** Ends as a sentence does. */
const sentence = (text: string): string => text.trim().replace(/(?<![.!?])$/, '.');

/** Of the Helm that proves charts of a catalog whose Argo CD renders them with another major version. */
export function otherHelmFinding(version: string, { argocd, source }: Catalog): Diagnostic | undefined {
  if (argocd.helm === undefined || majorOf(argocd.helm) === majorOf(version)) return undefined;
  return {
    code: 'helm/version',
    severity: 'warning',
    at: source.at('/spec/argocd/helm'),
    message: `Charts are rendered here with Helm ${version}, and by Argo CD ${argocd.version} of this catalog with Helm ${argocd.helm}: what it makes of them can differ.`,
    hint: `Name a Helm ${majorOf(argocd.helm)} in SLIPWAY_HELM, with SLIPWAY_ENGINE=off.`,
  };
}

const majorOf = (version: string): string => /^v?(\d+)/.exec(version)?.[1] ?? version;

/** Helm's words; the place is where the chart is named, because they rarely name a value. */
export function refusalFinding(error: string, subject: ChartSubject): Diagnostic {
  const { plan, cluster } = subject;
  return {
    code: 'helm/refused',
    severity: 'error',
    ...subjectFields(subject),
    at: plan.component.source.at('/spec/chart'),
    message: `Helm cannot render ${chartName(subject)} for "${plan.name}": ${sentence(error)}`,
    hint: `Correct the values (values.yaml.hbs, or spec.components.${plan.component.name}.values). To see it alone: slipway preview ${cluster.cluster.name} ${plan.name}`,
  };
}

export function purityFindings({ functions, fields }: Purity, job: ChartSubject): Diagnostic[] {
  if (functions.length === 0) return [];
  const { component } = job.plan;
  const stops = component.impure.filter((i) => i.value !== undefined && functions.includes(i.function));
  const where = fields.slice(0, 3).map((f) => `${f.object}${f.field === '' ? '' : ` at ${f.field}`}`);
  const more = fields.length > 3 ? ` and ${fields.length - 3} more objects` : '';
  return [
    {
      code: 'helm/impure',
      severity: 'error',
      ...subjectFields(job),
      at: component.source.at('/spec/chart'),
      message: `${chartName(job)} calls ${functions.join(', ')}: ${where.length === 0 ? 'what it renders can differ each time' : `${where.join(', ')}${more} differ${fields.length === 1 ? 's' : ''} in every rendering`}.`,
      hint:
        stops.length > 0
          ? `Set ${[...new Set(stops.map((s) => s.value))].join(', ')}.`
          : 'Set the value that stops it (an existing Secret, most often), or say in spec.impure of component.yaml why it is harmless.',
    },
  ];
}

export function idleFinding({ path, known, closest }: IdleValue, job: ChartSubject, tools: Tools): Diagnostic {
  const meant = closest === undefined ? '' : ` Did you mean "${closest}"?`;
  return {
    code: known ? 'values/no-effect' : 'values/unknown',
    severity: known ? 'warning' : 'error',
    ...subjectFields(job),
    at: locateValue(path, job.plan, job.cluster, tools),
    message: known
      ? `"${path.join('.')}" has no effect in ${chartName(job)} with these values: without it, and with another value, the same is rendered.`
      : `${chartName(job)} has no value "${path.join('.')}": it changes nothing.${meant}`,
    hint: known
      ? 'Remove it, or set what makes it count; where it has to stay, say why in spec.withoutEffect of component.yaml.'
      : 'Correct or remove it.',
  };
}
