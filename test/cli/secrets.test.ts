import { afterAll, describe, expect, it } from 'vitest';
import { formatNames } from '../../generator/report/formats.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { closeHosts, runInHost } from '../helpers/hosts.ts';
import { git, snapshot, workspace } from '../helpers/workspace.ts';

afterAll(closeHosts);

/** In every place that a secret may stand in: no output and no file of a run may hold it. */
const canary = 'c4n4ry-P4ssw0rd';
const encoded = Buffer.from(canary).toString('base64');

const secrets = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: { name: one, namespace: demo }
    stringData:
      password: ${canary}
      number: 1
  - apiVersion: v1
    kind: secret
    metadata: { name: two, namespace: demo }
    data:
      password: ${encoded}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: beside, namespace: demo, unknown: 1 }
data: { DB_PASSWORD: ${canary}, hook: "https://bob:${canary}@alerts.example.com/x" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: demo }
spec:
  replicas: many
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: web:1
          env:
            - name: API_TOKEN
              value: ${canary}
            - name: OTHER
              value: [1]
`;

function fleet(more: string): string {
  const root = workspace({
    ...demoCatalog,
    'catalog/demo/demo-config/manifests/secrets.yaml.hbs': secrets,
    'object.yaml': secrets,
    'clusters/a.yaml': clusterSpec('a', `  capabilities: { demo: {} }\n${more}`),
    'clusters/b.yaml': clusterSpec('b', '  capabilities: { demo: {} }\n').replace('https://', `https://bob:${canary}@`),
  });
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', 'catalog');
  git(root, 'commit', '-qm', 'catalog');
  git(root, 'remote', 'add', 'origin', `https://bob:${canary}@127.0.0.1:1/fleet.git`);
  return root;
}

const lines = [
  'validate',
  'validate object.yaml',
  'validate object.yaml --schema-location https://bob:CANARY@127.0.0.1:1/{{.ResourceKind}}.json',
  'schema import https://bob:CANARY@127.0.0.1:1/crd.yaml?token=CANARY',
  'render',
  'render --stdout',
  'diff',
  'diff --base HEAD',
  'drift',
  'report fleet.html',
  'preview a',
  'explain a components.demo-chart.values',
  'explain a components.demo-chart.values.auth.password',
  'explain b git.repoURL',
  'inspect plan',
  'commit --push',
  'doctor',
  'bootstrap b',
];
const withValues = `  components: { demo-chart: { values: { auth: { password: ${canary}, url: "https://x:${canary}@y" } } } }\n`;
const silenced = `  silence: [{ code: secret/literal, reason: A trial. }]\n${withValues}`;

describe('a secret', () => {
  it.each(
    lines.map((line, i) => ({ line, formats: ['text', formatNames[i % 6] ?? '', formatNames[(i + 3) % 6] ?? ''] })),
  )('is in no output of $line, and in no file that it leaves', { timeout: 120_000 }, async ({ line, formats }) => {
    for (const more of [withValues, silenced]) {
      const root = fleet(more);
      const cache = workspace({});
      const before = new Set(snapshot(root).values());
      for (const format of formats) {
        const words = [...line.replaceAll('CANARY', canary).split(' '), '--verbose', '-o', format];
        const env = { ...process.env, NO_COLOR: '1', SLIPWAY_CACHE_DIR: cache, DB_PASSWORD: canary };
        const { stdout, stderr } = await runInHost(words, root, env);
        expect(stdout + stderr).not.toMatch(/internal error/);
        const shown = `${stdout}\n${stderr}`.split('\n').filter((l) => l.includes(canary) || l.includes(encoded));
        expect([format, shown]).toEqual([format, []]);
      }
      const left = [...snapshot(root), ...snapshot(cache)].filter(([, text]) => !before.has(text));
      const holding = left.filter(([path, text]) => !path.startsWith('.git/') && (text + path).includes(canary));
      expect(holding.map(([path]) => path)).toEqual([]);
    }
  });
});
