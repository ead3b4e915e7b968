import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHelmProcess } from '../../../generator/adapters/helm/process.ts';
import type { Helm, HelmResult } from '../../../generator/ports.ts';
import { kubernetesValue, readKubernetesYaml } from '../../../generator/yaml/kubernetesYaml.ts';
import { helmHome, helmProgram, packChart } from '../../helpers/helm.ts';

let helm: Helm;
beforeAll(async () => {
  helm = (await createHelmProcess({ home: helmHome(), program: helmProgram() })) as Helm;
});
afterAll(() => helm?.close());

const chart = packChart({
  'Chart.yaml': 'apiVersion: v2\nname: yaml\nversion: 1.0.0\n',
  'templates/read.yaml': '{{ range .Values.texts }}# {{ fromYaml . | toJson }}\n{{ end }}',
});

/** What Helm reads, in JSON; 'an error' where it cannot. */
async function asHelm(texts: readonly string[]): Promise<unknown[]> {
  const request = {
    chart,
    release: 'demo',
    namespace: 'apps',
    kubeVersion: '1.34.0',
    apiVersions: [],
    skipCrds: false,
  };
  const { texts: read } = (await helm.template({ ...request, values: { texts } })) as HelmResult;
  const lines = (read[0]?.text ?? '').trim().split('\n');
  return lines.map((line) => {
    const value = JSON.parse(line.slice(2)) as Record<string, unknown>;
    return Object.hasOwn(value, 'Error') ? 'an error' : value;
  });
}

function asSlipway(text: string): unknown {
  const read = readKubernetesYaml(text);
  return 'problem' in read ? 'an error' : read.value;
}

const table = [
  'on', 'On', 'ON', 'oN', 'yes', 'y', 'Y', 'No', 'n', 'off', 'true', 'TRUE', 'tRue', '~', 'null', 'Null', 'nULL', '',
  '0', '-0', '+0', '010', '0o10', '0O10', '08', '09.5', '1_000', '_1', '1_', '1__0', '0b11', '0B11', '-0b11', '0x1F', '0X1F',
  '+0x1', '0x_1', '0x', '0b', '0b2', '1:30', '2001-01-01', '2001-01-01T00:00:00Z', '2001-1-1', '.5', '-.5', '+.5', '5.', '.', '..',
  '1e3', '1e+3', '1E-3', '1e', '.5e3', '.8_9', '.8__9', '.8_', '.1e1_0', '1e999', '.inf', '-.Inf', '+.INF', '.nan', '.NaN', '1.2.3', '12345678901234567890',
  '18446744073709551616', '-9223372036854775809', '0777777777777777777777777', '0xffffffffffffffffff', '9007199254740993',
  '"on"', "'1'", '!!str 5', '!!int "5"', '!!float 3', '!!bool "yes"', '!!null ""', '!!binary aGVsbG8=', '- ', '1 # c', 'a#b', '=', '<<',
]; // prettier-ignore

const documents = [
  'on: 1', 'y: 1', '010: 1', '1.5: 1', '1e3: 1', '1234567.5: 1', '0.00001: 1', '0.0001: 1', '123456.7: 1', '-1.5e-7: 1', '0.1: 1', '3.14159265358979: 1', 'null: 1', '~: 1', '? [a]\n: 1', '"1": 1', 'a: 1\na: 2', 'a: 1\n"a": 2',
  'a: {b: 1, b: 2}', 'a: &x {b: 1}\nc:\n  <<: *x\n  d: 2', 'a: &x [1, 2]\nb: *x', 'a: b: c', 'a:\n\t- b', '{"a":1}', '{"a":[1,{"b":null}]}',
  'a: |\n  x\n  y\n', 'a: >-\n  x\n  y\n\n  z', 'a: "x\\u00e4\\n"', 'a: *none', '__proto__: 1', 'constructor: {a: 1}', 'a: [1, 2', '# nothing',
  '---\na: 1', '--- {a: 1}', 'a: 1\n...\n', 'a: 1\n---\nb: 2', 'a: "b', 'a: \'b', 'a: %b', 'a: @b', 'a: `b', 'a: - b', '- a\nb: 1', 'a: b\n c', 'a: [b, ]',
]; // prettier-ignore

/** Lines that continue something left of where it began. */
const outdented = [
  "a:\n  b: 'x\ny ''z\n\n k'\n  c: 1", 'a:\n  b: "x\ny \\" \\\nz"\n  c: 1', "a:\n  b: '{\n\"c\": [\n]\n}\n'\n  d: |\n    e\n", "a:\n  b: 'x\n\ty'",
  'a:\n  b: {c: 1,\nd: 2,\n e: [1,\n2\n]}\n  f: 3', 'a:\n  b: [\n]', 'a:\n  b: [1,\n"x\ny"]', "a:\n  - 'x\ny'\n  - 'z\nw'", "'a\nb': 1", "a:\n  b: 'x\n---\ny'", "a:\n  b: 'x\n--- y'",
  "a:\n  b: 'x\n...\ny'", "a:\n  b: 'x\ny", 'a:\n  b: [1,\n2', "a:\n  b: 'x\ny' z", 'a:\n  b: "x\r\ny"\r\n', "a:\n  b: 'x\n# y\n'", 'a:\n  b: [1, # x\n# y\n2]', "a:\n  b: {c: 'x\ny',\n'd': 'z\nw'}",
]; // prettier-ignore

describe('YAML is read as Helm reads it', () => {
  it('in scalars', async () => {
    const texts = table.map((scalar) => `v: ${scalar}`);
    const expected = await asHelm(texts);
    expect(texts.map((text) => [text, asSlipway(text)])).toEqual(texts.map((text, i) => [text, expected[i]]));
  });

  it.each([
    ['documents', documents],
    ['lines that begin too far left', outdented],
  ])('in %s', async (_, texts) => {
    const expected = await asHelm(texts);
    const empty = (value: unknown): unknown => value ?? {};
    expect(texts.map((text) => [text, empty(asSlipway(text))])).toEqual(texts.map((text, i) => [text, expected[i]]));
  });

  it('in numbers of all kinds', async () => {
    const digit = fc.constantFrom(...'00112789');
    const scalar = fc.string({
      unit: fc.oneof(digit, fc.constantFrom(...'+-._eExXoObBaf')),
      minLength: 1,
      maxLength: 9,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(scalar, { minLength: 300, maxLength: 300 }), async (scalars) => {
        const texts = scalars.map((s) => `v: ${s}`);
        const expected = await asHelm(texts);
        expect(texts.map((text) => [text, asSlipway(text)])).toEqual(texts.map((text, i) => [text, expected[i]]));
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('names the line of what it cannot read', () => {
    expect(readKubernetesYaml('a: 1\nb:\n  - c\n d: [')).toMatchObject({ problem: { line: 4 } });
  });
});

describe('thousands of lists that are closed at the column of their key', () => {
  const many = (count: number, entry: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => entry(i)).join('');
  const flow = (by: string): string => `[\n${by}a, "b]",\n${by}]`;
  /** The entry as kubectl reads it, and the same with its brackets further right. */
  const forms: Readonly<Record<string, (by: string) => (i: number) => string>> = {
    'keys of a document': (by) => (i) => `k${i}: ${flow(by)}\n`,
    'keys below another': (by) => (i) => `${i === 0 ? 'spec:\n' : ''}  k${i}: ${flow(`  ${by}`)}\n`,
    'items of a list': (by) => (i) =>
      `- name: n${i}\n  args: ${flow(`  ${by}`)}\n  map: {\n  ${by}a: 1,\n  ${by}b: [x,\n  ${by}y] }\n`,
    'quoted texts': (by) => (i) => `k${i}: 'a\n${by}b'\nl${i}: "c\n${by}d"\n`,
    'with text that looks alike': (by) => (i) =>
      `k${i}:\n  - text: |\n      q: [\n      ]\n    list: ${flow(`    ${by}`)}\n  - e\n`,
  };

  it.each(Object.entries(forms))('are read as %s', (_, form) => {
    const read = readKubernetesYaml(many(1500, form('')));
    expect('problem' in read ? read.problem : read.value).toEqual(kubernetesValue(many(1500, form('        '))));
  });

  it('and the place of what is doubtful behind them', () => {
    const text = `${many(600, forms['keys of a document']?.('') ?? String)}last: 0777\n`;
    const read = readKubernetesYaml(text);
    expect('problem' in read ? read.problem : read.doubtful.map((d) => d.at)).toEqual([text.indexOf('0777')]);
  });

  it('and a fault among them is said at its line', () => {
    const text = `${many(400, forms['keys of a document']?.('') ?? String)}a: [\n}\n`;
    expect(readKubernetesYaml(text)).toMatchObject({ problem: { line: 1202 } });
  });

  it('in a time that grows with them', { timeout: 60_000 }, () => {
    const timeOf = (count: number): number => {
      const start = performance.now();
      readKubernetesYaml(many(count, forms['keys below another']?.('') ?? String));
      return performance.now() - start;
    };
    timeOf(500);
    // eight times as many: 64 times as long if each were read from the start
    expect(timeOf(8000)).toBeLessThan(timeOf(1000) * 32);
  });
});
