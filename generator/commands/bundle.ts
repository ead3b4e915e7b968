import { join, relative, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { Context } from '../context.ts';
import { bundleEntries } from '../core/bundle.ts';
import type { BundledChart } from '../core/bundle.ts';
import { asMap } from '../model/values.ts';
import { many } from '../report/text.ts';
import { uniqueCharts } from './catalogLock.ts';
import { eachChart, loadFleet, referenceTo, wantedCharts } from './catalogCharts.ts';
import type { Invocation, Result } from './command.ts';

/** Names the images of charts; a bundle lists them when there is somebody who can tell. */
export type ImageLister = (charts: readonly BundledChart[]) => Promise<readonly string[]>;

/** Everything that a site without internet needs beside the repository: charts as repositories, schemas, sums. */
export async function bundle(invocation: Invocation, images?: ImageLister): Promise<Result> {
  const { ctx, global, args } = invocation;
  const folder = resolve(global.root, args[0] ?? '');
  ctx.refuseFullFolder(folder);
  const fleet = await loadFleet(ctx, global);
  const wanted = uniqueCharts(wantedCharts(fleet, global.component, false));
  const { done, diagnostics } = await eachChart(ctx, 'bundle', wanted, async (chart) => {
    const found = await ctx.charts.fetch(referenceTo(chart), chart.digest);
    const { files } = await ctx.charts.read(found);
    return { ...found, metadata: asMap(load(files.get('Chart.yaml') ?? '')) };
  });
  const all = [...fleet.diagnostics, ...diagnostics];
  if (diagnostics.length > 0) return { diagnostics: all, summary: `${folder} was not written.` };
  const charts = done.map(({ chart, value }): BundledChart => {
    const { repository, name, version } = chart;
    return { repository, name, version, digest: value.digest, file: value.file, metadata: value.metadata };
  });
  const listed = await images?.(charts);
  const entries = bundleEntries({
    charts,
    schemas: schemasOf(ctx),
    ...(listed === undefined ? {} : { images: listed }),
  });
  ctx.writeBundle(folder, entries);
  return {
    text: [...entries.keys()].filter((path) => path.endsWith('.tgz')).join('\n'),
    data: { folder, charts: charts.map(({ metadata: _metadata, file: _file, ...c }) => c), files: entries.size + 1 },
    diagnostics: all,
    summary: `Bundled ${many(charts.length, 'chart')} and ${many(entries.size - charts.length + 1, 'other file')} in ${folder}. README.md there says how to use them.`,
  };
}

/** The schemas of the repository, or else those of the program: path → file of this machine. */
function schemasOf(ctx: Context): ReadonlyMap<string, string> {
  const own = ctx.files.exists('schemas/kubernetes') || ctx.files.exists('schemas/crds');
  const top = join(own ? ctx.files.root : ctx.home, 'schemas');
  return new Map(ctx.listAnywhere(top).map((file) => [relative(top, file).replaceAll('\\', '/'), file]));
}
