import { expect, it } from 'vitest';
import { liveApis } from '../../../../generator/drift/live/apis.ts';
import type { ValueMap } from '../../../../generator/model/values.ts';
import type { ApiAnswer, Kubernetes } from '../../../../generator/ports.ts';

const list = (...items: readonly ValueMap[]): ValueMap => ({ kind: 'APIGroupDiscoveryList', items });
const resource = (kind: string, verbs: readonly string[]): ValueMap => ({ responseKind: { kind }, verbs });
const watched = ['get', 'list', 'watch'];

/** Answers of an API server; without one: 404. */
function server(answers: Readonly<Record<string, ApiAnswer>>): Kubernetes {
  const answer = async (path: string): Promise<ApiAnswer> => answers[path] ?? { status: 404, body: {} };
  const nothing = (): never => {
    throw new Error('not asked');
  };
  return {
    context: 'c',
    server: 'https://c',
    get: answer,
    discover: answer,
    listMetadata: nothing,
    predict: nothing,
    counts: nothing,
    close: nothing,
  };
}

const ok = (body: ValueMap): ApiAnswer => ({ status: 200, body });
const answers = {
  '/version': ok({ gitVersion: 'v1.34.4-eks-1234' }),
  '/api': ok(
    list({
      metadata: {},
      versions: [{ version: 'v1', resources: [resource('Pod', watched), resource('Binding', ['create'])] }],
    }),
  ),
  '/apis': ok(
    list(
      { metadata: { name: 'apps' }, versions: [{ version: 'v1', resources: [resource('Deployment', watched)] }] },
      { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
      {
        metadata: { name: 'authorization.k8s.io' },
        versions: [{ version: 'v1', resources: [resource('SubjectAccessReview', ['create'])] }],
      },
    ),
  ),
};

it('charts see the version and the APIs of the cluster, as Argo CD tells them', async () => {
  expect(await liveApis(server(answers), answers['/version'])).toEqual({
    kubeVersion: '1.34.4',
    apiVersions: ['apps/v1', 'apps/v1/Deployment', 'v1', 'v1/Pod'],
  });
});

it.each([
  ['/version', 403, 'the API server answers 403 to /version'],
  ['/apis', 403, 'the API server answers 403 to what it serves, and no list of it'],
  ['/api', 200, 'the API server answers 200 to what it serves, and no list of it'],
] as const)('says why they are not known: %s %d', async (path, status, why) => {
  const given = { ...answers, [path]: { status, body: {} } };
  expect(await liveApis(server(given), given['/version'])).toBe(why);
});
