import { describe, expect, it } from 'vitest';
import type { Guard } from '../../../generator/tree/deletions.ts';
import { kindTable } from '../../../generator/kubernetes/kindTable.ts';
import type { Consent } from '../../../generator/model/finished.ts';
import { deletionFindings, deletionTrailers, removalsOf, unusedConsents } from '../../../generator/tree/deletions.ts';
import type { Change } from '../../../generator/model/model.ts';

const text = (apiVersion: string, kind: string, name: string, more = ''): string =>
  `# header\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const removed = (path: string, before: string): Change => ({
  path,
  before,
  after: undefined,
  cluster: 'a',
  kind: 'delete',
});
const application = (name: string): Change =>
  removed(`deploy/a/apps/${name}.yaml`, text('argoproj.io/v1alpha1', 'Application', `a-${name}`));
const object = (apiVersion: string, kind: string, name = 'x', more = ''): Change =>
  removed(`deploy/a/manifests/c/${kind.toLowerCase()}-${name}.yaml`, text(apiVersion, kind, name, more));
const consent = (fields: Partial<Consent>): Consent => ({
  component: 'c',
  reason: 'So.',
  at: { file: 'clusters/a.yaml', line: 1, col: 1 },
  ...fields,
});
const kinds = kindTable([
  ...['kafka.strimzi.io/Kafka', 'kafka.strimzi.io/KafkaTopic', 'postgresql.cnpg.io/Cluster'].map((kind) => ({
    kind,
    data: true,
  })),
  { kind: 'monitoring.coreos.com/*', data: false },
]);
const guard = (fields: Partial<Guard> = {}): Guard => ({
  dataHolding: new Set(),
  kinds,
  budget: 0,
  consents: [],
  ...fields,
});
const asked = (changes: readonly Change[], given: Guard = guard()): unknown[] =>
  deletionFindings(removalsOf(changes, given), given.budget).map((d) => d.at?.file);

describe('removals that ask', () => {
  it.each([
    ['v1', 'PersistentVolumeClaim'],
    ['v1', 'Namespace'],
    ['apps/v1', 'StatefulSet'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['kafka.strimzi.io/v1', 'Kafka'],
    ['kafka.strimzi.io/v1', 'KafkaTopic'],
    ['postgresql.cnpg.io/v1', 'Cluster'],
  ])('%s %s', (apiVersion, kind) => {
    const change = object(apiVersion, kind);
    expect(asked([change])).toEqual([change.path]);
    expect(asked([change], guard({ budget: 9 }))).toEqual([change.path]);
  });

  it('not every object, but every one of a component that holds data or is marked', () => {
    expect(asked([object('apps/v1', 'Deployment'), object('example.com/v1', 'Cluster')])).toEqual([]);
    expect(asked([object('apps/v1', 'Deployment')], guard({ dataHolding: new Set(['c']) }))).toHaveLength(1);
    expect(asked([object('v1', 'Secret', 'x', '  annotations: { a: Prune=false }\n')])).toHaveLength(1);
    for (const [apiVersion, kind] of [
      ['monitoring.coreos.com/v1', 'PodMonitor'],
      ['networking.k8s.io/v1', 'NetworkPolicy'],
      ['v1', 'Service'],
    ] as const)
      expect(asked([object(apiVersion, kind)], guard({ dataHolding: new Set(['c']) }))).toEqual([]);
  });

  it('Applications beyond the budget', () => {
    expect(asked([application('c'), application('d')], guard({ budget: 2 }))).toEqual([]);
    expect(asked([application('c'), application('d')], guard({ budget: 1 }))).toHaveLength(2);
    expect(asked([application('c')], guard({ budget: 1, dataHolding: new Set(['c']) }))).toHaveLength(1);
  });

  it('not what turns into the chart that brings it', () => {
    const turned: Change = {
      path: 'deploy/a/apps/c.yaml',
      cluster: 'a',
      kind: 'modify',
      before: 'spec:\n  source:\n    path: p\n',
      after: 'spec:\n  source:\n    chart: c\n',
    };
    expect(asked([turned, object('apps/v1', 'StatefulSet')])).toEqual([]);
    expect(
      asked([{ ...turned, after: 'spec:\n  source:\n    path: p\n    helm:\n' }, object('v1', 'Namespace')]),
    ).toEqual([]);
    expect(asked([{ ...turned, path: 'deploy/a/apps/d.yaml' }, object('apps/v1', 'StatefulSet')])).toHaveLength(1);
    const definition = removed(
      'deploy/a/manifests/c-crds/crd-x.yaml',
      text('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'x'),
    );
    expect(asked([turned, application('c-crds'), definition])).toEqual([]);
    expect(asked([turned, application('c')])).toHaveLength(1);
    expect(asked([application('c-crds'), definition])).toHaveLength(2);
  });
});

describe('consent', () => {
  const set = object('apps/v1', 'StatefulSet');
  const claim = object('v1', 'PersistentVolumeClaim', 'y');

  it('covers a component, its definitions, or only what it names', () => {
    expect(asked([application('c'), application('c-crds'), set], guard({ consents: [consent({})] }))).toEqual([]);
    const one = guard({ consents: [consent({ kind: 'StatefulSet', name: 'x' })] });
    expect(asked([application('c'), set, claim], one)).toEqual([application('c').path, claim.path]);
    expect(asked([set], guard({ consents: [consent({ component: 'd' })] }))).toHaveLength(1);
  });

  it('does not use up the budget', () => {
    const given = guard({ budget: 1, consents: [consent({})] });
    expect(asked([application('c'), application('d')], given)).toEqual([]);
  });

  it('is told in the commit, with the reason, and warned of when it agrees to nothing', () => {
    const consents = [consent({}), consent({ component: 'gone' })];
    const removals = removalsOf([set, application('d')], guard({ consents }));
    expect(deletionTrailers(removals)).toEqual([
      'Slipway-Deletion: a/c: So.',
      'Slipway-Deletion: a/d: agreed to with --allow-delete',
    ]);
    expect(unusedConsents(consents, removals).map((d) => [d.code, d.severity])).toEqual([
      ['spec/unused-deletion', 'warning'],
    ]);
  });
});
