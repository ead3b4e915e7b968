import { driftFindings } from '../../drift/findings.ts';
import { UsageError } from '../../model/diagnostic.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterDrift, DriftReport } from '../../model/drift.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { driftSummary, driftText } from '../../report/drift.ts';
import type { Invocation, Result } from '../command.ts';
import { fileDrift } from './driftTree.ts';
import { statsText } from '../render/render.ts';

const remedies: DriftReport['remedies'] = {
  stale: 'Run `slipway render` and commit the result.',
  handEdited: 'Move the change into the spec, then run `slipway render --force`.',
  version: 'Move spec.catalog, drop the version from spec.components, or run `slipway catalog upgrade`.',
  live: 'Argo CD puts it back at its next sync; what is to stay belongs into the spec, or into ignoreDifferences.',
};

/** Where reality left the specs: trees, files, versions, and with --live the clusters. Exit code 2 when anything did. */
export async function drift(invocation: Invocation): Promise<Result> {
  const { ctx, global, options } = invocation;
  const wantsLive = options['live'] === true;
  for (const name of ['context', 'all', 'qps'])
    if (options[name] !== undefined && !wantsLive)
      throw new UsageError(`--${name} belongs to --live.`, 'Add --live, or leave it out.');
  const pipeline = createPipeline(ctx);
  const files = await fileDrift(invocation, pipeline);
  const live = wantsLive
    ? await (await import('./driftLive.ts')).liveDrifts(invocation, files.result, pipeline)
    : { live: new Map(), diagnostics: [] };
  const clusters = files.clusters.map((c): ClusterDrift => {
    const found = live.live.get(c.name);
    return found === undefined ? c : { ...c, live: found };
  });
  const report: DriftReport = { clusters, upstream: files.upstream, remedies };
  const diagnostics: Diagnostic[] = [...files.result.diagnostics, ...files.diagnostics, ...live.diagnostics];
  return {
    text: driftText(report),
    data: report,
    diagnostics,
    report: {
      differences: driftFindings(report),
      clusters: clusters.map((c) => ({ name: c.name, isOk: !hasDrift(c) })),
    },
    summary: `${driftSummary(report, wantsLive)}${global.stats ? `\n${statsText(files.result.timings)}` : ''}`,
    differs: clusters.some(hasDrift),
  };
}

const hasDrift = ({ stale, handEdited, versions, live }: ClusterDrift): boolean =>
  stale.length + handEdited.length + versions.length + (live?.objects.length ?? 0) > 0;
