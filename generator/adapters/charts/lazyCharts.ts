import type { Charts } from '../../ports.ts';
import type { ChartsOptions } from './charts.ts';

/** The same as createCharts, whose code (HTTP, tar, versions) is only loaded by those who have to do with packages. */
export function createLazyCharts(options: ChartsOptions): Charts {
  let charts: Promise<Charts> | undefined;
  const load = (): Promise<Charts> =>
    (charts ??= import('./charts.ts').then(({ createCharts }) => createCharts(options)));
  return {
    find: async (chart, digest) => (await load()).find(chart, digest),
    fetch: async (chart, digest) => (await load()).fetch(chart, digest),
    refetch: async (chart) => (await load()).refetch(chart),
    versions: async (chart) => (await load()).versions(chart),
    read: async (chart) => (await load()).read(chart),
  };
}
