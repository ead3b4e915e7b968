import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { LiveDrift } from '../../generator/model/drift.ts';
import type { Application } from './harness/applications.ts';
import { isSettled, reasonOf } from './harness/applications.ts';
import { packageCharts } from './harness/chartServer.ts';
import { linesOf, parsedRun, runDrift } from './harness/drift.ts';
import { valuesSeenBy } from './harness/inventory.ts';
import { operations } from './harness/order.ts';
import { loadTools } from './harness/programs.ts';
import { useWorld } from './harness/session.ts';
import type { ApplicationManifest } from './harness/trees.ts';
import { applicationsOf, chartRequestsOf } from './harness/trees.ts';
import { sleep, waitFor } from './harness/wait.ts';
import { chartFolder, createWorkspace } from './harness/workspace.ts';

const workspace = createWorkspace();
const tree = workspace.tree('life');

const specOf = (replicas: number): string => `spec:
  domain: life.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  capabilities:
    gitops: {}
    secrets: { generate: true }
    tls: { issuer: selfSigned, replicas: ${replicas} }
  tenants:
    - { name: web, groups: [web-developers], repositories: ["https://git.example.com/platform/fleet.git"] }
`;

let names: string[] = [];
function render(replicas: number): void {
  // The cli takes a root that was changed by hand for somebody else's.
  workspace.render('life', specOf(replicas), '--force');
  names = applicationsOf(tree).map((app) => app.metadata.name);
}

beforeAll(async () => {
  render(1);
  await packageCharts(chartRequestsOf([tree]), loadTools(), join(workspace.root, chartFolder));
});
afterAll(() => workspace.remove());
const world = useWorld(() => ({ name: 'life', trees: { 'deploy/life': tree }, hub: 'life' }));

describe('a cluster that lives', () => {
  test('comes up', async () => {
    const { hub, applications, repository } = world();
    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/life/root.yaml')]);
    await applications.settled(names, 300);
  });

  test('the drift report says what Argo CD says, before and after an edit that nobody undoes', async () => {
    const { hub, applications, repository } = world();
    const report = async (): Promise<LiveDrift> => {
      const args = ['--live', '--context', 'e2e', '--offline', '-c', 'life', '-o', 'json'];
      return parsedRun(
        await runDrift(workspace.root, args, { ...workspace.environment, KUBECONFIG: hub.kubeconfig }),
      ).live('life');
    };
    const bySlipway = ({ objects }: LiveDrift): string[] =>
      objects.map((o) => `${o.application} ${o.kind} ${o.namespace}/${o.name}`).sort();
    const byArgoCd = (apps: readonly Application[]): string[] =>
      apps
        .flatMap(({ metadata, status }) =>
          (status?.resources ?? [])
            .filter((r) => r.status === 'OutOfSync')
            .map((r) => `${metadata.name} ${r.kind} ${r.namespace ?? ''}/${r.name}`),
        )
        .sort();

    const calm = await report();
    expect({ ...calm, applications: calm.applications.filter((a) => a.disagreement !== undefined) }).toMatchObject({
      objects: [],
      unchecked: [],
      applications: [],
    });
    expect(calm.compared).toMatchObject({ local: 0, reported: 0 });
    expect(calm.applications.map((a) => `${a.application} ${a.sync}`).sort()).toEqual(
      names.map((name) => `${name} Synced`).sort(),
    );

    const path = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
    for (const name of ['life', 'life-cert-manager'])
      await hub.client.patch(`${path}/${name}`, { spec: { syncPolicy: { automated: null } } });
    const deployment = '/apis/apps/v1/namespaces/cert-manager/deployments/cert-manager';
    await hub.client.patch(deployment, { spec: { template: { spec: { serviceAccountName: 'somebody-else' } } } });
    await hub.client.remove('/api/v1/namespaces/cert-manager/serviceaccounts/cert-manager');
    await waitFor('Argo CD to see it', async () => {
      await applications.refresh();
      const seen = byArgoCd(await applications.list()).join(' ');
      return seen.includes('Deployment cert-manager/') && seen.includes('ServiceAccount cert-manager/')
        ? true
        : undefined;
    });
    const drifted = await report();
    expect(bySlipway(drifted)).toEqual(byArgoCd(await applications.list()));
    expect(drifted.applications.filter((a) => a.disagreement !== undefined)).toEqual([]);
    expect(linesOf(drifted.objects)).toEqual(
      expect.arrayContaining([
        'changed Deployment cert-manager/cert-manager /spec/template/spec/serviceAccountName',
        'missing ServiceAccount cert-manager/cert-manager',
      ]),
    );

    hub.kubectl(['apply', '-f', join(repository.worktree, 'deploy/life/root.yaml')]);
    await applications.settled(names, 180);
    expect(bySlipway(await report())).toEqual([]);
  });

  test('a changed value reaches the cluster', async () => {
    const { hub, applications, repository, commit } = world();
    const before = await valuesSeenBy(hub.client, 'cert-manager', 'cert-manager');
    expect(before['replicaCount']).toBe(1);
    const started = operations(await applications.list());
    render(2);
    repository.copy(tree, 'deploy/life');
    await commit('two replicas');
    await applications.refresh();
    await waitFor('the new value', async () => {
      const { replicaCount } = await valuesSeenBy(hub.client, 'cert-manager', 'cert-manager');
      return replicaCount === 2 ? true : undefined;
    });
    const after = operations(await applications.settled(names, 180));
    const touched = Object.keys(after).filter((name) => after[name] !== started[name]);
    expect(touched.sort()).toEqual(['life', 'life-cert-manager', 'life-trust-manager']);
  });

  test('an edit on the cluster is undone', async () => {
    const { hub, applications } = world();
    const path = '/apis/apps/v1/namespaces/cert-manager/deployments/cert-manager';
    await hub.client.patch(path, { spec: { template: { spec: { serviceAccountName: 'somebody-else' } } } });
    await waitFor('self-heal', async () => {
      const { spec } = (await hub.client.get(path)) as unknown as {
        spec: { template: { spec: { serviceAccountName: string } } };
      };
      return spec.template.spec.serviceAccountName === 'cert-manager' ? true : undefined;
    });
    await applications.settled(names, 120);
  });

  test('AppProjects confine the Application of a tenant', async () => {
    const { hub, applications, repository, commit } = world();
    const configMap = (namespace: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: tenant, namespace: ${namespace} }\ndata: { a: b }\n`;
    repository.write('tenant/inside/a.yaml', configMap('web'));
    repository.write('tenant/outside/a.yaml', configMap('kube-system'));
    repository.write(
      'tenant/quota/a.yaml',
      'apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: mine }\nspec: { hard: { pods: "9999" } }\n',
    );
    // What the whitelist lets through, Kubernetes refuses the account of the team: a right that it does not have itself.
    repository.write(
      'tenant/climb/a.yaml',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: climb }\n' +
        'rules: [{ apiGroups: [networking.k8s.io], resources: [networkpolicies], verbs: [create] }]\n',
    );
    repository.write(
      'tenant/share/a.yaml',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: share }\n' +
        'rules: [{ apiGroups: [""], resources: [configmaps], verbs: [get] }]\n',
    );
    repository.write('tenant/cluster/a.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: mine }\n');
    await commit('what a tenant may try');
    const apply = (
      name: string,
      namespace: string,
      path: string,
      repoURL = 'https://git.example.com/platform/fleet.git',
    ): void => {
      const spec = {
        project: 'life-web',
        source: { repoURL, path, targetRevision: 'refs/heads/main' },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        syncPolicy: { automated: {} },
      };
      const app = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace: 'argocd' },
        spec,
      };
      hub.kubectl(['apply', '-f', '-'], JSON.stringify(app));
    };
    apply('try-inside', 'web', 'tenant/inside');
    apply('try-namespace', 'kube-system', 'tenant/outside');
    apply('try-object', 'web', 'tenant/outside');
    apply('try-quota', 'web', 'tenant/quota');
    apply('try-climb', 'web', 'tenant/climb');
    apply('try-share', 'web', 'tenant/share');
    apply('try-cluster', 'web', 'tenant/cluster');
    apply('try-repository', 'web', 'tenant/inside', 'https://git.example.com/somebody/else.git');
    const says = (name: string, what: RegExp): Promise<true> =>
      waitFor(`${name} to be refused`, async (): Promise<true> => {
        const text = reasonOf(await applications.get(name));
        if (what.test(text)) return true;
        throw new Error(text);
      });
    for (const name of ['try-inside', 'try-share'])
      await waitFor(name, async () =>
        (await applications.get(name)).status?.sync?.status === 'Synced' ? true : undefined,
      );
    await says(
      'try-namespace',
      /InvalidSpecError: .*do not match any of the allowed destinations in project 'life-web'/,
    );
    await says('try-repository', /InvalidSpecError: .*is not permitted in project 'life-web'/);
    await says('try-object', /namespace kube-system is not permitted in project 'life-web'/);
    await says('try-quota', /ResourceQuota is not permitted in project life-web/);
    await says('try-climb', /attempting to grant RBAC permissions not currently held/);
    await says('try-cluster', /Namespace is not permitted in project life-web/);
    expect(await hub.client.get('/api/v1/namespaces/web/configmaps/tenant')).toBeDefined();
    expect(await hub.client.get('/api/v1/namespaces/kube-system/configmaps/tenant')).toBeUndefined();
    expect(await hub.client.get('/api/v1/namespaces/web/resourcequotas/mine')).toBeUndefined();
    expect(await hub.client.get('/api/v1/namespaces/mine')).toBeUndefined();
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/web/roles';
    expect(await hub.client.get(`${roles}/climb`)).toBeUndefined();
    expect(await hub.client.get(`${roles}/share`)).toBeDefined();
    for (const name of ['inside', 'namespace', 'object', 'quota', 'climb', 'share', 'cluster', 'repository'])
      await hub.client.remove(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/try-${name}`);
  });

  test('a manifest that cannot be read stops its own Application only, and the next commit recovers', async () => {
    const { hub, applications, repository, commit } = world();
    const issuers = 'deploy/life/manifests/issuers/broken.yaml';
    repository.write(issuers, 'apiVersion: v1\nkind: ConfigMap\nmetadata: [\n');
    const stores = 'deploy/life/manifests/secret-stores/extra.yaml';
    repository.write(stores, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: argocd }\n');
    await commit('one broken, one good');
    await applications.hardRefresh();
    await waitFor('the good half', async () => hub.client.get('/api/v1/namespaces/argocd/configmaps/extra'));
    const broken = await applications.get('life-issuers');
    expect(broken.status?.sync?.status).toBe('Unknown');
    expect(reasonOf(broken)).toMatch(/ComparisonError: .*broken\.yaml/s);
    const others = (await applications.list()).filter((app) => app.metadata.name !== 'life-issuers');
    expect(others.filter((app) => app.status?.sync?.status === 'Unknown')).toEqual([]);
    repository.remove(issuers);
    repository.remove(stores);
    await commit('both gone');
    await applications.hardRefresh();
    await applications.settled(names, 180);
  });

  /**
   * An Application of one ConfigMap in the last wave, that of the root itself: it is there once every wave before it is done.
   * Behind the root nothing can come, which is healthy only when its own sync has ended.
   */
  function addLate(): void {
    const { repository } = world();
    const root = readFileSync(join(repository.worktree, 'deploy/life/root.yaml'), 'utf8');
    const [last = ''] = [...root.matchAll(/argocd\.argoproj\.io\/sync-wave: "(\d+)"/g)].map(([, wave]) => wave ?? '');
    expect(last).not.toBe('');
    const { metadata, spec } = parse(
      readFileSync(join(repository.worktree, 'deploy/life/apps/issuers.yaml'), 'utf8'),
    ) as ApplicationManifest;
    const annotations = { 'argocd.argoproj.io/sync-wave': last };
    const source = { ...spec.source, path: 'late' };
    const late = { ...metadata, name: 'life-late', annotations };
    const manifest = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: late,
      spec: { ...spec, source },
    };
    repository.write('deploy/life/apps/late.yaml', JSON.stringify(manifest));
    repository.write('late/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: late, namespace: argocd }\n');
  }

  async function dropLate(): Promise<void> {
    const { applications, repository, commit } = world();
    repository.remove('deploy/life/apps/late.yaml');
    await commit('late goes');
    await applications.refresh();
    await applications.settled(names, 120);
  }

  test('an object that the API server refuses holds back later waves, and the next commit recovers', async () => {
    const { hub, applications, repository, commit } = world();
    const refused = 'deploy/life/manifests/issuers/refused.yaml';
    const configMap = (data: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: refused, namespace: cert-manager }\ndata: ${data}\n`;
    repository.write(refused, configMap('{ a: { b: c } }'));
    await commit('an object that no API server takes');
    await applications.refresh();
    await waitFor('the refusal', async () => {
      const text = reasonOf(await applications.get('life-issuers'));
      if (text.includes('failed to create typed patch object')) return true;
      throw new Error(text);
    });
    addLate();
    await commit('something that comes after it');
    await applications.refresh();
    await sleep(20_000);
    const others = (await applications.list()).filter((app) => !['life', 'life-issuers'].includes(app.metadata.name));
    expect(others.map((app) => app.metadata.name)).not.toContain('life-late');
    expect(others.filter((app) => !isSettled(app))).toEqual([]);
    repository.write(refused, configMap('{ a: b }'));
    await commit('an object that it takes');
    await applications.refresh();
    await applications.settled([...names, 'life-late'], 240);
    expect(await hub.client.get('/api/v1/namespaces/cert-manager/configmaps/refused')).toBeDefined();
    repository.remove(refused);
    await dropLate();
  });

  test('a chart version that does not exist holds back later waves, and the next commit recovers', async () => {
    const { applications, repository, commit } = world();
    const file = 'deploy/life/apps/cert-manager.yaml';
    const good = readFileSync(join(repository.worktree, file), 'utf8');
    const { spec } = parse(good) as ApplicationManifest;
    repository.write(
      file,
      good.replace(`targetRevision: ${spec.source?.targetRevision ?? ''}`, 'targetRevision: v99.0.0'),
    );
    addLate();
    // Packages nothing: the version stays unknown.
    repository.commit('no such version');
    await applications.refresh(['life']);
    await waitFor('the refusal', async () => {
      const text = reasonOf(await applications.get('life-cert-manager'));
      return text.includes('v99.0.0') ? true : undefined;
    });
    // longer than the root waits before it tries again
    await sleep(20_000);
    expect((await applications.list()).map((app) => app.metadata.name)).not.toContain('life-late');
    repository.write(file, good);
    await commit('the version that exists');
    await applications.hardRefresh();
    await applications.settled([...names, 'life-late'], 180);
    await dropLate();
  });
});
