import { describe, expect, it } from 'vitest';
import { guardedChanges } from '../../generator/diff/guards.ts';
import type { Change } from '../../generator/model/model.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import type { ClusterResult } from '../../generator/pipeline/pipeline.ts';
import { overlayContext } from '../helpers/workspace.ts';

async function rendered(capabilities: string, more = ''): Promise<ClusterResult> {
  const spec = `apiVersion: slipway.dev/v1alpha1
kind: Cluster
metadata: { name: a }
spec:
  domain: a.example.com
  kubernetes: { version: "1.34" }
  network: { policies: enforced }
  git: { repoURL: "https://git.example.com/fleet.git" }
  storage: { default: standard }
  capabilities: {${capabilities}}
${more}`;
  const result = await createPipeline(overlayContext({ 'clusters/a.yaml': spec })).run({ clusters: [] });
  expect(result.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code} ${d.message}`)).toEqual([]);
  const [cluster] = result.clusters;
  if (cluster === undefined) throw new Error('nothing was rendered');
  return cluster;
}

/** The guarded fields that differ between two renderings: `component field`. */
async function held(before: string, after: string, more = ''): Promise<string[]> {
  return differences(await rendered(before), await rendered(after, more));
}

function differences(old: ClusterResult, now: ClusterResult): string[] {
  const files = new Map(old.tree?.files);
  const changes = [...(now.tree?.files ?? [])].flatMap(([path, text]): Change[] => {
    const stood = files.get(path);
    return stood === undefined || stood === text
      ? []
      : [{ path: `deploy/a/${path}`, cluster: 'a', kind: 'modify', before: stood, after: text }];
  });
  if (now.guards === undefined) throw new Error('there are no guards');
  return guardedChanges(changes, now.guards, new Set()).map((c) => `${c.component} ${c.field}`);
}

const monitoring = (settings: string): string =>
  ` monitoring: { ${settings} }, secrets: { store: { type: kubernetes } } `;
const storage = 'volumeClaimTemplate.spec.resources.requests.storage';

describe('the catalog guards', () => {
  it('volumes and retention of Prometheus, Alertmanager, Grafana and Loki', async () => {
    const before =
      'profile: small, retention: 30d, prometheus: { storage: 50Gi }, alertmanager: { storage: 2Gi }, grafana: { storage: 5Gi }, logs: { retention: 30d }';
    const less =
      'profile: small, retention: 10d, storageClass: fast, prometheus: { storage: 20Gi }, alertmanager: { storage: 1Gi }, grafana: { storage: 1Gi }, logs: { retention: 7d }';
    const prometheus = 'kube-prometheus-stack prometheus.prometheusSpec';
    const alertmanager = 'kube-prometheus-stack alertmanager.alertmanagerSpec';
    expect(await held(monitoring(before), monitoring(less))).toEqual([
      `${alertmanager}.storage.${storage}`,
      `${alertmanager}.storage.volumeClaimTemplate.spec.storageClassName`,
      'kube-prometheus-stack grafana.persistence.size',
      'kube-prometheus-stack grafana.persistence.storageClassName',
      `${prometheus}.retention`,
      `${prometheus}.retentionSize`,
      `${prometheus}.storageSpec.${storage}`,
      `${prometheus}.storageSpec.volumeClaimTemplate.spec.storageClassName`,
      'loki loki.limits_config.retention_period',
      'loki singleBinary.persistence.storageClass',
    ]);
    const more = before.replaceAll('30d', '60d').replace('50Gi', '90Gi').replace('2Gi', '3Gi').replace('5Gi', '9Gi');
    expect(await held(monitoring(before), monitoring(more))).toEqual([]);
  }, 60_000);

  it('the volume of Grafana, which goes with its claim; one that comes is taken', async () => {
    const [none, some] = ['profile: small', 'profile: small, storageClass: fast, grafana: { storage: 5Gi }'];
    const off = 'profile: small, storageClass: fast, grafana: { enabled: false }';
    const lost = ['enabled', 'size', 'storageClassName'].map((f) => `kube-prometheus-stack grafana.persistence.${f}`);
    expect(await held(monitoring(some), monitoring(off))).toEqual(lost);
    const fields = await held(monitoring(none), monitoring('profile: small, grafana: { storage: 5Gi }'));
    expect(fields).toEqual([]);
  }, 60_000);

  it('persistence that is switched off past the options', async () => {
    const values = `  components:
    kube-prometheus-stack: { values: { prometheus: { prometheusSpec: { storageSpec: null } } } }
    loki: { values: { singleBinary: { persistence: { enabled: false } } } }
`;
    const fields = await held(monitoring('profile: small'), monitoring('profile: small'), values);
    expect(fields).toEqual([
      'kube-prometheus-stack prometheus.prometheusSpec.storageSpec',
      'loki singleBinary.persistence.enabled',
    ]);
  }, 60_000);

  it('the store, the volume and the version of a virtual cluster', async () => {
    const virtual = (more: string): string => ` tls: { issuer: selfSigned }, edge: {}, tenants: { ${more} } `;
    const values = `  tenants: [{ name: web, virtualCluster: true }]
  components:
    virtual-cluster: { values: { controlPlane: { backingStore: { database: { external: { enabled: true } } } } } }
`;
    const tenants = '  tenants: [{ name: web, virtualCluster: true }]\n';
    const [old, now] = [
      await rendered(virtual('virtualClusters: { kubernetes: v1.35.0, storage: 10Gi }'), tenants),
      await rendered(virtual('virtualClusters: { storage: 5Gi }'), values),
    ];
    expect(differences(old, now)).toEqual([
      'virtual-cluster-web controlPlane.backingStore.database.external.enabled',
      'virtual-cluster-web controlPlane.distro.k8s.image.tag',
      'virtual-cluster-web controlPlane.statefulSet.persistence.volumeClaim.size',
    ]);
  }, 60_000);

  it('the retention of topics and backups', async () => {
    const kafka = (config: string): string => ` kafka: { version: 4.3.0, topics: [{ name: orders${config} }] } `;
    const retention = (text: string): string => kafka(`, config: { ${text} }`);
    const fields = await held(
      retention('retention.ms: 86400000, retention.bytes: -1, cleanup.policy: compact'),
      retention('retention.ms: 3600000, retention.bytes: 1000, cleanup.policy: delete'),
    );
    expect(fields).toEqual(
      ['cleanup.policy', 'retention.bytes', 'retention.ms'].map((f) => `kafka-topics spec.config["${f}"]`),
    );
    expect(await held(retention('retention.ms: 86400000'), retention('retention.ms: -1'))).toEqual([]);
    const backup = (days: string): string =>
      ` secrets: {}, tls: { issuer: selfSigned }, postgres: { clusters: [{ name: main, version: "18.1", backup: { destinationPath: "s3://backups/main", retention: ${days} } }] } `;
    expect(await held(backup('30d'), backup('7d'))).toEqual(['postgres-clusters spec.retentionPolicy']);
  }, 60_000);
});
