import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatNames } from '../../generator/report/formats.ts';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { closeHosts, runInHost } from '../helpers/hosts.ts';
import { git, snapshot, workspace } from '../helpers/workspace.ts';

afterAll(async () => {
  await closeHosts();
  for (const { root } of states) rmSync(root, { recursive: true, force: true });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What no output may hold: the markers, as they are and as the texts below have them. */
const markers = ['c4n4ry-first-word', 'c4n4ry-other-word'];
const forms = markers.flatMap((m) => [m, base64(`bob:${m}`), base64(`{"auths":{"r":{"password":"${m}"}}}`)]);

/** Every way to write a secret that Slipway knows, as values of a map. */
const secretValues = (m: string): string => `
  adminPassword: ${m}
  # oldPassword: ${m}
  auth: { apiToken: ${m}, clientSecret: "${m}" }
  uri: postgres://app:${m}@db:5432/app
  jdbc: jdbc:postgresql://db/app?user=app&password=${m}
  oracle: jdbc:oracle:thin:app/${m}@db:1521/app
  dsn: host=db user=app password=${m} dbname=app
  azure: DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${m};EndpointSuffix=x
  header: Basic ${base64(`bob:${m}`)}
  headers: "Authorization: Bearer ${m}"
  args: [run, --password, ${m}, "--token=${m}", "PGPASSWORD=${m} psql"]
  command:
    - --password
    - ${m}
  env:
    - name: DB_PASSWORD
      value: ${m}
    - { name: API_TOKEN, value: ${m} }
  docker: '{"auths":{"r":{"auth":"${base64(`bob:${m}`)}"}}}'
  .dockerconfigjson: ${base64(`{"auths":{"r":{"password":"${m}"}}}`)}
  netrc: machine git.example.com login bob password ${m}
  key: |
    -----BEGIN PRIVATE KEY-----
    ${m}
    ${m}
    -----END PRIVATE KEY-----
  properties: |
    spring.datasource.password=${m}
    requirepass ${m}
  yaml: |
    server:
      password: ${m}
    users: [{ name: bob, password: ${m} }]
    json: {"password":"${m}"}
  passphrase: |
    ${m}
`;

const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by));
const head = (kind: string, name: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n`;

/** Text of the data of a ConfigMap: the values that are text. */
const secretData = (m: string): string =>
  indented(secretValues(m), 0)
    .split('\n')
    .filter((l) => !/^ {2}(?:auth|args|command|env):|^ {4}- |^ {6}value:/.test(l))
    .join('\n');

const silence = '  silence: [{ code: secret/literal, reason: A trial. }]\n';

const patches = (m: string): string => `      patches:
        - target: { kind: ConfigMap, name: demo }
          merge: { data: { DB_PASSWORD: ${m}, uri: "amqp://app:${m}@mq/" } }
        - target: { kind: ConfigMap, name: demo }
          jsonPatch:
            - { op: add, path: /data/apiToken, value: ${m} }
            - op: add
              path: /data/password
              value: ${m}
`;

/** A fleet with a secret in every place; `more` is put beside them. */
const files = (m: string, silenced: string, more: string): Readonly<Record<string, string>> => ({
  ...demoCatalog,
  'catalog/demo/capability.yaml': (demoCatalog['catalog/demo/capability.yaml'] ?? '').replace(
    '      mode:',
    `      adminPassword: { type: string, default: ${m}, description: A password. }\n      mode:`,
  ),
  'catalog/demo/demo-chart/values.yaml.hbs': `chart:${secretValues(m)}option: {{options.adminPassword}}\n`,
  'catalog/demo/demo-config/manifests/secrets.yaml.hbs': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: beside, namespace: demo }\ndata:${secretData(m)}`,
  'custom/notes/capability.yaml': `${head('Capability', 'notes')}  summary: Notes.\n  options: { type: object, properties: {} }\n`,
  'custom/notes/notes-config/component.yaml': `${head('Component', 'notes-config')}  summary: Notes.\n  namespace: demo\n`,
  'custom/notes/notes-config/manifests/notes.yaml.hbs': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes, namespace: demo }\ndata:${secretData(m)}`,
  'custom/notes/idle/component.yaml': `${head('Component', 'idle')}  summary: None has it.\n  namespace: demo\n  when: cluster.name == "nobody"\n`,
  'custom/notes/idle/manifests/idle.yaml.hbs': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: idle, namespace: demo }\ndata:${secretData(m).replaceAll(m, `${m}-idle`)}`,
  'environments/prod.yaml': `${head('Environment', 'prod')}  components:\n    demo-chart:\n      values:\n        environment:${indented(secretValues(m), 8)}`,
  'clusters/a.yaml': clusterSpec(
    'a',
    `${silenced}  environment: prod\n  capabilities: { demo: { text: "password=${m}", adminPassword: ${m} }, notes: {} }\n  components:\n    demo-chart:\n      values:\n        cluster:${indented(secretValues(m), 8)}${more}    demo-config:\n${patches(m)}`,
  ),
  'clusters/b.yaml': clusterSpec('b', `${silenced}  capabilities: { demo: {} }\n`),
});

/** One state of a fleet, made once and copied for every command. */
interface State {
  readonly about: string;
  readonly root: string;
}

const states: State[] = [];

beforeAll(async () => {
  const noMore = { silenced: silence, more: '' };
  for (const { about, silenced, more } of [
    { about: 'a tree that stands, and inputs that say otherwise', ...noMore },
    { about: 'findings', silenced: '', more: '' },
    { about: 'a spec that is no YAML', silenced: silence, more: '        replicas: [\n' },
    { about: 'a setting without effect', silenced: silence, more: '    demo-config: { values: { password: x } }\n' },
  ]) {
    const root = mkdtempSync(join(tmpdir(), 'slipway-markers-'));
    const lay = (marker: string): void => {
      for (const [path, text] of Object.entries(files(marker, silenced, more))) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), text);
      }
    };
    lay(markers[0] ?? '');
    git(root, 'init', '-q', '-b', 'main');
    if (states.length === 0) {
      const made = await runInHost(['render'], root, env(join(root, '.slipway/user')));
      expect(made.code, made.stderr).toBe(0);
    }
    git(root, 'add', '-A');
    git(root, 'commit', '-qm', 'first');
    if (states.length === 0) {
      lay(markers[1] ?? '');
      const edited = join(root, 'deploy/a/manifests/notes-config/configmap-demo-notes.yaml');
      writeFileSync(edited, readFileSync(edited, 'utf8').replace('adminPassword:', 'other: 1\n  adminPassword:'));
    }
    states.push({ about, root });
  }
});

const env = (cache: string): NodeJS.ProcessEnv => ({ ...process.env, NO_COLOR: '1', SLIPWAY_CACHE_DIR: cache });

const lines = [
  'validate',
  'render',
  'render --stdout',
  'render --check',
  'diff',
  'diff --patch',
  'diff --base HEAD',
  'drift --offline',
  'report fleet.html',
  'preview a',
  'preview a notes-config',
  'explain a',
  'explain a components.demo-chart.values',
  'explain a components.demo-chart.values.cluster.yaml',
  'explain a components.demo-config.patches',
  'explain a capabilities.demo.adminPassword',
  'explain a ConfigMap/demo/beside',
  'explain a ConfigMap/demo/demo#data.password',
  'explain a demo-chart',
  'inspect clusters',
  'inspect components',
  'inspect plan',
  'inspect patches',
  'inspect secrets',
  'graph a',
  'catalog list',
  'catalog show demo',
  'catalog show demo-chart',
  'catalog test demo',
  'catalog docs',
  'bundle out',
  'doctor',
  'bootstrap a --dry-run',
  'bootstrap a',
  'schema cluster',
  'promote a b --check --options capabilities.demo.adminPassword,components.demo-chart.values',
  'promote a b --options capabilities.demo.adminPassword,components.demo-chart.values',
  'new cluster c --environment prod',
  'commit',
  'version',
];

const formats = ['text', ...formatNames];

describe('a secret in every place', () => {
  it.each(lines)('is in no format of %s', { timeout: 240_000 }, async (line) => {
    for (const [i, { about, root: made }] of states.entries()) {
      const root = workspace({});
      cpSync(made, root, { recursive: true });
      const cache = workspace({});
      for (const format of i < 2 ? formats : ['text', 'json']) {
        const { stdout, stderr } = await runInHost([...line.split(' '), '-o', format], root, env(cache));
        expect(stdout + stderr).not.toMatch(/internal error/);
        const shown = `${stdout}\n${stderr}`.split('\n').filter((l) => forms.some((form) => l.includes(form)));
        expect([about, format, shown]).toEqual([about, format, []]);
      }
      const written = [...snapshot(cache), ...snapshot(root)].filter(([path]) => !isInput(path));
      expect(written.filter(([, text]) => forms.some((form) => text.includes(form))).map(([path]) => path)).toEqual([]);
    }
  });
});

/** What a user wrote, what is rendered from it, and what git keeps of both. */
const isInput = (path: string): boolean => /^(?:catalog|clusters|custom|environments|deploy|\.git)\//.test(path);
