import { driftFindings } from '../../drift/findings.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterDrift, DriftReport } from '../../model/drift.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { driftSummary, driftText } from '../../report/drift.ts';
import type { Result } from '../command.ts';
import { requireKnownComponents } from '../shared/names.ts';
import { statsText } from '../shared/statsText.ts';
import { availableUpgrades } from '../upgrade/targets.ts';
import type { DriftInvocation } from './command.ts';
import { fileDrift } from './driftTree.ts';

const remedies: DriftReport['remedies'] = {
  stale: 'Run `slipway render` and commit the result.',
  handEdited: 'Move the change into the spec, then run `slipway render --force`.',
  version: 'Move spec.catalog, drop the version from spec.components, or run `slipway catalog upgrade`.',
  live: 'Argo CD puts it back at its next sync; what is to stay belongs into the spec, or into ignoreDifferences.',
};

/** Where reality left the specs: trees, files, versions, and with --live the clusters. Exit code 2 when anything did. */
export async function drift(invocation: DriftInvocation): Promise<Result> {
  const { ctx, options } = invocation;
  const { live: wantsLive } = options;
  const pipeline = createPipeline(ctx);
  requireKnownComponents(ctx, options.component, []);
  const files = await fileDrift(invocation, pipeline);
  const live = wantsLive
    ? await (await import('./driftLive.ts')).liveDrifts(invocation, files.result, pipeline)
    : { live: new Map(), diagnostics: [] };
  const clusters = files.clusters.map((c): ClusterDrift => {
    const found = live.live.get(c.name);
    return found === undefined ? c : { ...c, live: found };
  });
  const report: DriftReport = { clusters, upstream: files.upstream, remedies };
  const newer = await availableUpgrades(ctx);
  const diagnostics: Diagnostic[] = [...files.result.diagnostics, ...newer, ...files.diagnostics, ...live.diagnostics];
  return {
    text: driftText(report),
    data: report,
    diagnostics,
    report: {
      differences: driftFindings(report),
      clusters: clusters.map((c) => ({ name: c.name, isOk: !hasDrift(c) })),
    },
    summary: `${driftSummary(report, wantsLive)}${options.stats ? `\n${statsText(files.result.timings)}` : ''}`,
    differs: clusters.some(hasDrift),
  };
}

const hasDrift = ({ stale, handEdited, versions, live }: ClusterDrift): boolean =>
  stale.length + handEdited.length + versions.length + (live?.objects.length ?? 0) > 0;
