import { describe, expect, it } from 'vitest';
import { limitProblems } from '../../../../generator/kubernetes/shapes/limits.ts';
import type { Value, ValueMap } from '../../../../generator/model/values.ts';

const pointersOf = (object: ValueMap): string[] => limitProblems(object).map((p) => `${p.pointer} ${p.message}`);
const deployment = (resources: Value): ValueMap => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'web', resources }] } } },
});
const at = '/spec/template/spec/containers/0/resources';

describe('requests and limits', () => {
  it.each([
    [{ requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: 1, memory: '1024Mi' } }, []],
    [{ requests: { cpu: '100m' } }, []],
    [{ limits: { memory: '1Gi', 'nvidia.com/gpu': 1 }, requests: { 'nvidia.com/gpu': 1, memory: '1Gi' } }, []],
    [
      { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } },
      [`${at}/requests/memory is 2Gi, more than the limit of 1Gi`],
    ],
    [{ requests: { cpu: '1100m' }, limits: { cpu: 1 } }, [`${at}/requests/cpu is 1100m, more than the limit of 1`]],
    [{ limits: { memory: '1Gb' } }, [`${at}/limits/memory is no quantity, as 500m, 2 or 1Gi are (it is "1Gb")`]],
    [{ requests: { cpu: '-1' } }, [`${at}/requests/cpu is less than nothing (it is "-1")`]],
    [{ requests: { cpu: '$(CPU)' }, limits: { cpu: '{{ cpu }}' } }, []],
  ] satisfies [Value, string[]][])('of a container: %j', (resources, found) => {
    expect(pointersOf(deployment(resources))).toEqual(found);
  });

  it('of custom kinds, wherever they stand', () => {
    const kafka = (requests: ValueMap): ValueMap => ({
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaNodePool',
      metadata: { name: 'broker' },
      spec: { resources: { requests, limits: { memory: '2Gi' } } },
    });
    expect(pointersOf(kafka({ memory: '2Gi' }))).toEqual([]);
    expect(pointersOf(kafka({ memory: '3Gi' }))).toEqual([
      '/spec/resources/requests/memory is 3Gi, more than the limit of 2Gi',
    ]);
  });

  it('that are something else are left alone', () => {
    const object = {
      apiVersion: 'example.com/v1',
      kind: 'Gate',
      metadata: { name: 'g' },
      spec: { requests: { path: 'x' }, limits: { path: 'y' } },
    };
    expect(pointersOf(object)).toEqual([]);
  });
});

describe('a LimitRange', () => {
  const range = (item: ValueMap): ValueMap => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'r', namespace: 'n' },
    spec: { limits: [{ type: 'Container', ...item }] },
  });

  it.each([
    [{ min: { cpu: '10m' }, defaultRequest: { cpu: '50m' }, default: { cpu: 1 }, max: { cpu: 2 } }, []],
    [
      { defaultRequest: { memory: '1Gi' }, default: { memory: '512Mi' } },
      ['/spec/limits/0/defaultRequest/memory is 1Gi, more than default (512Mi)'],
    ],
    [
      { default: { memory: '4Gi' }, max: { memory: '2Gi' } },
      ['/spec/limits/0/default/memory is 4Gi, more than max (2Gi)'],
    ],
    [{ min: { cpu: '2' }, max: { cpu: '1' } }, ['/spec/limits/0/min/cpu is 2, more than max (1)']],
    [{ max: { memory: 'lots' } }, ['/spec/limits/0/max/memory is no quantity, as 500m, 2 or 1Gi are (it is "lots")']],
  ] satisfies [ValueMap, string[]][])('%j', (item, found) => {
    expect(pointersOf(range(item))).toEqual(found);
  });
});

describe('a ResourceQuota', () => {
  it('has quantities', () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { pods: '5', 'requests.cpu': 'four' } },
    };
    expect(pointersOf(quota)).toEqual(['/spec/hard/requests.cpu is no quantity, as 500m, 2 or 1Gi are (it is "four")']);
  });
});
