import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHelmEngine, pinnedHelm } from '../../generator/adapters/helm/engine.ts';
import { createHelmProcess } from '../../generator/adapters/helm/process.ts';
import type { ChartPackage, Helm, HelmRequest, HelmResult } from '../../generator/ports.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import {
  chartPackage,
  chartsFolder,
  engineProgram,
  helmProgram,
  packChart,
  packFixture,
  printed,
  helmHome,
} from '../helpers/helm.ts';

const { program, missing } = engineProgram();
if (missing !== undefined) process.stderr.write(`Engine and helm are not compared: ${missing}\n`);

let helm: Helm;
let engine: Helm;
beforeAll(async () => {
  helm = (await createHelmProcess({ home: helmHome(), program: helmProgram() })) as Helm;
  if (missing !== undefined) return;
  const note = (message: string): void => expect.fail(message);
  engine = (await createHelmEngine({ program, fallback: () => Promise.resolve(undefined), note })) as Helm;
});
afterAll(() => {
  helm?.close();
  engine?.close();
});

const ask = (chart: ChartPackage, values: ValueMap = {}, kubeVersion = '1.34.0'): HelmRequest => ({
  chart,
  release: 'demo',
  namespace: 'apps',
  values,
  kubeVersion,
  apiVersions: ['monitoring.coreos.com/v1', 'monitoring.coreos.com/v1/ServiceMonitor'],
  skipCrds: false,
});

/** Beside no values at all. */
const valueSets: Readonly<Record<string, readonly ValueMap[]>> = {
  parent: [
    { first: { enabled: false } },
    { first: { enabled: 'no boolean', removed: null }, tags: { front: false, back: true }, other: { port: 5 } },
    { first: 'not a map', global: { region: 'us', first: false } },
  ],
  schema: [
    { replicas: 0, name: 'A1' },
    { replicas: 1.5 },
    { name: null },
    { sub: { on: 'yes', x: 5 } },
    { sub: 'text' },
  ],
  impure: [{ use: { lookup: true, dns: true } }],
  scalars: [
    {
      octal: null,
      text: 'on',
      line: 'a\u2028b\u0085c\u007f\ufeff',
      big: 1e21,
      small: 5e-324,
      deep: [{ a: [1, 'x', null] }],
    },
    { emoji: '😀', quote: '"\\/\b\f', number: '012', long: 'x'.repeat(2000), 'a: b': '- c', '': 'empty' },
  ],
};

const corpus = readdirSync(chartsFolder).filter((name) => !name.startsWith('fault-'));

/** Helm's words on YAML that it cannot read are go-yaml's; ours name the same file. */
const withoutParser = (text: string): string => text.replace(/^(Error: YAML parse error on [^:]+):[^]*/, '$1');

describe.skipIf(missing !== undefined)('engine and helm print the same', () => {
  it.each(corpus)('%s', async (name) => {
    const chart = packFixture(name);
    for (const values of [{}, ...(valueSets[name] ?? [])])
      for (const kubeVersion of ['1.34.0', '1.27.3-gke.100']) {
        const request = ask(chart, values, kubeVersion);
        const [mine, theirs] = [await engine.template(request), await helm.template(request)];
        expect(withoutParser(printed(mine))).toBe(withoutParser(printed(theirs)));
        if ('texts' in mine && 'texts' in theirs) expect(mine.warnings).toEqual(theirs.warnings);
      }
  });

  const folder = process.env['SLIPWAY_REAL_CHARTS'];
  const real = folder === undefined ? [] : readdirSync(folder).filter((f) => f.endsWith('.tgz'));
  it.runIf(real.length > 0).each(real)('%s', async (file) => {
    for (const kubeVersion of ['1.34.0', '1.27.3']) {
      const request = ask(chartPackage(join(folder ?? '', file)), {}, kubeVersion);
      const [mine, theirs] = [await engine.template(request), await helm.template(request)];
      const isRandom = 'impure' in mine && mine.impure?.some((f) => /^(?:rand|gen|uuid|now)/.test(f)) === true;
      if (printed(mine) !== printed(theirs)) expect([file, isRandom]).toEqual([file, true]);
    }
  });

  it('in a release and a namespace, and without CRDs', async () => {
    for (const change of [
      { release: 'x'.repeat(53) },
      { release: 'Not_Valid' },
      { release: '-x' },
      { namespace: '' },
      { skipCrds: true },
    ]) {
      const request = { ...ask(packFixture('crds')), ...change };
      expect(printed(await engine.template(request))).toBe(printed(await helm.template(request)));
    }
    const request = ask(packFixture('crds'), {}, 'no version');
    expect(printed(await engine.template(request))).toBe(printed(await helm.template(request)));
  });

  it('with any values', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    const scalar = fc.oneof(
      text,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { value } = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        scalar,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(text, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const chart = packChart({
      'Chart.yaml': 'apiVersion: v2\nname: values\nversion: 1.0.0\n',
      'templates/values.yaml':
        'kind: Values\nvalues: {{ toJson .Values | b64enc }}\nhash: {{ toYaml .Values | sha256sum }}\n',
    });
    const sets = fc.array(value, { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sets, async (list) => {
        const request = ask(chart, { list });
        expect(printed(await engine.template(request))).toBe(printed(await helm.template(request)));
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('in the same order each time, where Go has none', async () => {
    const request = ask(packFixture('schema'), { replicas: 0, name: 'A1', sub: { on: 'yes', x: 5 } });
    const found = await Promise.all(Array.from({ length: 20 }, () => engine.template(request)));
    expect(new Set(found.map(printed)).size).toBe(1);
  });

  it('tells which impure functions a chart calls', async () => {
    const called = async (use: ValueMap): Promise<unknown> =>
      ((await engine.template(ask(packFixture('impure'), { use }))) as HelmResult).impure;
    expect(await called({})).toEqual([]);
    expect(await called({ lookup: true, dns: true })).toEqual(['getHostByName', 'lookup']);
    expect(await called({ random: true })).toEqual(['randAlphaNum', 'uuidv4']);
    expect(await called({ clock: true })).toEqual(['now']);
  });

  it('renders a chart again as it did at first, whatever was rendered between', async () => {
    const chart = packFixture('parent');
    const first = printed(await engine.template(ask(chart)));
    await Promise.all([...(valueSets['parent'] ?? [])].map((values) => engine.template(ask(chart, values))));
    expect(printed(await engine.template(ask(chart)))).toBe(first);
  });

  it('refuses a package that is not the one asked for', async () => {
    const chart = { ...packFixture('files'), digest: '0'.repeat(64) };
    expect(printed(await engine.template(ask(chart)))).toContain('is not the package that was asked for');
  });
});

describe('the pinned Helm', () => {
  it('is the one of the tests, and of the engine', () => {
    const mod = readFileSync('engine/go.mod', 'utf8');
    expect(/helm\.sh\/helm\/v4 v(\S+)/.exec(mod)?.[1]).toBe(pinnedHelm);
    if (process.env['SLIPWAY_HELM'] === undefined) expect(helm.version).toBe(`v${pinnedHelm}`);
    if (missing === undefined) expect(engine.version).toBe(`v${pinnedHelm}`);
  });
});
