import { kubernetesValue } from '../../yaml/kubernetesYaml.ts';
import type { Context } from '../../ports.ts';
import { bundleEntries } from './contents.ts';
import type { BundledChart } from './contents.ts';
import { imagesOf } from '../../preview/objects.ts';
import type { Diagnostic, Outcome } from '../../model/diagnostic.ts';
import type { ClusterPlan } from '../../model/model.ts';
import { asMap, compareText } from '../../model/values.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { applicationsOf, previewComponents } from '../../preview/clusters.ts';
import { many } from '../../report/text.ts';
import { uniqueCharts } from '../catalog/lock.ts';
import { eachChart, loadFleet, referenceTo, wantedCharts } from '../shared/fleetCharts.ts';
import type { Result } from '../command.ts';
import { selected } from '../shared/options.ts';
import type { BundleInvocation } from './command.ts';

/** Everything that a site without internet needs beside the repository: charts as repositories, schemas, sums. */
export async function bundle(invocation: BundleInvocation): Promise<Result> {
  const { ctx, global, args, options } = invocation;
  const folder = ctx.absolute(args.folder, global.root);
  ctx.refuseFullFolder(folder);
  const fleet = await loadFleet(ctx, selected(options));
  const wanted = uniqueCharts(wantedCharts(fleet, options.component, false));
  const { done, diagnostics } = await eachChart(ctx, 'bundle', wanted, async (chart) => {
    const found = await ctx.charts.fetch(referenceTo(chart), chart.digest);
    const { files } = await ctx.charts.read(found);
    return { ...found, metadata: asMap(kubernetesValue(files.get('Chart.yaml') ?? '')) };
  });
  const all = [...fleet.diagnostics, ...diagnostics];
  if (diagnostics.length > 0) return { diagnostics: all, summary: `${folder} was not written.` };
  const charts = done.map(({ chart, value }): BundledChart => {
    const { repository, name, version } = chart;
    return { repository, name, version, digest: value.digest, file: value.file, metadata: value.metadata };
  });
  const listed = await imagesOfFleet(invocation);
  all.push(...listed.diagnostics);
  const images = listed.value === undefined ? {} : { images: listed.value };
  const entries = bundleEntries({ charts, schemas: schemasOf(ctx), ...images });
  ctx.writeBundle(folder, entries);
  return {
    text: [...entries.keys()].filter((path) => path.endsWith('.tgz')).join('\n'),
    data: { folder, charts: charts.map(({ metadata: _metadata, file: _file, ...c }) => c), files: entries.size + 1 },
    diagnostics: all,
    summary: `Bundled ${many(charts.length, 'chart')} and ${many(entries.size - charts.length + 1, 'other file')} in ${folder}. README.md there says how to use them.`,
  };
}

/** Every image that the selected components of the selected clusters name; a warning in place of it when there is no Helm to ask. */
async function imagesOfFleet({ ctx, options }: BundleInvocation): Promise<Outcome<readonly string[]>> {
  const pipeline = createPipeline(ctx);
  if ((await pipeline.charts()) === undefined) return { diagnostics: [withoutImages] };
  const { clusters } = await pipeline.run({ ...selected(options), keepObjects: true });
  const found = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  for (const { plan, tree } of clusters) {
    if (plan === undefined || tree === undefined) continue;
    const cluster = { plan, tree };
    const wanted = wantedApplications(plan, options.component);
    const previewed = await previewComponents(cluster, applicationsOf(cluster).filter(wanted), pipeline);
    diagnostics.push(...previewed.diagnostics);
    for (const { image } of imagesOf(previewed.value ?? [])) found.add(image);
  }
  return { value: [...found].sort(compareText), diagnostics };
}

/** Applications of these components of the catalog: one for each item of a list, and the definitions are one of their own. */
function wantedApplications({ components }: ClusterPlan, names: readonly string[]): (application: string) => boolean {
  const catalogNames = new Map(components.map(({ name, component }) => [name, component.name]));
  const isNamed = (application: string): boolean => names.includes(catalogNames.get(application) ?? application);
  return (application) => names.length === 0 || isNamed(application) || isNamed(application.replace(/-crds$/, ''));
}

const withoutImages: Diagnostic = {
  code: 'helm/missing',
  severity: 'warning',
  message: 'The bundle has no list of images: which ones charts use only Helm knows, and there is none.',
  hint: 'Install Helm 4 (or 3.18 and newer), or name the program in SLIPWAY_HELM, and bundle again.',
};

/** The schemas of the repository, or else those of the program: path → file of this machine. */
function schemasOf(ctx: Context): ReadonlyMap<string, string> {
  const own = ctx.files.exists('schemas/kubernetes') || ctx.files.exists('schemas/crds');
  const top = ctx.absolute('schemas', own ? ctx.files.root : ctx.home);
  return new Map(ctx.listAnywhere(top).map((file) => [file.slice(top.length + 1).replaceAll('\\', '/'), file]));
}
