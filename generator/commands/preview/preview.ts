import { withoutSecret } from '../../kubernetes/object.ts';
import { imagesOf, objectRows, printAmount, resourcesOf, totalOf } from '../../preview/objects.ts';
import type { Amounts, PreviewedComponent, ResourceSum } from '../../preview/objects.ts';
import { DiagnosticsError, hasErrors, UsageError } from '../../model/diagnostic.ts';
import { compareText } from '../../model/values.ts';
import { applicationsOf, previewComponents } from '../../preview/clusters.ts';
import { many, table } from '../../report/text.ts';
import { emitDocuments } from '../../yaml/emit.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import type { PreviewInvocation } from './command.ts';
import { oneCluster } from '../shared/oneCluster.ts';

/** The objects that Argo CD would apply to a cluster, or to one component of it, without a cluster. */
export async function preview({ ctx, args, options }: PreviewInvocation): Promise<Result> {
  const { cluster: name, component: only } = args;
  const { cluster, result, pipeline } = await oneCluster(ctx, name, true);
  const { plan, tree } = cluster;
  if (plan === undefined || tree === undefined || hasErrors(result.diagnostics))
    throw new DiagnosticsError(result.diagnostics);
  const wanted = selected(applicationsOf({ tree }), only, name);
  const { value: components = [], diagnostics } = await previewComponents({ plan, tree }, wanted, pipeline);
  const total = components.reduce((sum, c) => sum + c.objects.length, 0);
  return {
    ...view(options, components, name),
    diagnostics: [...result.diagnostics, ...diagnostics],
    summary: `${many(components.length, 'component')}, ${many(total, 'object')}.`,
  };
}

function selected(known: readonly string[], only: string | undefined, cluster: string): readonly string[] {
  if (only === undefined) return known;
  if (known.includes(only)) return [only];
  throw new UsageError(
    `Cluster ${cluster} has no component "${only}".${didYouMean(only, known)}`,
    `Components: ${known.join(', ')}.`,
  );
}

function view(
  options: PreviewInvocation['options'],
  components: readonly PreviewedComponent[],
  cluster: string,
): Pick<Result, 'text' | 'data'> {
  if (options.images) return imagesView(components);
  if (options.objects) return objectsView(components);
  if (options.resources) return resourcesView(components, cluster);
  const shown = components.map((c) => ({ ...c, objects: c.objects.map(withoutSecret) }));
  const objects = shown.flatMap((c) => c.objects);
  return {
    text: objects.length === 0 ? '' : emitDocuments(objects),
    data: shown.map(({ name, wave, objects: own }) => ({ component: name, wave, objects: own })),
  };
}

function imagesView(components: readonly PreviewedComponent[]): Pick<Result, 'text' | 'data'> {
  const images = imagesOf(components);
  const rows = images.map((i) => [i.image, i.components.join(' ')]);
  return { text: rows.length === 0 ? '' : table([['IMAGE', 'COMPONENTS'], ...rows]), data: images };
}

function objectsView(components: readonly PreviewedComponent[]): Pick<Result, 'text' | 'data'> {
  const rows = components.flatMap(objectRows);
  return {
    text: table([
      ['COMPONENT', 'KIND', 'NAMESPACE', 'NAME', 'WAVE', 'HOOK'],
      ...rows.map((r) => [r.component, r.kind, r.namespace === '' ? '-' : r.namespace, r.name, String(r.wave), r.hook]),
    ]),
    data: rows,
  };
}

function resourcesView(components: readonly PreviewedComponent[], cluster: string): Pick<Result, 'text' | 'data'> {
  const sums = components.map(resourcesOf).filter((sum) => sum.pods > 0);
  const total = totalOf(sums, cluster);
  const row = (sum: ResourceSum): string[] => [
    sum.component,
    `${sum.pods}${sum.perNode > 0 ? ` (${sum.perNode} per node)` : ''}`,
    amountsText(sum.requests),
    amountsText(sum.limits),
  ];
  return {
    text: table([['COMPONENT', 'PODS', 'REQUESTS', 'LIMITS'], ...sums.map(row), row(total)]),
    data: { components: sums, total },
  };
}

function amountsText(amounts: Amounts): string {
  const parts = Object.entries(amounts)
    .sort(([a], [b]) => compareText(a, b))
    .map(([resource, amount]) => `${resource} ${printAmount(resource, amount)}`);
  return parts.join(', ') || '-';
}
