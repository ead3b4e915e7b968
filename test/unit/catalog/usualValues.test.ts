import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { usualValues } from '../../../generator/catalog/usualValues.ts';
import type { ValueMap } from '../../../generator/model/values.ts';

const found = (yaml: string, subcharts: readonly string[] = []): string[] =>
  usualValues(load(yaml) as ValueMap, new Set(subcharts)).map(
    ({ path, value, role }) => `${path.join('.')}=${JSON.stringify(value)}${role === undefined ? '' : ` ${role}`}`,
  );

describe('values that people usually set', () => {
  it.each([
    ['replicaCount: 2\nother: 1\n', ['replicaCount=2 replicas']],
    // the ones of the chart itself before those of its parts
    ['web: { replicas: 3 }\nreplicas: 1\n', ['web.replicas=3', 'replicas=1 replicas']],
    ['image: { registry: r, tag: "", digest: x }\n', ['image.registry="r"', 'image.tag=""']],
    ['image: nginx:1\n', ['image="nginx:1"']],
    [
      'metrics: { enabled: false, port: 1, serviceMonitor: { enabled: false, interval: 1m } }\n',
      ['metrics.enabled=false', 'metrics.serviceMonitor.enabled=false monitor', 'metrics.serviceMonitor.interval="1m"'],
    ],
    ['persistence: { enabled: true, size: 1Gi }\n', ['persistence.enabled=true', 'persistence.size="1Gi" storage']],
    ['persistence: { enabled: false, size: 1Gi }\n', ['persistence.enabled=false', 'persistence.size="1Gi"']],
    ['a: { b: { resources: {} } }\n', ['a.b.resources={}']],
    ['a: { b: { c: { resources: {} } } }\n', []],
    ['affinity: { x: "{{ .Release.Name }}" }\n', []],
    ['replicaCount: "{{ .Values.n }}"\n', []],
  ])('%j', (yaml, expected) => expect(found(yaml)).toEqual(expected));

  it('are not those of subcharts, nor long ones', () => {
    expect(found(`redis: { replicas: 1 }\ntolerations: [${'"x",'.repeat(200)}]\n`, ['redis'])).toEqual([]);
  });
});
