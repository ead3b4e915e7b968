import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { listAt, mapAt, textAt } from '../../generator/model/values.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { goldenTrees } from '../helpers/workspace.ts';

/** Values of a chart in golden trees: name of the tree → values. */
function valuesOf(component: string): ReadonlyMap<string, ValueMap> {
  const own = [...goldenTrees()].filter(([path]) => path.endsWith(`.txt/apps/${component}.yaml`));
  return new Map(
    own.map(([path, text]) => [path, mapAt(parse(text) as Value, 'spec', 'source', 'helm', 'valuesObject')]),
  );
}

const configs = [...valuesOf('kube-prometheus-stack')].flatMap(([tree, values]) => {
  const config = mapAt(values, 'alertmanager', 'config');
  return Object.keys(config).length === 0 ? [] : [[tree, config] as const];
});

/** A program of Prometheus: in the path, or named by a variable. */
function program(variable: string, name: string): string | undefined {
  const path = process.env[variable] ?? name;
  return spawnSync(path, ['--version']).status === 0 ? path : undefined;
}

function checked(path: string, args: readonly string[], value: ValueMap): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-alerts-'));
  try {
    writeFileSync(join(folder, 'file.yaml'), emitYaml(value));
    const { status, stdout, stderr } = spawnSync(path, [...args, join(folder, 'file.yaml')], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('Alertmanager', () => {
  it('is set up in golden trees', () => expect(configs.length).toBeGreaterThan(2));

  it.each(configs)('of %s sends each severity where it was asked for, and says what happened', (_tree, config) => {
    const receivers = new Map(listAt(config, 'receivers').map((r) => [textAt(r, 'name') ?? '', r]));
    const routes = listAt(config, 'route', 'routes');
    for (const route of routes) expect([...receivers.keys()]).toContain(textAt(route, 'receiver'));
    const bySeverity = routes.filter((r) => String(listAt(r, 'matchers')[0]).startsWith('severity'));
    for (const route of bySeverity) expect(mapAt(route)['continue']).toBe(true);
    for (const receiver of receivers.values())
      for (const slack of listAt(receiver, 'slack_configs')) {
        expect(textAt(slack, 'text')).toContain('.Annotations.description');
        expect(textAt(slack, 'title')).toContain('.CommonLabels.severity');
      }
  });

  // go install github.com/prometheus/alertmanager/cmd/amtool
  const amtool = program('AMTOOL', 'amtool');
  it.skipIf(amtool === undefined).each(configs)('reads the configuration of %s', (_tree, config) => {
    expect(checked(amtool ?? '', ['check-config'], config)).toBe('');
  });
});

describe('alerts', () => {
  const rules = [...valuesOf('argocd')].flatMap(([tree, values]) => {
    const spec = listAt(values, 'controller', 'metrics', 'rules', 'spec');
    return spec.length === 0 ? [] : [[tree, spec] as const];
  });

  it('of Argo CD are in golden trees', () => expect(rules.length).toBeGreaterThan(0));

  // go install github.com/prometheus/prometheus/cmd/promtool
  const promtool = program('PROMTOOL', 'promtool');
  it.skipIf(promtool === undefined).each(rules)('of %s are read by Prometheus', (_tree, spec) => {
    expect(checked(promtool ?? '', ['check', 'rules'], { groups: [{ name: 'argocd', rules: spec }] })).toBe('');
  });
});
