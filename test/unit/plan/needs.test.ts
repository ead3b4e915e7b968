import { describe, expect, it } from 'vitest';
import { createPipeline } from '../../../generator/pipeline/pipeline.ts';
import { emitYaml } from '../../../generator/yaml/emit.ts';
import type { ComponentPlan } from '../../../generator/model/model.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { overlayContext } from '../../helpers/workspace.ts';

/** The components of a cluster with these options of tls, by name. */
async function planWith(tls: ValueMap, hosts: readonly string[]): Promise<ReadonlyMap<string, ComponentPlan>> {
  const externalDNS = { provider: 'cloudflare', credentialsSecret: 'cloudflare-token' };
  const text = emitYaml({
    apiVersion: 'slipway.dev/v1alpha1',
    kind: 'Cluster',
    metadata: { name: 'a' },
    spec: {
      domain: 'a.example.com',
      kubernetes: { version: '1.34' },
      git: { repoURL: 'https://git.example.com/fleet.git' },
      capabilities: { secrets: {}, tls, edge: { hosts, externalDNS } },
    },
  });
  const result = await createPipeline(overlayContext({ 'clusters/a.yaml': text })).run({ clusters: [] });
  expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return new Map(result.clusters[0]?.plan?.components.map((c) => [c.name, c]));
}

const acme = { issuer: 'letsencrypt', email: 'ops@example.com' };
const dns01 = { provider: 'cloudflare', tokenSecret: 'cloudflare-token' };

describe('the certificate of the gateway', () => {
  it('proven over HTTP, waits for the records, and those for their credentials', async () => {
    const plan = await planWith({ ...acme, http01: true }, ['argocd']);
    const order = ['external-secrets', 'secret-stores', 'secret-objects', 'external-dns', 'gateway'];
    const found = order.map((name) => plan.get(name)?.wave ?? -1);
    expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
  });

  it('proven over DNS, does not wait for external-dns', async () => {
    const plan = await planWith({ ...acme, dns01 }, []);
    expect(plan.get('gateway')?.dependsOn).toEqual(expect.not.arrayContaining(['external-dns']));
    expect(plan.get('external-dns')?.dependsOn).toContain('secret-objects');
  });
});
