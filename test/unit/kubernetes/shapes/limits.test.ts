import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limitProblems } from '../../../../generator/kubernetes/shapes/limits.ts';
import { limits } from '../../../../generator/kubernetes/shapes/limitTable.ts';
import type { Value, ValueMap } from '../../../../generator/model/values.ts';
import { isMap, pointerSteps } from '../../../../generator/model/values.ts';
import { repository } from '../../../helpers/workspace.ts';

const at = (object: ValueMap): string[] => limitProblems(object).map((p) => p.pointer);
const of = (apiVersion: string, kind: string, rest: ValueMap): ValueMap => ({ apiVersion, kind, ...rest });

/** An object in which a pointer leads to the value: `*` is the first item of a list, or a member of a map of labels. */
function holding(pattern: string, value: Value): Value {
  return pointerSteps(pattern).reduceRight<Value>((inner, step, i, steps) => {
    if (step !== '*') return { [step]: inner };
    const parent = steps[i - 1] ?? '';
    return ['matchLabels', 'selector', 'nodeSelector'].includes(parent) ? { a: inner } : [inner];
  }, value);
}

const merged = (a: Value, b: Value): Value =>
  isMap(a) && isMap(b)
    ? { ...a, ...Object.fromEntries(Object.entries(b).map(([k, v]) => [k, merged(a[k] ?? null, v)])) }
    : b;

function sized(counts: string, size: number): Value {
  if (counts === 'entries') return Array.from({ length: size }, (_, i) => `a${i}`);
  return counts === 'bytes' ? 'é'.repeat(Math.floor(size / 2)) + 'a'.repeat(size % 2) : 'é'.repeat(size);
}

describe('the table of limits', () => {
  const entries = limits.flatMap((limit) =>
    limit.kinds.flatMap((kind) => limit.at.map((pattern) => ({ name: `${kind} ${pattern}`, kind, pattern, limit }))),
  );

  it.each(entries)('$name is held to the number, and not below', ({ kind, pattern, limit }) => {
    const [group = '', name = ''] = kind.split('/');
    const head = of(group === '' ? 'v1' : `${group}/v1`, name, {});
    const where = limit.where === undefined ? head : merged(head, holding(limit.where.at, limit.where.is[0] ?? ''));
    const judged = (size: number): string[] =>
      at(merged(where, holding(pattern, sized(limit.counts, size))) as ValueMap);
    expect(judged(limit.max)).toEqual([]);
    expect(judged(limit.max + 1).length).toBe(1);
  });

  it('names no field that the schema of its kind has not', () => {
    const document = JSON.parse(readFileSync(join(repository, 'schemas/kubernetes/v1.36.json'), 'utf8')) as {
      kinds: Record<string, { $ref: string }>;
      $defs: Record<string, ValueMap>;
    };
    const shapeOf = (kind: string): Value | undefined => {
      const [group = '', name = ''] = kind.split('/');
      const gvk = Object.keys(document.kinds).find((k) => k === `${group === '' ? '' : `${group}/`}v1/${name}`);
      return gvk === undefined ? undefined : (document.kinds[gvk] as unknown as ValueMap);
    };
    const follow = (shape: Value | undefined): ValueMap => {
      if (!isMap(shape)) return {};
      const ref = shape['$ref'];
      return typeof ref === 'string' ? follow(document.$defs[ref.replace('#/$defs/', '')]) : shape;
    };
    const into = (shape: ValueMap, step: string): ValueMap => {
      if (step === '*') return follow(shape['items'] ?? shape['additionalProperties']);
      return follow((shape['properties'] as ValueMap | undefined)?.[step]);
    };
    const builtIn = entries.filter(({ kind }) => shapeOf(kind) !== undefined);
    expect(builtIn.length).toBeGreaterThan(50);
    // every pattern exists in one of its kinds
    for (const limit of limits.filter((l) => l.kinds.some((k) => shapeOf(k) !== undefined)))
      for (const pattern of limit.at) {
        const found = limit.kinds.some((kind) => {
          const end = pointerSteps(pattern).reduce(into, follow(shapeOf(kind)));
          return Object.keys(end).length > 0;
        });
        expect(found, pattern).toBe(true);
      }
  });
});

describe('what is given to others', () => {
  it('has labels and annotations like everything else', () => {
    const metadata = { labels: { a: 'b'.repeat(64) }, annotations: { c: 'd'.repeat(262_145) } };
    expect(at(of('apps/v1', 'Deployment', { spec: { template: { metadata } } }))).toEqual([
      '/spec/template/metadata/labels/a',
      '/spec/template/metadata/annotations',
    ]);
    const jobTemplate = { metadata, spec: { template: { metadata: { labels: { 'a b': 'c' } } } } };
    expect(at(of('batch/v1', 'CronJob', { spec: { jobTemplate } }))).toEqual([
      '/spec/jobTemplate/metadata/labels/a',
      '/spec/jobTemplate/metadata/annotations',
      '/spec/jobTemplate/spec/template/metadata/labels/a b',
    ]);
    const volumeClaimTemplates = [{ metadata: {} }, { metadata }];
    expect(at(of('apps/v1', 'StatefulSet', { spec: { volumeClaimTemplates } }))[0]).toBe(
      '/spec/volumeClaimTemplates/1/metadata/labels/a',
    );
    expect(at(of('example.org/v1', 'Deployment', { spec: { template: { metadata } } }))).toEqual([]);
  });
});

describe('indexed Jobs', () => {
  const job = (length: number, completions: number): ValueMap =>
    of('batch/v1', 'Job', {
      metadata: { name: 'j'.repeat(length) },
      spec: { completionMode: 'Indexed', completions },
    });

  it('leave room for the last index', () => {
    expect(at(job(61, 10))).toEqual([]);
    expect(at(job(61, 11))).toEqual(['/metadata/name']);
    expect(at(job(60, 100))).toEqual([]);
    expect(at(job(60, 101))).toEqual(['/metadata/name']);
  });
});

describe('data', () => {
  const mib = 1024 * 1024;

  it('of a ConfigMap is one MiB together, in bytes', () => {
    expect(at(of('v1', 'ConfigMap', { data: { a: 'x'.repeat(mib - 2), b: 'é' } }))).toEqual([]);
    expect(at(of('v1', 'ConfigMap', { data: { a: 'x'.repeat(mib - 2), b: 'éx' } }))).toEqual(['/data']);
  });

  it('is counted decoded where it is encoded', () => {
    const encoded = Buffer.alloc(mib - 1).toString('base64');
    expect(at(of('v1', 'ConfigMap', { data: { a: 'x' }, binaryData: { b: encoded } }))).toEqual([]);
    expect(at(of('v1', 'Secret', { data: { b: `${encoded.slice(0, 80)}\n${encoded.slice(80)}`, c: 'eA==' } }))).toEqual(
      [],
    );
    expect(at(of('v1', 'Secret', { data: { b: encoded, c: 'eHh4' } }))).toEqual(['/data']);
  });

  it('has keys that can be files', () => {
    const data = { 'a.b_c-1': '', 'a/b': '', '..a': '', '.a': '', '.': '', ['k'.repeat(254)]: '' };
    expect(at(of('v1', 'ConfigMap', { data }))).toEqual([
      '/data/a~1b',
      '/data/..a',
      '/data/.',
      `/data/${'k'.repeat(254)}`,
    ]);
    expect(at(of('example.org/v1', 'ConfigMap', { data }))).toEqual([]);
  });
});

describe('an object', () => {
  const max = 1.5 * 1024 * 1024;
  const bytes = (object: ValueMap): number => Buffer.byteLength(JSON.stringify(object));

  it('is at most what etcd takes', () => {
    const widget = (text: string): ValueMap => of('example.org/v1', 'Widget', { spec: { text } });
    const room = max - bytes(widget(''));
    expect(at(widget('x'.repeat(room)))).toEqual([]);
    expect(at(widget('x'.repeat(room + 1)))).toEqual(['']);
    expect(at(widget('€'.repeat(Math.floor(room / 3) + 1)))).toEqual(['']);
    // quotes take two bytes each
    expect(at(widget('"'.repeat(Math.floor(room / 2))))).toEqual([]);
  });
});
