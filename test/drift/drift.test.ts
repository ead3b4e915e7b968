import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Result } from '../../generator/commands/command.ts';
import { createContext } from '../../generator/context.ts';
import type { DriftReport } from '../../generator/model/drift.ts';
import { call } from '../helpers/call.ts';
import { casesFolder } from '../helpers/cases.ts';
import { routes, serve } from '../helpers/chartServer.ts';
import { run, workspace } from '../helpers/workspace.ts';

const entry = (version: string): string => `  - { name: demo, version: ${version}, urls: [demo-${version}.tgz] }\n`;

async function look(root: string): Promise<Result> {
  const ctx = createContext(root, { quiet: true, verbose: false });
  return call(ctx, 'drift');
}

it('what repositories of charts have newer is asked once for each chart, and nothing is written', async () => {
  const versions = ['1.0.0', '1.2.3', '1.4.0', '2.0.0', '3.0.0-rc.1'];
  const server = await serve(
    routes({ '/index.yaml': `apiVersion: v1\nentries:\n  demo:\n${versions.map(entry).join('')}` }),
  );
  const root = workspace({});
  cpSync(join(casesFolder, '_base/demo'), root, { recursive: true });
  const component = join(root, 'catalog/demo/demo-chart/component.yaml');
  writeFileSync(component, readFileSync(component, 'utf8').replace('https://charts.example.com', server.url));
  const spec = readFileSync(join(root, 'clusters/a.yaml'), 'utf8');
  writeFileSync(join(root, 'clusters/b.yaml'), spec.replace('name: a', 'name: b'));
  expect(run(root, ['render']).code).toBe(0);
  const result = await look(root);
  const { clusters, upstream } = result.data as DriftReport;
  expect(clusters.map((c) => c.versions)).toEqual([expect.anything(), clusters[0]?.versions]);
  expect(clusters[0]?.versions).toEqual([
    {
      what: 'chart',
      component: 'demo-chart',
      chart: 'demo',
      current: '1.2.3',
      isUpstreamKnown: true,
      upstream: '2.0.0',
      sameMajor: '1.4.0',
    },
  ]);
  expect(upstream).toEqual({ asked: 1 });
  expect(result.differs).toBe(true);
  expect(result.diagnostics).toEqual([]);
  expect(server.requests).toEqual(['GET /index.yaml']);
});
