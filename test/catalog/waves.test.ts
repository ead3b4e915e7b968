import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ClusterPlan, ComponentPlan } from '../../generator/model/model.ts';
import { asMap } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { rootApplication } from '../../generator/render/applications.ts';
import { overlayContext, repository } from '../helpers/workspace.ts';

/** The waves of the example clusters: who waits for whom. */
const clusters = ['dev', 'gpu', 'prod-eu', 'prod-us', 'staging'];
const plans = new Map<string, ClusterPlan>();
const roots = new Map<string, number>();

const inputs = ['clusters', 'environments'].flatMap((folder) =>
  readdirSync(join(repository, folder)).map((f) => [
    `${folder}/${f}`,
    readFileSync(join(repository, folder, f), 'utf8'),
  ]),
) as [string, string][];

beforeAll(async () => {
  const context = overlayContext(Object.fromEntries(inputs));
  const { clusters: run } = await createPipeline(context).run({ clusters: [] });
  for (const { name, plan } of run) {
    if (plan === undefined) continue;
    plans.set(name, plan);
    const root = rootApplication(plan.cluster.info, plan.components);
    const annotations = asMap(asMap(root['metadata'])['annotations']);
    roots.set(name, Number(annotations['argocd.argoproj.io/sync-wave']));
  }
}, 60_000);

const componentsOf = (cluster: string): readonly ComponentPlan[] => plans.get(cluster)?.components ?? [];

/** The platform: what says so, and what that needs. */
function platformOf(cluster: string): ReadonlySet<string> {
  const byName = new Map(componentsOf(cluster).map((p) => [p.name, p]));
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    byName.get(name)?.dependsOn.forEach(add);
  };
  for (const p of byName.values()) if (p.component.platform) add(p.name);
  return found;
}

describe.each(clusters)('waves of %s', (cluster) => {
  it('have the whole platform before everything else', () => {
    const platform = platformOf(cluster);
    const early = componentsOf(cluster).filter((p) => platform.has(p.name));
    const late = componentsOf(cluster).filter((p) => !platform.has(p.name));
    expect(early.length).toBeGreaterThan(4);
    expect(late.length).toBeGreaterThan(4);
    expect(Math.max(...early.map((p) => p.wave))).toBeLessThan(Math.min(...late.map((p) => p.wave)));
  });

  it('have what nothing needs in the last wave, and the root with it, so that nothing waits for them', () => {
    const needed = new Set(componentsOf(cluster).flatMap((p) => p.dependsOn));
    const platform = platformOf(cluster);
    const last = Math.max(...componentsOf(cluster).map((p) => p.wave));
    const leaves = componentsOf(cluster).filter((p) => !needed.has(p.name) && !platform.has(p.name));
    expect(new Set(leaves.map((p) => p.wave))).toEqual(new Set([last]));
    const isSpoke = plans.get(cluster)?.cluster.info.argocd.hub !== null;
    expect(roots.get(cluster)).toBe(isSpoke ? 1000 : last);
  });

  it('let nothing that holds data, nor a secret that is missing, hold back others', () => {
    const last = Math.max(...componentsOf(cluster).map((p) => p.wave));
    const blocking = componentsOf(cluster)
      .filter((p) => p.wave < last && p.component.blocking && p.chart === undefined && !platformOf(cluster).has(p.name))
      .map((p) => p.name);
    const configuration = ['fission-config', 'fission-crds', 'fluent-output', 'gpu-config', 'gpu-crds', 'gpu-nodes'];
    const operands = ['knative-eventing', 'knative-serving', 'ldap-ca'];
    expect(blocking.filter((name) => !configuration.includes(name) && !operands.includes(name))).toEqual([]);
    const objects = componentsOf(cluster).find((p) => p.name === 'secret-objects');
    expect(objects?.component.blocking).toBe(false);
  });

  it('have Argo CD wait for definitions only', () => {
    const argocd = componentsOf(cluster).find((p) => p.name === 'argocd');
    expect(argocd?.dependsOn ?? []).not.toContain('gateway');
    const on = (argocd?.dependsOn ?? []).filter((d) => d !== 'namespaces');
    const isSpoke = plans.get(cluster)?.cluster.info.argocd.hub !== null;
    expect(on).toEqual(isSpoke && argocd === undefined ? [] : ['prometheus-operator-crds']);
  });
});
