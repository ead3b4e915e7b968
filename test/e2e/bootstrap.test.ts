import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ControlPlane } from './harness/controlPlane.ts';
import type { Tools } from './harness/programs.ts';
import { useWorld } from './harness/session.ts';
import { applicationsOf } from './harness/trees.ts';
import { createWorkspace } from './harness/workspace.ts';
import type { Network } from './harness/world.ts';

const cli = resolve(import.meta.dirname, '../../dist/cli.mjs');
const workspace = createWorkspace();
const spec = `spec:
  domain: boot.example.com
  kubernetes: { version: "1.34" }
  git: { repoURL: https://git.example.com/platform/fleet.git, branch: main }
  capabilities:
    gitops: { repository: { credentialsSecret: fleet-git } }
    secrets: { store: { type: kubernetes } }
    tls: { issuer: selfSigned, replicas: 1 }
`;

const login = { username: 'fleet', password: 'not-in-git' };

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `slipway bootstrap boot` where kubectl and helm are found and reach the loopback hosts. */
let bootstrap: (...args: readonly string[]) => Promise<Outcome> = () => {
  throw new Error('the world did not start');
};

function bootstrapWith(tools: Tools, hub: ControlPlane, network: Network): typeof bootstrap {
  const bin = join(hub.folder, 'bin');
  mkdirSync(bin);
  for (const name of ['kubectl', 'helm']) symlinkSync(tools.program(name), join(bin, name));
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  const env = { ...network, PATH: path, HOME: hub.folder, KUBECONFIG: hub.kubeconfig, NO_COLOR: '1' };
  // Not the synchronous kind: the proxy lives in this process.
  return (...args) =>
    new Promise((answer) => {
      const all = [cli, 'bootstrap', 'boot', ...args];
      execFile(process.execPath, all, { cwd: workspace.root, env }, (error, stdout, stderr) =>
        answer({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
}

const steps = (text: string): string[] => text.split('\n').filter((line) => /^\d+\. /.test(line));

/** Everything in the cluster that is not busy by itself: path, version. */
function versions(hub: ControlPlane): string[] {
  const kinds = 'namespaces,configmaps,secrets,services,serviceaccounts,customresourcedefinitions,clusterroles';
  const text = hub.kubectl(['get', kinds, '-A', '-o', 'json']);
  const { items } = JSON.parse(text) as {
    items: { kind: string; metadata: { namespace?: string; name: string; resourceVersion: string } }[];
  };
  return items.map(({ kind, metadata: m }) => `${kind} ${m.namespace ?? ''}/${m.name} ${m.resourceVersion}`);
}

beforeAll(() => {
  workspace.render('boot', spec);
});
afterAll(() => workspace.remove());

describe('an empty cluster', () => {
  let refused: Outcome;
  let done: Outcome;
  const world = useWorld(() => ({
    name: 'boot',
    trees: { 'deploy/boot': workspace.tree('boot') },
    hub: 'boot',
    // a private repository: nothing is read of it without this login
    login,
    async install(tools, hub, network) {
      bootstrap = bootstrapWith(tools, hub, network);
      refused = await bootstrap('--apply', '--context', 'e2e');
      const folder = join(hub.folder, 'secrets');
      for (const secret of ['argocd/fleet-git', 'platform-secrets/argocd.fleet-git']) {
        mkdirSync(join(folder, secret), { recursive: true });
        writeFileSync(join(folder, secret, 'username'), `${login.username}\n`);
        writeFileSync(join(folder, secret, 'password'), `${login.password}\n`);
      }
      done = await bootstrap('--apply', '--context', 'e2e', '--secrets', folder);
      if (done.code !== 0) throw new Error(`bootstrap --apply: ${done.code}\n${done.stdout}\n${done.stderr}`);
    },
  }));

  test('is shown the steps, and stops at the Secret that is not there yet', async () => {
    const shown = (await bootstrap('--context', 'e2e')).stdout;
    expect(steps(shown)).toEqual([
      '1. Create the namespaces',
      '2. Create the Secret argocd/fleet-git',
      '3. Create the Secret platform-secrets/argocd.fleet-git',
      '4. Install Argo CD (argo-cd 10.1.1)',
      '5. Wait for Argo CD',
      '6. Apply the root',
    ]);
    expect([refused.code, refused.stderr.includes('secret/no-store')]).toEqual([1, true]);
    expect(refused.stderr).toContain('argocd/fleet-git');
    expect(refused.stderr).toContain('platform-secrets/argocd.fleet-git');
  });

  test('comes up, with Argo CD managing itself', async () => {
    expect([done.code, done.stderr.includes('secret/no-store')]).toEqual([0, false]);
    const names = applicationsOf(workspace.tree('boot')).map((app) => app.metadata.name);
    expect(names).toContain('boot-argocd');
    await world().applications.settled(names, 300);
    const secret = await world().hub.client.get('/api/v1/namespaces/argocd/secrets/fleet-git');
    expect(secret?.metadata.labels?.['argocd.argoproj.io/secret-type']).toBe('repository');
    const settings = await world().hub.client.get('/api/v1/namespaces/argocd/configmaps/argocd-cm');
    expect(settings?.metadata.annotations?.['argocd.argoproj.io/tracking-id']).toContain('boot-argocd:');
  });

  test('is left alone by a second run', async () => {
    const { hub } = world();
    const before = versions(hub);
    const again = await bootstrap('--apply', '--context', 'e2e');
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
    expect(versions(hub)).toEqual(before);
  });
});
