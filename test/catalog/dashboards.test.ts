import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asList, asMap } from '../../generator/model/values.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { goldenTrees, repository } from '../helpers/workspace.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly targets: readonly { readonly expr: string; readonly datasource?: { readonly type: string } }[];
}

/** The dashboards of all golden trees, by the name of their file. */
const dashboards = new Map<string, { readonly uid: string; readonly panels: readonly Panel[] }>();
for (const [path, text] of goldenTrees()) {
  if (!/\.txt\/manifests\/dashboards\//.test(path)) continue;
  const data = asMap(asMap(parse(text) as Value)['data'] ?? {});
  for (const [name, dashboard] of Object.entries(data))
    dashboards.set(name, JSON.parse(dashboard as string) as { uid: string; panels: Panel[] });
}

const promtool = process.env['PROMTOOL'] ?? 'promtool';
const hasPromtool = spawnSync(promtool, ['--version']).status === 0;

describe('dashboards', () => {
  it('are each in a golden tree, under a name of their own', () => {
    const files = readdirSync(join(repository, 'catalog/monitoring/dashboards/manifests'));
    expect([...dashboards.keys()].sort()).toEqual(files.map((f) => f.replace('.yaml.hbs', '.json')).sort());
    expect([...dashboards].map(([name, d]) => [d.uid, name])).toEqual(
      [...dashboards.keys()].map((name) => [`slipway-${name.replace('.json', '')}`, name]),
    );
  });

  it.each([...dashboards])('%s has panels beside each other, which ask a source that there is', (_name, { panels }) => {
    expect(new Set(panels.map((p) => p.id)).size).toBe(panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos: g, datasource, targets } of panels) {
      expect(g.x + g.w, title).toBeLessThanOrEqual(24);
      for (let x = g.x; x < g.x + g.w; x += 1)
        for (let y = g.y; y < g.y + g.h; y += 1) {
          expect(taken.get(`${x} ${y}`), title).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      expect(['prometheus', 'loki'], title).toContain(datasource.uid);
      expect(datasource.type, title).toBe(datasource.uid);
      expect(targets.length, title).toBeGreaterThan(0);
    }
  });

  // With promtool in the path, or named by PROMTOOL: go install github.com/prometheus/prometheus/cmd/promtool
  it.skipIf(!hasPromtool)('have queries that Prometheus understands', () => {
    const rules = [...dashboards].flatMap(([name, { panels }]) =>
      panels
        .filter((p) => p.datasource.type === 'prometheus')
        .flatMap((p) =>
          p.targets.map((t): ValueMap => ({ record: 'x', expr: t.expr, labels: { at: `${name} ${p.title}` } })),
        ),
    );
    const folder = mkdtempSync(join(tmpdir(), 'slipway-promtool-'));
    try {
      writeFileSync(join(folder, 'rules.yaml'), emitYaml({ groups: [{ name: 'dashboards', rules }] }));
      const { status, stdout, stderr } = spawnSync(
        promtool,
        ['check', 'rules', '--lint=none', join(folder, 'rules.yaml')],
        {
          encoding: 'utf8',
        },
      );
      expect(`${status} ${stderr}`, stdout).toBe('0 ');
      expect(asList(rules).length).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
