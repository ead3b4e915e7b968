import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStore } from '../../generator/adapters/files/store.ts';
import { chartFleet, prove, quietContext, said } from '../helpers/chartFleet.ts';
import type { ChartFleet } from '../helpers/chartFleet.ts';
import { engineProgram } from '../helpers/helm.ts';
import { workspace } from '../helpers/workspace.ts';

afterEach(() => void vi.unstubAllEnvs());

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {{ toJson .Values.labels }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: "web:{{ .Values.image.tag }}"
{{- if .Values.feature.enabled }}
          args: ["--mode={{ .Values.feature.mode }}"]
{{- end }}
`;
const defaults = 'replicas: 1\nimage: { tag: "1" }\nlabels: {}\nfeature: { enabled: false, mode: a }\n';
const web: ChartFleet['chart'] = { 'values.yaml': defaults, 'templates/web.yaml': deployment };

async function findings(fleet: ChartFleet): Promise<string[]> {
  return said((await prove(chartFleet(fleet))).diagnostics);
}

/** Both Helms have to say the same; the engine only where it is built. */
const helms = ['off', ...(engineProgram().missing === undefined ? [engineProgram().program] : [])];

describe.each(helms)('values that take effect (engine %s)', (engine) => {
  const find = (fleet: ChartFleet): Promise<string[]> => {
    vi.stubEnv('SLIPWAY_ENGINE', engine);
    return findings(fleet);
  };

  it('passes what the chart reads, also through maps of any keys, and equal to a default', async () => {
    const values = 'replicas: 1\nimage:\n  tag: {{str "2"}}\nlabels:\n  team: {{str "a"}}\n';
    expect(await find({ chart: web, values })).toEqual([]);
  });

  it('finds a misspelt key of a template, with the closest real one', async () => {
    expect(await find({ chart: web, values: 'image:\n  tag: {{str "2"}}\nreplicass: 3\n' })).toEqual([
      'error values/unknown catalog/demo/web/values.yaml.hbs:3:1 web 1.0.0 has no value "replicass": it changes nothing. Did you mean "replicas"?',
    ]);
  });

  it('finds it where the spec set it, the whole map at once', async () => {
    const spec =
      '  components:\n    web:\n      values:\n        imgae:\n          tag: "3"\n          pullPolicy: Always\n';
    expect(await find({ chart: web, spec })).toEqual([
      'error values/unknown clusters/a.yaml:13:9 web 1.0.0 has no value "imgae": it changes nothing. Did you mean "image"?',
    ]);
  });

  it('finds a key that another one switches off, unless the catalog says why it stays', async () => {
    const values = 'feature:\n  mode: {{str "b"}}\n';
    expect(await find({ chart: web, values })).toEqual([
      'warning values/no-effect catalog/demo/web/values.yaml.hbs:1:1 "feature" has no effect in web 1.0.0 with these values: without it, and with another value, the same is rendered.',
    ]);
    const component = '  withoutEffect:\n    - { value: feature.mode, reason: Read by a sidecar. }\n';
    expect(await find({ chart: web, values, component })).toEqual([]);
    expect(await find({ chart: web, values: `${values}  enabled: true\n` })).toEqual([]);
  });

  it('takes what a schema refuses for read, and finds the key beside it', async () => {
    const schema = JSON.stringify({ properties: { feature: { properties: { mode: { enum: ['a', 'b'] } } } } });
    const chart = { ...web, 'values.schema.json': schema };
    const values = 'feature:\n  enabled: true\n  mode: {{str "b"}}\n  modes: 2\n';
    expect(await find({ chart, values })).toEqual([
      'error values/unknown catalog/demo/web/values.yaml.hbs:4:3 web 1.0.0 has no value "feature.modes": it changes nothing. Did you mean "feature.mode"?',
    ]);
  });

  it('reads items of lists, and a null that removes a default', async () => {
    const chart = {
      'values.yaml': 'ports: []\nextra: { a: b }\n',
      'templates/c.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata:\n  extra: {{ toJson .Values.extra | quote }}\n{{- range .Values.ports }}\n  {{ .name }}: x\n{{- end }}\n',
    };
    const values = 'extra:\n  a: null\nports:\n  - name: {{str "http"}}\n    number: 80\n';
    expect(await find({ chart, values })).toEqual([
      'error values/unknown catalog/demo/web/values.yaml.hbs:5:5 web 1.0.0 has no value "ports.0.number": it changes nothing.',
    ]);
  });
});

const secret = (data: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: token }\nstringData:\n  token: ${data}\n`;
const random = secret('{{ .Values.token | default (randAlphaNum 20) }}');

describe.each(helms)('charts that render differently each time (engine %s)', (engine) => {
  const find = (fleet: ChartFleet): Promise<string[]> => {
    vi.stubEnv('SLIPWAY_ENGINE', engine);
    return findings(fleet);
  };
  const impure =
    'error helm/impure catalog/demo/web/component.yaml:7:10 web 1.0.0 calls randAlphaNum: Secret token at stringData.token differs in every rendering.';

  it('names the function, the object and the field', async () => {
    expect(await find({ chart: { 'templates/s.yaml': random } })).toEqual([impure]);
  });

  it.each([
    ['values.yaml', { 'values.yaml': 'text: "{{ randAlphaNum 20 }}"\n' }, '{{ tpl .Values.text . }}'],
    ['another file', { 'files/text': '{{ randAlphaNum 20 }}' }, '{{ tpl (.Files.Get "files/text") . }}'],
    ['two texts', {}, '{{ tpl (printf "{{ %s 20 }}" "randAlphaNum") . }}'],
  ])('names it where it stands in %s', async (_, files, data) => {
    expect(await find({ chart: { ...files, 'templates/s.yaml': secret(data) } })).toEqual([impure]);
  });

  it('passes one with very many actions in a line, or with none that ends', async () => {
    const files = { 'files/open': '{{ x '.repeat(100_000), 'files/closed': '{"a":"{{ x }}"},'.repeat(100_000) };
    expect(await find({ chart: { ...files, 'templates/s.yaml': secret('fixed') } })).toEqual([]);
  });

  it('names the value that stops it, when the catalog knows', async () => {
    vi.stubEnv('SLIPWAY_ENGINE', engine);
    const component = '  impure:\n    - { function: randAlphaNum, value: token, reason: Draws a token. }\n';
    const root = chartFleet({ chart: { 'templates/s.yaml': random }, component });
    expect((await prove(root)).diagnostics.map((d) => d.hint)).toEqual(['Set token.']);
  });

  it('passes a chart whose draw goes nowhere, one that looks up, and one the catalog calls harmless', async () => {
    const unused = `{{- $unused := randAlphaNum 5 }}\n{{- $found := lookup "v1" "Secret" "a" "b" }}\n${deployment}`;
    expect(await find({ chart: { ...web, 'templates/web.yaml': unused } })).toEqual([]);
    const component = '  impure:\n    - { function: randAlphaNum, reason: Nobody reads it. }\n';
    expect(await find({ chart: { 'templates/s.yaml': random }, component })).toEqual([]);
  });

  it('sees the clock', async () => {
    const chart = { 'templates/s.yaml': secret('{{ now | date "2006-01-02T15:04:05" }}') };
    expect((await find({ chart }))[0]).toMatch(
      /^error helm\/impure catalog\/demo\/web\/component\.yaml:7:10 web 1\.0\.0 calls (?:date, )?now: Secret token at stringData\.token differs in every rendering\.$/,
    );
  });
});

describe('objects of charts', () => {
  it('are checked as the API server would', async () => {
    const chart = { ...web, 'templates/web.yaml': deployment.replace('replicas:', 'replica:') };
    expect(await findings({ chart })).toEqual([
      'error helm/object catalog/demo/web/component.yaml:7:10 Deployment web of web 1.0.0 (web/templates/web.yaml): spec.replica is not a known field.',
    ]);
  });

  it('may not be of an API that the cluster lacks', async () => {
    const budget = `apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: { name: web }\nspec: { selector: { matchLabels: { app: {{ .Values.app }} } } }\n`;
    const fleet = { chart: { 'values.yaml': 'app: web\n', 'templates/b.yaml': budget } };
    expect(await findings(fleet)).toEqual([
      'error api/removed catalog/demo/web/component.yaml:7:10 PodDisruptionBudget web of web 1.0.0 (web/templates/b.yaml): policy/v1beta1 PodDisruptionBudget was removed in Kubernetes 1.25 (checked for Kubernetes 1.34).',
    ]);
  });

  it("are Helm's to refuse", async () => {
    const chart = { 'templates/c.yaml': '{{ required "host is needed" .Values.host }}\n' };
    const [found] = await findings({ chart });
    expect(found).toContain(
      'error helm/refused catalog/demo/web/component.yaml:7:10 Helm cannot render web 1.0.0 for "web": ',
    );
    expect(found).toContain('host is needed');
  });
});

describe('what was proven before', () => {
  it('is kept by everything it depends on, and a damaged entry is made again', async () => {
    const root = chartFleet({ chart: web, values: 'replicass: 3\n' });
    const first = said((await prove(root)).diagnostics);
    const folder = join(root, '.slipway/user/renders');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.includes('/'));
    expect(files.length).toBeGreaterThan(2);
    const ctx = quietContext(root);
    vi.stubEnv('SLIPWAY_HELM', '/nowhere/helm');
    vi.stubEnv('SLIPWAY_ENGINE', 'off');
    await expect(ctx.helm()).rejects.toThrow('/nowhere/helm');
    vi.unstubAllEnvs();
    vi.stubEnv('SLIPWAY_CACHE_DIR', join(root, '.slipway/user'));
    for (const file of files) truncateSync(join(folder, file), 100);
    const root2 = chartFleet({ chart: web, values: 'replicass: 3\n' });
    expect(said((await prove(root2)).diagnostics)).toEqual(first);
  });

  it('is dropped when it is not what was written, and bounded in size', () => {
    const root = workspace({ x: '' });
    const store = createStore(join(root, 'store'), 1000);
    const key = (n: number): string => `${n}`.padStart(64, 'a');
    store.put(key(1), 'one');
    expect(store.get(key(1))).toBe('one');
    const file = join(root, 'store/aa', key(1).slice(2));
    const bytes = readFileSync(file);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')]));
    expect(store.get(key(1))).toBeUndefined();
    expect(readdirSync(join(root, 'store/aa'))).toEqual([]);
    for (let n = 0; n < 20; n += 1) store.put(key(n), String(Math.random()).repeat(10));
    store.trim();
    expect(readdirSync(join(root, 'store/aa')).length).toBeLessThan(20);
    expect(store.counts()).toEqual({ hits: 1, misses: 1 });
    rmSync(join(root, 'store'), { recursive: true });
    expect(store.get(key(2))).toBeUndefined();
  });
});
