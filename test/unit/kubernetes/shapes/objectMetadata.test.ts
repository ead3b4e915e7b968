import { describe, expect, it } from 'vitest';
import { metadataProblems, nameProblem } from '../../../../generator/kubernetes/shapes/objectMetadata.ts';
import type { ValueMap } from '../../../../generator/model/values.ts';

const pointers = (metadata: ValueMap, kind = 'ConfigMap', apiVersion = 'v1'): string[] =>
  metadataProblems({ apiVersion, kind, metadata }).map(({ pointer }) => pointer);

describe('names', () => {
  it.each([
    ['a.b-c.1', 'ConfigMap', 'v1', true],
    ['A', 'ConfigMap', 'v1', false],
    ['-a', 'ConfigMap', 'v1', false],
    ['a..b', 'ConfigMap', 'v1', false],
    ['a'.repeat(253), 'ConfigMap', 'v1', true],
    ['a'.repeat(254), 'ConfigMap', 'v1', false],
    ['a.b', 'Namespace', 'v1', false],
    ['1a', 'Namespace', 'v1', true],
    ['1a', 'Service', 'v1', false],
    ['a'.repeat(64), 'Service', 'v1', false],
    ['system:A_b', 'ClusterRole', 'rbac.authorization.k8s.io/v1', true],
    ['a/b', 'ClusterRole', 'rbac.authorization.k8s.io/v1', false],
    ['..', 'Role', 'rbac.authorization.k8s.io/v1', false],
    // a kind of the same name in another group has the common form
    ['system:a', 'Role', 'example.org/v1', false],
  ])('%s of a %s in %s: %j', (name, kind, apiVersion, good) => {
    expect(pointers({ name }, kind, apiVersion)).toEqual(good ? [] : ['/metadata/name']);
  });

  it('of namespaces are labels', () => {
    expect(pointers({ name: 'a', namespace: 'a.b' })).toEqual(['/metadata/namespace']);
  });
});

describe('labels, annotations and finalizers', () => {
  it('have qualified names as keys', () => {
    const labels = { a: '', 'a.b/c_d.E': 'x', 'A/b': 'x', '-a': 'x', 'a/b/c': 'x', ['a'.repeat(64)]: 'x' };
    expect(pointers({ labels })).toEqual([
      '/metadata/labels/A~1b',
      '/metadata/labels/-a',
      '/metadata/labels/a~1b~1c',
      `/metadata/labels/${'a'.repeat(64)}`,
    ]);
    expect(pointers({ annotations: { 'A/b': 'anything at all', 'a b': '' } })).toEqual(['/metadata/annotations/a b']);
    expect(pointers({ finalizers: ['example.org/a', 'a b'] })).toEqual(['/metadata/finalizers/1']);
  });

  it('have label values of a form, and annotations of a size', () => {
    expect(pointers({ labels: { a: 'x y', b: 'x'.repeat(64), c: 'x-', d: 'x_Y.z' } })).toEqual([
      '/metadata/labels/a',
      '/metadata/labels/b',
      '/metadata/labels/c',
    ]);
    expect(pointers({ annotations: { a: 'x'.repeat(256 * 1024 - 1) } })).toEqual([]);
    expect(pointers({ annotations: { a: 'ä'.repeat(128 * 1024) } })).toEqual(['/metadata/annotations']);
  });
});

describe('owners', () => {
  it('are named in full, and one of them is the controller', () => {
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: 'b', controller: true };
    expect(pointers({ ownerReferences: [owner, { ...owner, uid: 'c', controller: false }] })).toEqual([]);
    expect(
      pointers({
        ownerReferences: [
          { ...owner, uid: '' },
          { ...owner, name: '' },
        ],
      }),
    ).toEqual([
      '/metadata/ownerReferences/0/uid',
      '/metadata/ownerReferences/1/name',
      '/metadata/ownerReferences/1/controller',
    ]);
  });
});

describe('objects', () => {
  it('have a name or the beginning of one', () => {
    const missing = (object: ValueMap): number => nameProblem(object).length;
    expect(missing({ apiVersion: 'v1', kind: 'Pod', metadata: {} })).toBe(1);
    expect(missing({ apiVersion: 'v1', kind: 'Pod', metadata: { name: '' } })).toBe(1);
    expect(missing({ apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'a-' } })).toBe(0);
    expect(missing({ apiVersion: 'v1', kind: 'LimitRange' })).toBe(0);
    expect(missing({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' })).toBe(0);
    expect(pointers({ generateName: 'a-' })).toEqual([]);
    expect(pointers({ generateName: 'A-' })).toEqual(['/metadata/generateName']);
  });
});
