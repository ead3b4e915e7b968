import { maskAll, maskKnown } from '../../util/mask.ts';
import type { TreeDiff } from '../../model/diff.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { diffTrees } from '../../diff/tree.ts';
import type { ClusterPlan } from '../../model/model.ts';
import { compareText } from '../../model/values.ts';
import { version } from '../../model/version.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import type { FleetCluster, FleetComponent } from '../../report/html/fleet.ts';
import { fleetPage } from '../../report/html/page.ts';
import { many } from '../../report/text.ts';
import { comparedSides, componentOf, guardsOfSides, patchedFilesOf } from '../diff/diff.ts';
import type { Result } from '../command.ts';
import { selected, threads } from '../shared/options.ts';
import { requireKnownComponents } from '../shared/names.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import type { ReportInvocation } from './command.ts';

/** One HTML file about the fleet: clusters, versions, findings, waves, and what differs from a base. */
export async function report(invocation: ReportInvocation): Promise<Result> {
  const { ctx, global, args, options } = invocation;
  const { file } = args;
  const { cache } = options;
  const jobs = threads(ctx, options);
  const { result } = await renderAndCompare(ctx, { ...selected(options), cache, jobs, checkTemplates: true });
  const { plans } = await createPipeline(ctx).plan(selected(options));
  const compared = options.base === undefined ? undefined : await differences(invocation);
  const planned = new Map(plans.map((plan) => [plan.cluster.name, plan]));
  const clusters = result.clusters.map(({ name }) => clusterOf(name, planned.get(name)));
  const diagnostics = [...result.diagnostics, ...(compared?.diagnostics ?? [])];
  const diff = compared?.diff === undefined ? {} : { diff: compared.diff };
  const page = fleetPage(maskKnown(maskAll({ version, clusters, diagnostics, ...diff }), ctx.secrets));
  if (file !== '-') ctx.writeAnywhere(file, page, global.root);
  return {
    ...(file === '-' ? { text: page } : {}),
    data: { file, clusters: clusters.length },
    diagnostics: compared?.diagnostics ?? [],
    summary: `${many(clusters.length, 'cluster')}, ${many(diagnostics.length, 'finding')}${file === '-' ? '.' : `: ${file} is written.`}`,
  };
}

/** What differs, or why that cannot be said. */
async function differences({
  ctx,
  options,
}: ReportInvocation): Promise<{ readonly diff?: TreeDiff; readonly diagnostics: readonly Diagnostic[] }> {
  const { base, cache } = options;
  const sides = await comparedSides(ctx, { ...selected(options), base, cache, jobs: threads(ctx, options) });
  const findings = sides.diagnostics.filter((d) => d.code === 'diff/base'); // the others are findings of the page already
  requireKnownComponents(ctx, options.component, sides.changes.map(componentOf));
  return findings.length > 0
    ? { diagnostics: findings }
    : {
        diff: diffTrees(
          sides.changes,
          sides.base,
          sides.kinds,
          options.component,
          guardsOfSides(sides),
          patchedFilesOf(sides),
        ),
        diagnostics: [],
      };
}

function clusterOf(name: string, plan: ClusterPlan | undefined): FleetCluster {
  if (plan === undefined)
    return { name, isOk: false, environment: '', domain: '', kubernetes: '', catalog: '', components: [] };
  const { info, catalog } = plan.cluster;
  return {
    name,
    isOk: true,
    environment: info.environment ?? '',
    domain: info.domain,
    kubernetes: info.kubernetes.version,
    catalog: catalog.pin ?? catalog.version,
    components: plan.components
      .map((p): FleetComponent => ({
        name: p.name,
        capability: p.component.capability,
        namespace: p.namespace,
        wave: p.wave,
        dependsOn: p.dependsOn,
        delivery: p.delivery,
        holdsData: p.component.dataHolding,
        ...(p.chart === undefined ? {} : { chart: { name: p.chart.name, version: p.chart.version } }),
      }))
      .sort((a, b) => compareText(a.name, b.name)),
  };
}
