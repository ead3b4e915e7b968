import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createApiLifecycle } from '../../../generator/kubernetes/apiLifecycle.ts';
import type { LifecycleSource } from '../../../generator/kubernetes/apiLifecycle.ts';

const read = (path: string): unknown =>
  existsSync(`schemas/${path}`) ? JSON.parse(readFileSync(`schemas/${path}`, 'utf8')) : undefined;
const committed: LifecycleSource = {
  kubernetes: (minor) => read(`kubernetes/v${minor}.json`),
  crd: (group, version, kind) => read(`crds/${group}/${kind}_${version}.json`),
  lifecycle: () => read('kubernetes/lifecycle.json'),
};
const lifecycle = createApiLifecycle(committed);

describe('what becomes of an API', () => {
  it.each([
    ['apps/v1', 'Deployment', '1.34', undefined, undefined],
    ['apps/v1beta1', 'Deployment', '1.34', 'removed', 'apps/v1/Deployment'],
    ['policy/v1beta1', 'PodSecurityPolicy', '1.34', 'removed', undefined],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.34', 'removed', 'autoscaling/v2/HorizontalPodAutoscaler'],
    ['v1', 'Endpoints', '1.33', 'deprecated', 'discovery.k8s.io/v1/EndpointSlice'],
    ['resource.k8s.io/v1', 'ResourceClaim', '1.33', 'not-yet', 'resource.k8s.io/v1beta1/ResourceClaim'],
    ['resource.k8s.io/v1', 'ResourceClaim', '1.34', undefined, undefined],
    ['scheduling.k8s.io/v1alpha1', 'Workload', '1.34', 'not-yet', undefined],
    ['scheduling.k8s.io/v1alpha1', 'Workload', '1.35', 'deprecated', 'scheduling.k8s.io/v1alpha2/Workload'],
    ['scheduling.k8s.io/v1alpha1', 'Workload', '1.36', 'removed', 'scheduling.k8s.io/v1alpha2/Workload'],
    ['argoproj.io/v1alpha1', 'Application', '1.34', undefined, undefined],
    ['example.com/v1', 'Widget', '1.34', undefined, undefined],
    // no document of that minor: only what Kubernetes publishes counts
    ['apps/v1', 'Deployment', '1.60', undefined, undefined],
    ['extensions/v1beta1', 'Ingress', '1.60', 'removed', 'networking.k8s.io/v1/Ingress'],
  ])('%s %s in %s: %s', (apiVersion, kind, minor, state, replacement) => {
    const standing = lifecycle.standing(apiVersion, kind, minor);
    expect([standing?.state, standing?.replacement]).toEqual([state, replacement]);
  });

  it('a document with a part of the kinds says nothing of the others', () => {
    const partial = createApiLifecycle({
      ...committed,
      kubernetes: (minor) =>
        minor === '1.35' ? { kinds: { 'v1/ConfigMap': {} }, partial: true } : committed.kubernetes(minor),
    });
    expect(partial.standing('apps/v1', 'Deployment', '1.35')).toBeUndefined();
    expect(partial.standing('apps/v1', 'Deployment', '1.34')).toBeUndefined();
    expect(partial.standing('v1', 'Pod', '1.36')).toBeUndefined();
  });

  it('every kind of every committed version is sound in it, or deprecated', () => {
    for (const minor of ['1.33', '1.34', '1.35', '1.36'])
      for (const gvk of Object.keys((committed.kubernetes(minor) as { kinds: object }).kinds)) {
        const [kind = '', ...apiVersion] = gvk.split('/').toReversed();
        const state = lifecycle.standing(apiVersion.toReversed().join('/'), kind, minor)?.state;
        expect([gvk, state ?? 'deprecated']).toEqual([gvk, 'deprecated']);
      }
  });

  it('a definition speaks for the versions of its kind', () => {
    const files: Readonly<Record<string, unknown>> = {
      v1alpha1: { served: false, replacement: 'example.com/v1/Widget' },
      v1beta1: { deprecated: 'use v1', replacement: 'example.com/v1/Widget', shape: {} },
      v1: { shape: {} },
    };
    const custom = createApiLifecycle({ ...committed, crd: (_group, version) => files[version] });
    const states = Object.keys(files).map((version) => custom.standing(`example.com/${version}`, 'Widget', '1.34'));
    expect(states.map((s) => s?.state)).toEqual(['removed', 'deprecated', undefined]);
    expect(states[1]?.says).toContain('use v1');
  });
});
