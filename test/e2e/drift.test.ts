import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bounded } from '../../generator/util/concurrency.ts';
import { compareText } from '../../generator/model/values.ts';
import { helmProgram } from '../helpers/helm.ts';
import { cli, repository } from '../helpers/workspace.ts';
import type { ControlPlane } from './harness/controlPlane.ts';
import { startApiServer, startEtcd } from './harness/controlPlane.ts';
import { definitionsOf, establish, groupsKnown } from './harness/crds.ts';
import { createDiscovery } from './harness/discovery.ts';
import type { Cluster, DriftRun, OwnedObject, TestObject } from './harness/drift.ts';
import {
  applyOwned,
  change,
  folderOf,
  kubeconfigFor,
  linesOf,
  ownedObjects,
  parsedRun,
  runDrift,
  runDriftInPod,
} from './harness/drift.ts';
import type { Json } from './harness/kubeClient.ts';
import { labChart, labFiles, labSecret } from './harness/lab.ts';
import { applyDrifts, applyNonDrifts, drifts, nonDrifts, restoreLab } from './harness/labChanges.ts';
import type { Run } from './harness/process.ts';
import { startRun } from './harness/process.ts';
import { apiServerTools } from './harness/programs.ts';
import { waitFor } from './harness/wait.ts';

const tools = apiServerTools();
if (tools === undefined)
  process.stdout.write('drift: left out, there is no kube-apiserver and etcd (npm run e2e:tools)\n');

let run: Run;
let plane: ControlPlane;
let cluster: Cluster;
let kubeconfig: string;
/** No Helm, and nothing fetched: charts are Argo CD's own word. */
const noHelm = { SLIPWAY_ENGINE: 'off', PATH: '/nonexistent' };
const examples = ['dev', 'gpu', 'staging', 'prod-eu', 'prod-us'];

async function namespacesFor(objects: readonly OwnedObject[]): Promise<void> {
  const names = new Set(objects.flatMap(({ object }) => object.metadata.namespace ?? []));
  await bounded([...names].sort(compareText), 8, (name) =>
    waitFor(`namespace ${name}`, async () => {
      if ((await plane.client.get(`/api/v1/namespaces/${name}`)) !== undefined) return true;
      await plane.client.request('POST', '/api/v1/namespaces', { metadata: { name } });
      return undefined;
    }),
  );
}

/** The clusters come one after the other to one server: what the one before says of Applications is not for the next. */
async function dropPolicyOfApplications(): Promise<void> {
  const folder = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/slipway-applications';
  if ((await plane.client.get(folder)) === undefined) return;
  await plane.client.request('DELETE', folder);
  const probe = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'probe',
      namespace: 'argocd',
      labels: { 'slipway.dev/component': 'probe', 'slipway.dev/cluster': 'probe' },
    },
    spec: { project: 'probe', destination: { name: 'in-cluster' }, source: { repoURL: 'https://probe.example.com' } },
  };
  await waitFor('the policy of Applications to be gone', () =>
    plane.client
      .request('POST', '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications?dryRun=All', probe)
      .then(() => true)
      .catch(() => undefined),
  );
}

async function applyAll(objects: readonly OwnedObject[]): Promise<void> {
  await dropPolicyOfApplications();
  await namespacesFor(objects);
  await bounded(objects, 8, (owned) => applyOwned(cluster, owned));
}

describe.skipIf(tools === undefined)('on a real API server', () => {
  beforeAll(async () => {
    if (tools === undefined) return;
    run = startRun('drift');
    plane = await startApiServer(run, tools, await startEtcd(run, tools), 'api');
    await establish(plane.client, definitionsOf(groupsKnown()));
    cluster = { plane, discovery: createDiscovery(plane.client) };
    kubeconfig = kubeconfigFor(run.folder, plane.server, ['lab', ...examples], { token: plane.token });
  }, 300_000);
  afterAll(async () => {
    await run?.stop(false);
  });

  test.each(examples)('%s, freshly applied, has no drift', async (name) => {
    const hub = existsSync(join(repository, 'deploy/fleet', name)) ? join(repository, 'deploy/fleet', name) : undefined;
    const objects = ownedObjects(join(repository, 'deploy', name), name);
    // the root of a hub applies the fleet root too
    const application = { name, namespace: 'argocd' };
    await applyAll([
      ...objects,
      ...(hub === undefined ? [] : ownedObjects(hub, 'fleet').map(({ object }) => ({ object, application }))),
    ]);
    const contexts = ['--context', `${name}=${name}`, ...(name === 'prod-us' ? ['--context', 'prod-eu=prod-eu'] : [])];
    const args = ['--live', ...contexts, '--offline', '-o', 'json', '--qps', '1000', '-c', name];
    const result = await runDrift(repository, args, { KUBECONFIG: kubeconfig, ...noHelm });
    const live = parsedRun(result).live(name);
    process.stdout.write(
      `${name}: ${live.compared.predicted} objects, ${live.requests} requests, ${Math.round(live.bytes / 1024)} KiB\n`,
    );
    expect(linesOf(live.objects)).toEqual([]);
    expect(live.compared.predicted).toBe(objects.length + (hub === undefined ? 0 : 2));
    expect(live.compared.local).toBe(0);
    // nothing renders the charts, and no Argo CD runs
    expect(live.unchecked.filter((u) => !u.what.startsWith('objects of '))).toEqual([]);
    expect(result.code).toBe(0);
  });

  describe('a tree of objects of every sort', () => {
    let root: string;
    let objects: OwnedObject[];
    const look = (...more: string[]) =>
      runDrift(root, ['--live', '--offline', '-o', 'json', '--qps', '1000', ...more], {
        KUBECONFIG: kubeconfig,
        ...noHelm,
      });

    beforeAll(async () => {
      if (tools === undefined) return;
      root = folderOf(run.folder, labFiles());
      execFileSync(process.execPath, [cli, 'render', '--no-cache'], { cwd: root });
      writeFileSync(join(root, labSecret.path), labSecret.text);
      objects = ownedObjects(join(root, 'deploy/lab'), 'lab');
      await applyAll(objects);
      await plane.client.request('POST', '/api/v1/namespaces/argocd/configmaps', {
        metadata: { name: 'argocd-cm' },
        data: { 'resource.compareoptions': 'ignoreAggregatedRoles: true' },
      });
    });

    test('has no drift when it was applied', async () => {
      const result = await look();
      expect(linesOf(parsedRun(result).live('lab').objects)).toEqual([]);
      expect(result.code).toBe(0);
    });

    test('accounts may come from a file or from a program', async () => {
      const tokenFile = join(run.folder, 'token');
      writeFileSync(tokenFile, plane.token, { mode: 0o600 });
      const exec = (token: string): Json => {
        const apiVersion = 'client.authentication.k8s.io/v1';
        const answer = JSON.stringify({ apiVersion, kind: 'ExecCredential', status: { token } });
        const args = ['-e', `console.log(${JSON.stringify(answer)})`];
        return { apiVersion, command: process.execPath, args, interactiveMode: 'Never' };
      };
      const as = async (user: Json) => {
        const file = kubeconfigFor(run.folder, plane.server, ['lab'], user);
        return runDrift(root, ['--live', '--offline', '-o', 'json'], { KUBECONFIG: file, ...noHelm });
      };
      for (const user of [{ tokenFile }, { exec: exec(plane.token) }]) {
        const result = await as(user as Json);
        const { objects: found, compared } = parsedRun(result).live('lab');
        expect([Object.keys(user), linesOf(found), compared.predicted]).toEqual([
          Object.keys(user),
          [],
          objects.length,
        ]);
      }
      const ofDrift = (result: DriftRun): string[] =>
        parsedRun(result).codes.filter((code) => code.startsWith('drift/'));
      const refused = await as({ exec: exec('wrong') } as Json);
      expect([refused.code, ofDrift(refused)]).toEqual([1, ['drift/refused']]);
      const failing = await as({ exec: { ...exec(''), args: ['-e', 'process.exit(3)'] } } as Json);
      expect([failing.code, ofDrift(failing)]).toEqual([1, ['drift/context']]);
    });

    const canMount =
      spawnSync('unshare', ['--mount', '--map-root-user', 'mount', '-t', 'tmpfs', 'tmpfs', '/run']).status === 0;
    if (!canMount) process.stdout.write('drift: the account of a pod is left out, this machine lets nobody mount\n');
    test.skipIf(!canMount)('a pod has its own account', async () => {
      const home = { HOME: run.folder, KUBECONFIG: '', SLIPWAY_ENGINE: 'off' };
      for (const context of [[], ['--context', 'in-cluster']]) {
        const result = await runDriftInPod(root, ['--live', '--offline', '-o', 'json', ...context], plane, home);
        const { context: used, server, objects: found, compared } = parsedRun(result).live('lab');
        expect([used, server, linesOf(found), compared.predicted]).toEqual([
          'in-cluster',
          plane.server,
          [],
          objects.length,
        ]);
      }
    });

    test(`${nonDrifts.length} changes that are none`, async () => {
      await applyNonDrifts(cluster);
      const result = await look();
      expect(linesOf(parsedRun(result).live('lab').objects)).toEqual([]);
      expect(result.code).toBe(0);
      expect(nonDrifts.length).toBeGreaterThanOrEqual(20);
    });

    test(`${drifts.length} changes that are drift, each at its field`, async () => {
      await applyDrifts(cluster);
      const result = await look();
      const live = parsedRun(result).live('lab');
      const expected = drifts.flatMap((d) => d.finds).sort();
      expect(linesOf(live.objects)).toEqual(expected);
      expect(drifts.length).toBeGreaterThanOrEqual(40);
      expect(result.code).toBe(2);
      const managers = live.objects.flatMap((o) =>
        o.fields.flatMap((f) => (f.manager?.isOwner === true ? [f.manager.name] : [])),
      );
      expect(new Set(managers)).toEqual(new Set(drifts.flatMap((d) => (d.owns === false ? [] : d.by))));
    });

    test('values of Secrets are in no output', async () => {
      const secrets = [
        'initial-password',
        'changed-password',
        'admin',
        'secret-extra',
        'Y2hhbmdlZ',
        'aW5pdGlhb',
        'c2VjcmV0',
      ];
      for (const format of ['json', 'text', 'github', 'sarif', 'junit', 'markdown']) {
        const args = ['--live', '--context', 'lab', '--offline', '--verbose', '-o', format];
        const { stdout, stderr } = await runDrift(root, args, { KUBECONFIG: kubeconfig, ...noHelm });
        expect(stdout).toContain('password');
        for (const secret of secrets.filter((s) => s !== 'admin')) expect(stdout + stderr).not.toContain(secret);
      }
    });

    test('an account that may only read sees the same, and says that it is less sure', async () => {
      await reader();
      const file = kubeconfigFor(run.folder, plane.server, ['lab'], { token: plane.token, as: 'reader' } as Json);
      const result = await runDrift(root, ['--live', '--offline', '-o', 'json', '--qps', '1000'], {
        KUBECONFIG: file,
        ...noHelm,
      });
      const live = parsedRun(result).live('lab');
      expect(live.compared.predicted).toBe(drifts.filter((d) => d.finds[0]?.startsWith('missing') === true).length);
      expect(live.objects.filter((o) => o.state === 'changed').every((o) => o.by === 'local')).toBe(true);
      // where an item that is gone would be, only the prediction knows
      const known = (line: string): string => line.replace(/\/\d+$/, '');
      const found = new Set(linesOf(live.objects).map(known));
      const expected = drifts.filter((d) => d.needsPrediction !== true).flatMap((d) => d.finds);
      expect(expected.filter((line) => !found.has(known(line)))).toEqual([]);
    });

    test('an account that may read nothing says so, once for each kind', async () => {
      const file = kubeconfigFor(run.folder, plane.server, ['lab'], { token: plane.token, as: 'nobody' } as Json);
      const result = await runDrift(root, ['--live', '--offline', '-o', 'json', '--qps', '1000'], {
        KUBECONFIG: file,
        ...noHelm,
      });
      const { live, codes } = parsedRun(result);
      expect(linesOf(live('lab').objects)).toEqual([]);
      expect(live('lab').compared).toEqual({ predicted: 0, local: 0, reported: 0 });
      expect(live('lab').unchecked.length).toBeGreaterThan(20);
      expect(new Set(codes)).toEqual(new Set(['drift/unchecked', 'publish/foreign']));
    });

    test('nothing was changed by looking', async () => {
      await restoreLab(cluster, objects);
      const versions = async (): Promise<string[]> =>
        Promise.all(
          objects.map(async ({ object }) => {
            const path = (await cluster.discovery.pathOf(object)) ?? '';
            return `${path} ${(await plane.client.get(path))?.metadata.resourceVersion ?? 'none'}`;
          }),
        );
      const before = await versions();
      expect((await look()).code).toBe(0);
      expect(await versions()).toEqual(before);
    });
  });

  describe('a component that is delivered as a chart', () => {
    const deployment = '/apis/apps/v1/namespaces/lab/deployments/charted';
    const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/lab-lab-chart';
    let root: string;
    const look = (env: Readonly<Record<string, string>>) =>
      runDrift(root, ['--live', '--component', 'lab-chart', '--offline', '-o', 'json'], {
        KUBECONFIG: kubeconfig,
        ...env,
      });
    const helm = () => ({ SLIPWAY_HELM: helmProgram(), SLIPWAY_ENGINE: 'off' });

    beforeAll(async () => {
      if (tools === undefined) return;
      root = folderOf(run.folder, { ...labFiles(), ...labChart });
      execFileSync(process.execPath, [cli, 'render', '--no-cache'], { cwd: root });
      const shown = execFileSync(process.execPath, [cli, 'preview', 'lab', 'lab-chart', '-o', 'json'], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, ...helm() },
      });
      const [component] = (JSON.parse(shown) as { data: { objects: TestObject[] }[] }).data;
      const made = (component?.objects ?? []).filter((o) => o.kind !== 'Job');
      const applied = made.map((object): OwnedObject => {
        const { annotations: _none, ...metadata } = object.metadata;
        const namespace = object.kind === 'Deployment' ? { namespace: 'lab' } : {};
        return {
          object: { ...object, metadata: { ...metadata, ...namespace } },
          application: { name: 'lab-lab-chart', namespace: 'lab' },
        };
      });
      await applyAll([...ownedObjects(join(root, 'deploy/lab'), 'lab'), ...applied]);
    });

    test('has no drift when it was applied, and its fields are named when it has', async () => {
      const fresh = parsedRun(await look(helm())).live('lab');
      expect(linesOf(fresh.objects)).toEqual([]);
      expect(fresh.compared).toEqual({ predicted: 3, local: 0, reported: 0 });
      await change(cluster, { path: deployment, type: 'merge', body: { spec: { replicas: 7 } }, by: 'kubectl-scale' });
      const live = parsedRun(await look(helm())).live('lab');
      expect(linesOf(live.objects)).toEqual(['changed Deployment lab/charted /spec/replicas']);
      expect(live.objects[0]?.fields[0]).toMatchObject({ desired: '2', live: '7', manager: { name: 'kubectl-scale' } });
    });

    test('is what Argo CD says where there is no Helm, and contradictions are said where there is', async () => {
      expect(
        parsedRun(await look(noHelm))
          .live('lab')
          .unchecked.map((u) => u.what),
      ).toEqual(['objects of lab-lab-chart']);
      const resources = [
        { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'lab', name: 'charted', status: 'OutOfSync' },
      ];
      const status = (sync: string) => ({
        status: { sync: { status: sync, revision: '1.0.0' }, health: { status: 'Healthy' }, resources },
      });
      await change(cluster, {
        path: application,
        type: 'merge',
        body: status('OutOfSync'),
        by: 'argocd-application-controller',
      });
      const without = parsedRun(await look(noHelm)).live('lab');
      expect(without.objects.map((o) => [o.state, o.kind, o.by])).toEqual([['changed', 'Deployment', 'argocd']]);
      expect(without.compared.reported).toBe(1);
      await change(cluster, {
        path: application,
        type: 'merge',
        body: status('Synced'),
        by: 'argocd-application-controller',
      });
      const [verdict] = parsedRun(await look(helm())).live('lab').applications;
      expect(verdict).toMatchObject({
        application: 'lab-lab-chart',
        sync: 'Synced',
        health: 'Healthy',
        revision: '1.0.0',
      });
      expect(verdict?.disagreement).toBeDefined();
    });
  });

  async function reader(): Promise<void> {
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    await plane.client.request('POST', `${rbac}/clusterroles`, {
      metadata: { name: 'drift-reader' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
    });
    await plane.client.request('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'drift-reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'drift-reader' },
      subjects: [{ kind: 'User', name: 'reader', apiGroup: 'rbac.authorization.k8s.io' }],
    });
  }

  test('5,000 objects', async () => {
    const count = Number(process.env['SLIPWAY_E2E_OBJECTS'] ?? 5000);
    const files = labFiles();
    const root = folderOf(run.folder, files);
    execFileSync(process.execPath, [cli, 'render', '--no-cache'], { cwd: root });
    const documents: string[] = [];
    for (let i = 0; i < count; i += 1)
      documents.push(
        `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: many-${i}, namespace: lab }\ndata: { a: "${i}", text: ${'x'.repeat(200)} }`,
      );
    writeFileSync(join(root, 'deploy/lab/manifests/lab-objects/many.yaml'), documents.join('\n---\n'));
    const objects = ownedObjects(join(root, 'deploy/lab'), 'lab');
    await applyAll(objects);
    const result = await runDrift(root, ['--live', '--offline', '-o', 'json', '--qps', '100000'], {
      KUBECONFIG: kubeconfig,
      ...noHelm,
    });
    const live = parsedRun(result).live('lab');
    const { predicted } = live.compared;
    process.stdout.write(
      `${predicted} objects in ${result.seconds.toFixed(1)} s, ${Math.round(predicted / result.seconds)} objects/s, ${live.requests} requests, ${(live.bytes / 1024 / 1024).toFixed(1)} MiB\n`,
    );
    expect(live.objects.filter((o) => o.state !== 'extra')).toEqual([]);
    expect(predicted).toBe(objects.length);
  });
});
