import type { Diagnostic } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { PipelineResult } from '../../pipeline/pipeline.ts';
import type { Context } from '../../ports.ts';
import { repositoryFindings } from '../../validate/repository.ts';
import type { ProofReport } from '../../validate/charts/proof.ts';
import { countText, many } from '../../report/text.ts';
import type { Result } from '../command.ts';
import { selected } from '../shared/options.ts';
import { renderAndCompare } from '../shared/renderAndCompare.ts';
import { statsText } from '../shared/statsText.ts';
import type { ValidateInvocation } from './command.ts';
import { readObjectOptions } from './objectOptions.ts';

/** Every problem of specs, catalog and tree in one run, or of the files that are named; writes nothing. */
export async function validate(invocation: ValidateInvocation): Promise<Result> {
  const options = readObjectOptions(invocation);
  if (invocation.args.files.length > 0) return (await import('./validateFiles.ts')).validateFiles(invocation, options);
  const { kubernetes, policy, schemas, isUsual } = options;
  const checks = isUsual ? undefined : { kubernetes, policy, places: schemas.places };
  const request = { ...selected(invocation.options), checkTemplates: true, prove: true, checks };
  const first = await renderAndCompare(invocation.ctx, request);
  // what is looked for behind http is known when everything was rendered once
  const { result, publishing } = (await schemas.fetch()) ? await renderAndCompare(invocation.ctx, request) : first;
  // what render will ask consent for is no mistake yet
  const said = publishing.map((d) =>
    d.code === 'publish/deletion' || d.code === 'publish/guarded-change' ? { ...d, severity: 'warning' as const } : d,
  );
  const diagnostics = [...result.diagnostics, ...said, ...(await aboutRepository(invocation.ctx, result))];
  const checked = { valid: 0, invalid: 0, skipped: 0, noSchema: 0 };
  for (const cluster of result.clusters)
    for (const key of Object.keys(checked) as (keyof typeof checked)[]) checked[key] += cluster.checked?.[key] ?? 0;
  const ok = hasErrors(diagnostics)
    ? ''
    : [
        `, ${checked.valid} objects valid`,
        ...(checked.skipped > 0 ? [`${checked.skipped} skipped`] : []),
        ...(checked.noSchema > 0 ? [`${checked.noSchema} without schema`] : []),
        ...provenText(result.proof),
      ].join(', ');
  const of = (name: string): Diagnostic[] => diagnostics.filter((d) => d.cluster === name);
  const against = kubernetes === undefined ? '' : ` on Kubernetes ${kubernetes}`;
  return {
    diagnostics,
    data: {
      clusters: result.clusters.map((c) => ({
        name: c.name,
        ok: (c.tree !== undefined || c.cached !== undefined) && !hasErrors([...c.diagnostics, ...of(c.name)]),
        checked: c.checked,
      })),
      checked,
      charts: result.proof?.charts ?? [],
    },
    report: {
      clusters: result.clusters.map((c) => ({ name: c.name, isOk: c.tree !== undefined || c.cached !== undefined })),
    },
    summary: `${many(result.clusters.length, 'cluster')}${against}${diagnostics.length === 0 ? `: ${countText(diagnostics)}` : ''}${ok}.${absentText(result.proof)}${invocation.options.stats ? `\n${statsText(result.timings)}` : ''}`,
  };
}

/** Whether Argo CD would read this repository, where git knows which one it is. */
async function aboutRepository({ git }: Context, { clusters }: PipelineResult): Promise<readonly Diagnostic[]> {
  const facts = await git.facts();
  const plans = clusters.flatMap(({ plan }) => plan?.cluster ?? []);
  return facts === undefined ? [] : repositoryFindings(plans, facts);
}

function provenText(proof: ProofReport | undefined): string[] {
  const proven = proof?.hasHelm === true ? proof.charts.filter((c) => c.isHere && c.isProvable).length : 0;
  return proven === 0 ? [] : [`${many(proven, 'chart')} proven`];
}

/** What was not proven, and what to do about it. */
function absentText(proof: ProofReport | undefined): string {
  if (proof === undefined || proof.charts.length === 0) return '';
  if (!proof.hasHelm) return '\nCharts were not rendered, for there is no Helm: see `slipway doctor`.';
  const absent = proof.charts.filter((c) => !c.isHere).length;
  return absent === 0
    ? ''
    : `\n${many(absent, 'chart')} ${absent === 1 ? 'is' : 'are'} not on this machine, so what Helm makes of ${absent === 1 ? 'it' : 'them'} is not known: \`slipway catalog pull\` fetches ${absent === 1 ? 'it' : 'them'}.`;
}
