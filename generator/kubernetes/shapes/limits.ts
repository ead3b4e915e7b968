import type { Value, ValueMap } from '../../model/values.ts';
import { isList, isMap, mapAt, member, pointerStep, pointerSteps, textAt, valueAt } from '../../model/values.ts';
import { limits } from './limitTable.ts';
import type { Limit } from './limitTable.ts';
import { resourceProblems } from './resources.ts';
import { templateProblems } from './objectMetadata.ts';
import type { ShapeProblem } from './shapeTypes.ts';

/** The size that etcd takes (`--max-request-bytes`); an object in it is a little smaller than as JSON, or as large. */
const objectBytes = 1.5 * 1024 * 1024;
/** Of all values together (pkg/apis/core/types.go, MaxSecretSize). */
const dataBytes = 1024 * 1024;

/** What is too long, too many or too large, which no schema says; `metadata` of the object itself is checked elsewhere. */
export function limitProblems(object: ValueMap): ShapeProblem[] {
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  const group = apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));
  const kind = `${group}/${textAt(object, 'kind') ?? ''}`;
  const found = (limitsByKind.get(kind) ?? []).flatMap((limit) => excesses(object, limit));
  found.push(...resourceProblems(object, kind));
  if (group === 'apps' || group === 'batch') found.push(...templates(object, kind), ...indexedProblems(object, kind));
  if (kind === '/ConfigMap' || kind === '/Secret') found.push(...dataProblems(object, kind));
  found.push(...sizeProblems(object));
  return found;
}

const limitsByKind = new Map<string, Limit[]>();
for (const limit of limits)
  for (const kind of limit.kinds) limitsByKind.set(kind, [...(limitsByKind.get(kind) ?? []), limit]);

const problem = (pointer: string, message: string): ShapeProblem => ({ pointer, keyword: 'limit', message });

function excesses(object: ValueMap, limit: Limit): ShapeProblem[] {
  if (limit.where !== undefined && !limit.where.is.includes(valueAt(object, limit.where.at) as string)) return [];
  return limit.at.flatMap((pattern) =>
    places(object, pattern).flatMap(([pointer, value]) => {
      const size = sizeOf(value, limit.counts);
      if (size <= limit.max) return [];
      return [problem(pointer, `has ${size} ${limit.counts}; ${limit.max} are allowed: ${limit.because}`)];
    }),
  );
}

function sizeOf(value: Value, counts: Limit['counts']): number {
  if (counts === 'entries') return isList(value) ? value.length : isMap(value) ? Object.keys(value).length : 0;
  if (typeof value !== 'string') return 0;
  return counts === 'bytes' ? byteLength(value) : value.length;
}

/** Where a pointer leads to; `*` stands for every item of a list and every member of a map. */
function places(root: Value, pattern: string): (readonly [pointer: string, value: Value])[] {
  let found: (readonly [string, Value])[] = [['', root]];
  for (const step of stepsOf(pattern)) {
    if (step !== '*') {
      // nearly all are absent
      found = found.flatMap(([pointer, value]) => {
        const next = isList(value) ? value[Number(step)] : member(value, step);
        return next === undefined ? [] : [[`${pointer}/${pointerStep(step)}`, next] as const];
      });
      continue;
    }
    found = found.flatMap(([pointer, value]) =>
      (isList(value) ? value.map((v, i) => [String(i), v] as const) : isMap(value) ? Object.entries(value) : []).map(
        ([key, v]) => [`${pointer}/${pointerStep(key)}`, v] as const,
      ),
    );
  }
  return found;
}

const steps = new Map<string, readonly string[]>();

function stepsOf(pattern: string): readonly string[] {
  const known = steps.get(pattern) ?? pointerSteps(pattern);
  steps.set(pattern, known);
  return known;
}

/** Labels and annotations that the object gives to others. */
const templatePlaces: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['/spec/template/metadata'],
  'apps/DaemonSet': ['/spec/template/metadata'],
  'apps/ReplicaSet': ['/spec/template/metadata'],
  'apps/StatefulSet': ['/spec/template/metadata', '/spec/volumeClaimTemplates/*/metadata'],
  'batch/Job': ['/spec/template/metadata'],
  'batch/CronJob': ['/spec/jobTemplate/metadata', '/spec/jobTemplate/spec/template/metadata'],
};

function templates(object: ValueMap, kind: string): ShapeProblem[] {
  return (templatePlaces[kind] ?? []).flatMap((pattern) =>
    places(object, pattern).flatMap(([pointer, metadata]) =>
      isMap(metadata) ? templateProblems(metadata).map((p) => ({ ...p, pointer: `${pointer}${p.pointer}` })) : [],
    ),
  );
}

/** Keys and values of ConfigMaps and Secrets (pkg/apis/core/validation, ValidateConfigMap and ValidateSecret). */
function dataProblems(object: ValueMap, kind: string): ShapeProblem[] {
  const isEncoded = (field: string): boolean => field === 'binaryData' || (kind === '/Secret' && field === 'data');
  let total = 0;
  const keys = ['data', 'binaryData', 'stringData'].flatMap((field) =>
    Object.entries(mapAt(object, field)).flatMap(([key, value]) => {
      const text = typeof value === 'string' ? value : '';
      total += isEncoded(field) ? Math.floor((text.replace(/[\s=]/g, '').length * 3) / 4) : byteLength(text);
      if (/^[-._A-Za-z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..')) return [];
      const says = 'letters, digits, -, _ and ., at most 253 characters, not "." and not beginning with ".."';
      return [problem(`/${field}/${pointerStep(key)}`, `is not a valid key: ${says}`)];
    }),
  );
  if (total <= dataBytes) return keys;
  return [...keys, problem('/data', `has values of ${total} bytes; ${dataBytes} are allowed in a ${kind.slice(1)}`)];
}

function sizeProblems(object: ValueMap): ShapeProblem[] {
  // an upper bound first: nearly all objects need no exact count
  if (bound(object) <= objectBytes) return [];
  const bytes = byteLength(JSON.stringify(object));
  if (bytes <= objectBytes) return [];
  return [problem('', `has ${bytes} bytes; etcd takes ${objectBytes}: split it, or keep its data elsewhere`)];
}

/** Not less than the bytes of the value as JSON: six for each unit of text, and some for each number and comma. */
function bound(value: Value): number {
  if (typeof value === 'string') return value.length * 6 + 3;
  if (typeof value !== 'object' || value === null) return 32;
  let sum = 3;
  if (isList(value)) for (const item of value) sum += bound(item);
  else for (const key in value) sum += key.length * 6 + 4 + bound(value[key] ?? null);
  return sum;
}

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

/** An indexed Job names its pods after itself, and the last index counts (pkg/apis/batch/validation, ValidateJob). */
function indexedProblems(object: ValueMap, kind: string): ShapeProblem[] {
  if (kind !== 'batch/Job' || textAt(object, 'spec', 'completionMode') !== 'Indexed') return [];
  const completions = valueAt(object, '/spec/completions');
  if (typeof completions !== 'number' || completions < 1) return [];
  const pod = `${textAt(object, 'metadata', 'name') ?? ''}-${completions - 1}`;
  if (pod.length <= 63) return [];
  return [problem('/metadata/name', `names pods like ${pod}, with ${pod.length} characters; 63 are allowed`)];
}
