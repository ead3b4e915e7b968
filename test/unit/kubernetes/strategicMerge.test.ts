import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import {
  changedFields,
  PatchError,
  placeInPatch,
  strategicMerge,
} from '../../../generator/kubernetes/strategicMerge.ts';
import type { PatchSchema } from '../../../generator/kubernetes/strategicMerge.ts';
import { createApiShapes } from '../../../generator/kubernetes/shapes/apiShapes.ts';
import type { ValueMap } from '../../../generator/model/values.ts';
import { textAt } from '../../../generator/model/values.ts';

const shapes = createApiShapes({
  kubernetes: (minor) => JSON.parse(readFileSync(`schemas/kubernetes/v${minor}.json`, 'utf8')) as unknown,
  crd: (group, version, kind) =>
    JSON.parse(readFileSync(`schemas/crds/${group}/${kind}_${version}.json`, 'utf8')) as unknown,
});
const schemaOf = (object: ValueMap): PatchSchema | undefined =>
  shapes.schemaOf(textAt(object, 'apiVersion') ?? '', textAt(object, 'kind') ?? '', '1.34');

interface MergeCase {
  readonly name: string;
  readonly object: ValueMap;
  readonly patch: ValueMap;
  readonly result: ValueMap;
}
const { cases } = JSON.parse(readFileSync('test/fixtures/strategic-merge.json', 'utf8')) as { cases: MergeCase[] };

const pods = (spec: ValueMap): ValueMap => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  spec: { template: { spec } },
});

describe('a strategic merge patch, as kustomize', () => {
  it.each(cases)('$name', ({ object, patch, result }) => {
    expect(strategicMerge(object, patch, schemaOf(object))).toEqual(result);
  });

  it('does not change the object it is given', () => {
    const [{ object, patch } = { object: {}, patch: {} }] = cases;
    const before = JSON.stringify(object);
    strategicMerge(object, patch, schemaOf(object));
    expect(JSON.stringify(object)).toBe(before);
  });
});

describe('what kustomize does not know', () => {
  it('merges lists of custom kinds by the keys of their definition', () => {
    const kind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' };
    const object = {
      ...kind,
      spec: {
        listeners: [
          { name: 'http', port: 80 },
          { name: 'https', port: 443 },
        ],
      },
    };
    const patch = { spec: { listeners: [{ name: 'https', port: 8443 }] } };
    expect(strategicMerge(object, patch, schemaOf(object))['spec']).toEqual({
      listeners: [
        { name: 'http', port: 80 },
        { name: 'https', port: 8443 },
      ],
    });
  });

  it('a key that an entry lacks has its default', () => {
    const object = pods({
      containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }],
    });
    const patch = pods({ containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] });
    expect(strategicMerge(object, patch, schemaOf(object))).toEqual(
      pods({
        containers: [
          {
            name: 'a',
            ports: [
              { containerPort: 80, name: 'http' },
              { containerPort: 80, protocol: 'UDP' },
            ],
          },
        ],
      }),
    );
  });

  it.each([
    [{ spec: { template: { spec: { containers: [{ image: 'x' }] } } } }, '/spec/template/spec/containers/0'],
    [{ spec: { template: { spec: { $retainKeys: ['a'] } } } }, '/spec/template/spec/$retainKeys'],
    [{ spec: { template: { $patch: 'drop' } } }, '/spec/template/$patch'],
    [
      { spec: { template: { spec: { tolerations: [{ key: 'a', $patch: 'delete' }] } } } },
      '/spec/template/spec/tolerations/0/$patch',
    ],
    [{ $patch: 'delete' }, '/$patch'],
  ] satisfies [ValueMap, string][])('%j is refused at %s', (patch, pointer) => {
    const object = pods({ containers: [{ name: 'a' }], tolerations: [] });
    const refused = (): unknown => strategicMerge(object, patch, schemaOf(object));
    expect(refused).toThrow(PatchError);
    expect(refused).toThrow(expect.objectContaining({ pointer }) as Error);
  });
});

describe('the fields that a patch changed', () => {
  const object = pods({
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ],
  });
  const changes = (patch: ValueMap): unknown => {
    const after = strategicMerge(object, patch, schemaOf(object));
    const fields = changedFields(object, after, schemaOf(object));
    return fields.map((f) => [
      f.pointer,
      placeInPatch(f.pointer, f.after === undefined ? object : after, patch, schemaOf(object)),
    ]);
  };

  it('are found by the keys of entries, and so is their place in the patch', () => {
    expect(
      changes({
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'b', image: 'b:2' },
                { name: 'a', args: ['x'] },
              ],
            },
          },
        },
      }),
    ).toEqual([
      ['/spec/template/spec/containers/0/args', '/spec/template/spec/containers/1/args'],
      ['/spec/template/spec/containers/1/image', '/spec/template/spec/containers/0/image'],
    ]);
  });

  it('say what is gone, with its place before', () => {
    expect(changes({ spec: { template: { spec: { containers: [{ name: 'a', $patch: 'delete' }] } } } })).toEqual([
      ['/spec/template/spec/containers/0/name', '/spec/template/spec/containers/0/name'],
      ['/spec/template/spec/containers/0/image', '/spec/template/spec/containers/0'],
    ]);
  });

  it('are none when nothing changes', () => {
    expect(changes({ spec: { template: { spec: { containers: [{ name: 'a', image: 'a:1' }] } } } })).toEqual([]);
  });
});
