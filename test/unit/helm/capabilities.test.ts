import { expect, test } from 'vitest';
import { apiVersionsOf } from '../../../generator/helm/capabilities.ts';
import type { ComponentPlan } from '../../../generator/model/model.ts';

const kinds = [
  'v1/ConfigMap',
  'v1/Binding',
  'apps/v1/Deployment',
  'authentication.k8s.io/v1/TokenReview',
  'resource.k8s.io/v1beta2/ResourceClaim',
  'resource.k8s.io/v1alpha3/DeviceTaintRule',
  'internal.apiserver.k8s.io/v1alpha1/StorageVersion',
];
const planned = (...crds: string[]): ComponentPlan[] => [{ component: { crds } } as unknown as ComponentPlan];
const apis = {
  kubernetes: () => ({
    kinds: Object.fromEntries(kinds.map((kind) => [kind, {}])),
  }),
  versions: (group: string) => (group === 'example.com' ? ['v1', 'v1beta1'] : []),
};

test('the APIs of Kubernetes that a server has on without being told, and that can be listed and watched', () => {
  expect(apiVersionsOf([], '1.34', apis)).toEqual(['apps/v1', 'apps/v1/Deployment', 'v1', 'v1/ConfigMap']);
});

test('the definitions of planned components in every version, also early ones', () => {
  const found = apiVersionsOf(planned('example.com/Thing', 'unknown.example.com/Other'), '1.34', apis);
  expect(found.filter((name) => name.includes('example.com'))).toEqual([
    'example.com/v1',
    'example.com/v1/Thing',
    'example.com/v1beta1',
    'example.com/v1beta1/Thing',
  ]);
});
