import { describe, expect, it } from 'vitest';
import {
  guardedChanges,
  guardedReason,
  guardedText,
  guardFindings,
  unusedAcceptances,
} from '../../../generator/diff/guards.ts';
import type { AcceptedChange, FieldGuard } from '../../../generator/model/guard.ts';
import type { Change } from '../../../generator/model/model.ts';

const guard = (field: string, rest: Partial<FieldGuard> = {}): FieldGuard => ({
  component: 'db',
  kind: 'example.com/Database',
  name: undefined,
  field,
  match: undefined,
  allow: 'nothing',
  endless: undefined,
  because: 'it is fixed',
  hint: undefined,
  unsetOption: undefined,
  ...rest,
});

const database = (spec: string, name = 'main'): string =>
  `apiVersion: example.com/v1\nkind: Database\nmetadata:\n  name: ${name}\n  namespace: data\nspec: ${spec}\n`;

const application = (spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: a-db\n  namespace: argocd\nspec: ${spec}\n`;

const modify = (path: string, before: string, after: string): Change => ({
  path: `deploy/a/${path}`,
  cluster: 'a',
  kind: 'modify',
  before,
  after,
});

const manifest = 'manifests/db/database.yaml';

const held = (
  change: Change,
  fields: readonly FieldGuard[],
  accepted: readonly AcceptedChange[] = [],
  dataHolding: readonly string[] = [],
): string[] =>
  guardedChanges([change], { fields, accepted }, new Set(dataHolding)).map(
    (c) => `${c.accepted === undefined ? 'held' : 'accepted'} ${guardedText(c)}`,
  );

const of = (before: string, after: string): Change => modify(manifest, database(before), database(after));

describe('a guard that lets a field grow', () => {
  const grows = [guard('spec.size', { allow: 'increase' })];

  it.each([
    ['10Gi', '20Gi'],
    ['1Gi', '1024Mi'],
    ['1023Mi', '1Gi'],
    ['1', '2'],
    ['30d', '5w'],
    ['"4.9.0"', '"4.10.0"'],
    ['"4.2-IV0"', '"4.2-IV1"'],
  ])('takes %s → %s', (before, after) => {
    expect(held(of(`{ size: ${before} }`, `{ size: ${after} }`), grows)).toEqual([]);
  });

  it.each([
    ['20Gi', '10Gi'],
    ['10Gi', '5242880Ki'],
    ['2', '1'],
    ['5w', '30d'],
    ['"4.10.0"', '"4.9.0"'],
    ['large', 'small'],
    ['10Gi', 'null'],
  ])('holds %s → %s', (before, after) => {
    expect(held(of(`{ size: ${before} }`, `{ size: ${after} }`), grows)).toHaveLength(1);
  });

  it('takes a field that comes, and holds one that goes alone or with what it is part of', () => {
    const nested = [guard('spec.disks[*].size', { allow: 'increase' })];
    expect(held(of('{}', '{ size: 1Gi }'), grows)).toEqual([]);
    expect(held(of('{ size: 1Gi }', '{}'), grows)).toEqual(['held spec.size: 1Gi → nothing']);
    expect(held(of('{ disks: [{ name: a, size: 1Gi }] }', '{ disks: [] }'), nested)).toEqual([
      'held spec.disks[name=a].size: 1Gi → nothing',
    ]);
  });
});

describe('a guard that lets a retention grow', () => {
  const endless = [guard('spec.keep', { allow: 'increase', endless: [null, -1, '0'] })];

  it.each([
    ['{ keep: 7d }', '{}'],
    ['{ keep: 7d }', '{ keep: -1 }'],
    ['{ keep: 7d }', '{ keep: "-1" }'],
    ['{ keep: -1 }', '{}'],
    ['{ keep: 7d }', '{ keep: 0 }'],
  ])('takes %s → %s, for there is no end after it', (before, after) => {
    expect(held(of(before, after), endless)).toEqual([]);
  });

  it.each([
    ['{}', '{ keep: 30d }'],
    ['{ keep: -1 }', '{ keep: 30d }'],
    ['{ keep: 0 }', '{ keep: 30d }'],
    ['{ keep: 30d }', '{ keep: 7d }'],
  ])('holds %s → %s', (before, after) => {
    expect(held(of(before, after), endless)).toHaveLength(1);
  });

  it('lets a switch be turned on, and holds it when it is turned off', () => {
    const on = [guard('spec.keep', { allow: 'increase' })];
    expect(held(of('{ keep: false }', '{ keep: true }'), on)).toEqual([]);
    expect(held(of('{ keep: true }', '{ keep: false }'), on)).toEqual(['held spec.keep: true → false']);
  });
});

describe('a guard that keeps a field', () => {
  it('takes what comes with the part that it belongs to, and holds what joins a part that was there', () => {
    const inside = [guard('spec.volume.class'), guard('spec.disks[*].class')];
    expect(held(of('{}', '{ volume: { class: fast } }'), inside)).toEqual([]);
    expect(held(of('{ volume: { size: 1Gi } }', '{ volume: { size: 1Gi, class: fast } }'), inside)).toEqual([
      'held spec.volume.class: nothing → fast',
    ]);
    const disks = (...items: string[]): string => `{ disks: [${items.join(', ')}] }`;
    expect(held(of(disks('{ name: a }'), disks('{ name: b, class: fast }', '{ name: a }')), inside)).toEqual([]);
    expect(held(of(disks('{ name: a }'), disks('{ name: a, class: fast }')), inside)).toEqual([
      'held spec.disks[name=a].class: nothing → fast',
    ]);
    expect(held(of('{ volume: { class: slow } }', '{}'), inside)).toEqual(['held spec.volume.class: slow → nothing']);
  });

  it('holds every change of it and of what stands below it, and nothing beside it', () => {
    expect(held(of('{ a: { b: 1 }, ab: 1 }', '{ a: { b: 2 }, ab: 2 }'), [guard('spec.a')])).toEqual([
      'held spec.a.b: 1 → 2',
    ]);
    expect(held(of('{ m: { "x.y": 1, z: 1 } }', '{ m: { "x.y": 2, z: 2 } }'), [guard('spec.m["x.y"]')])).toEqual([
      'held spec.m["x.y"]: 1 → 2',
    ]);
  });

  it('compares the part of a text that it names', () => {
    const major = [guard('spec.image', { match: ':(\\d+)[^/]*$' })];
    expect(held(of('{ image: "r:5000/pg:17.1" }', '{ image: "r:5000/pg:17.9" }'), major)).toEqual([]);
    expect(held(of('{ image: "r:5000/pg:17.9" }', '{ image: "q:6000/pg:17.9" }'), major)).toEqual([]);
    expect(held(of('{ image: "r:5000/pg:17.9" }', '{ image: "r:5000/pg:18.0" }'), major)).toHaveLength(1);
  });

  it('is for objects of its kind and name', () => {
    const change = of('{ a: 1 }', '{ a: 2 }');
    expect(held(change, [guard('spec.a', { name: 'ma*' })])).toHaveLength(1);
    expect(held(change, [guard('spec.a', { name: 'other' })])).toEqual([]);
    expect(held(change, [guard('spec.a', { kind: 'example.org/Database' })])).toEqual([]);
  });

  it('gives way to one that stands before it', () => {
    const guards = [guard('spec.a.size', { allow: 'increase' }), guard('spec.a')];
    expect(held(of('{ a: { size: 1Gi, class: slow } }', '{ a: { size: 2Gi, class: fast } }'), guards)).toEqual([
      'held spec.a.class: slow → fast',
    ]);
  });
});

describe('an option that nobody has written down', () => {
  const unset = [guard('spec.version', { allow: 'increase', unsetOption: 'capabilities.db.version' })];

  it('does not move at all, not upwards either, and the finding names it', () => {
    const change = of('{ version: "4.1" }', '{ version: "4.2" }');
    expect(held(change, unset)).toEqual(['held spec.version: 4.1 → 4.2']);
    const [found] = guardFindings(guardedChanges([change], { fields: unset, accepted: [] }, new Set()));
    expect([found?.code, found?.severity, found?.at?.file]).toEqual([
      'publish/guarded-change',
      'error',
      `deploy/a/${manifest}`,
    ]);
    expect(found?.hint).toContain('Set capabilities.db.version to 4.1 to stay');
  });
});

describe('values of a chart', () => {
  const values = [guard('storage.size', { kind: undefined, allow: 'increase' })];
  const chart = (size: string): string =>
    application(`{ source: { chart: db, helm: { valuesObject: { storage: { size: ${size} } } } } }`);

  it('are guarded in the Application of the component, and of no other', () => {
    const change = modify('apps/db.yaml', chart('2Gi'), chart('1Gi'));
    expect(held(change, values)).toEqual(['held storage.size: 2Gi → 1Gi']);
    expect(held({ ...change, path: 'deploy/a/apps/other.yaml' }, values)).toEqual([]);
  });

  it('are not missed when the component is delivered as manifests from now on', () => {
    const manifests = application('{ source: { path: deploy/a/manifests/db } }');
    expect(held(modify('apps/db.yaml', chart('2Gi'), manifests), values)).toEqual([]);
  });
});

describe('what Kubernetes and Argo CD guard themselves', () => {
  it('fields that the API server refuses to change', () => {
    const set = (name: string): string =>
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: s, namespace: n }\nspec: { serviceName: ${name} }\n`;
    expect(held(modify('manifests/x/s.yaml', set('a'), set('b')), [])).toEqual(['held spec.serviceName: a → b']);
    const claim = (size: string): string =>
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: c, namespace: n }\nspec: { resources: { requests: { storage: ${size} } } }\n`;
    expect(held(modify('manifests/x/c.yaml', claim('1Gi'), claim('2Gi')), [])).toEqual([]);
    expect(held(modify('manifests/x/c.yaml', claim('2Gi'), claim('1Gi')), [])).toHaveLength(1);
  });

  it('claims that pods mount: not another one in its place, and not none', () => {
    const web = (...volumes: string[]): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: w, namespace: n }\nspec: { template: { spec: { volumes: [${volumes.join(', ')}] } } }\n`;
    const claim = (name: string): string => `{ name: data, persistentVolumeClaim: { claimName: ${name} } }`;
    const ofWeb = (before: string, after: string): string[] => held(modify('manifests/x/w.yaml', before, after), []);
    expect(ofWeb(web('{ name: tmp, emptyDir: {} }'), web('{ name: tmp, emptyDir: {} }', claim('a')))).toEqual([]);
    expect(ofWeb(web(claim('a')), web(claim('b')))).toHaveLength(1);
    expect(ofWeb(web(claim('a')), web('{ name: data, emptyDir: {} }'))).toHaveLength(1);
    expect(ofWeb(web(claim('a')), web())).toHaveLength(1);
  });

  it('where the objects of a component with data are, and under which release', () => {
    const at = (namespace: string, release: string): string =>
      application(
        `{ destination: { namespace: ${namespace}, name: in-cluster }, source: { helm: { releaseName: ${release} } } }`,
      );
    const change = modify('apps/db.yaml', at('a', 'one'), at('b', 'two'));
    expect(held(change, [], [], ['db'])).toEqual([
      'held spec.destination.namespace: a → b',
      'held spec.source.helm.releaseName: one → two',
    ]);
    expect(held(change, [], [], ['other'])).toEqual([]);
    const manifests = application('{ destination: { namespace: a, name: in-cluster }, source: { path: m } }');
    expect(held(modify('apps/db.yaml', at('a', 'one'), manifests), [], [], ['db'])).toEqual([]);
    expect(held(modify('apps/db.yaml', manifests, at('a', 'one')), [], [], ['db'])).toEqual([]);
  });
});

describe('the chart of a component with data', () => {
  const at = (revision: string): string =>
    application(
      `{ destination: { namespace: a, name: in-cluster }, source: { targetRevision: ${JSON.stringify(revision)}, helm: { releaseName: db } } }`,
    );

  it.each([
    ['1.10.0', '1.9.0', true],
    ['v2.0.0', 'v1.9.9', true],
    ['refs/tags/chart-1.2.3', 'refs/tags/chart-1.2.2', true],
    ['1.9.0', '1.10.0', false],
    ['refs/tags/v1.2.2', 'refs/tags/v1.2.3', false],
  ])('may not become older: %s → %s', (before, after, isHeld) => {
    const change = modify('apps/db.yaml', at(before), at(after));
    expect(held(change, [], [], ['db'])).toEqual(
      isHeld ? [`held spec.source.targetRevision: ${before} → ${after}`] : [],
    );
    expect(held(change, [], [], ['other'])).toEqual([]);
  });

  it('is not meant by the branch of one that is delivered as manifests', () => {
    const manifests = (branch: string): string =>
      application(
        `{ destination: { namespace: a, name: in-cluster }, source: { path: m, targetRevision: ${branch} } }`,
      );
    for (const [before, after] of [
      [manifests('main'), manifests('next')],
      [at('1.0.0'), manifests('main')],
    ] as const)
      expect(held(modify('apps/db.yaml', before, after), [], [], ['db'])).toEqual([]);
  });
});

describe('an agreement in the spec', () => {
  const at = { file: 'clusters/a.yaml', line: 3, col: 5 };
  const change = of('{ a: 1, b: 1 }', '{ a: 2, b: 2 }');
  const guards = [guard('spec.a'), guard('spec.b')];

  it('is for the component, and narrower by kind, name and field', () => {
    const whole: AcceptedChange = { component: 'db', reason: 'Meant.', at };
    expect(held(change, guards, [whole])).toEqual(['accepted spec.a: 1 → 2', 'accepted spec.b: 1 → 2']);
    expect(held(change, guards, [{ ...whole, field: 'spec.a' }])).toEqual([
      'accepted spec.a: 1 → 2',
      'held spec.b: 1 → 2',
    ]);
    expect(held(change, guards, [{ ...whole, kind: 'Other' }])).toEqual(['held spec.a: 1 → 2', 'held spec.b: 1 → 2']);
    expect(held(change, guards, [{ ...whole, component: 'dbx' }])).toEqual([
      'held spec.a: 1 → 2',
      'held spec.b: 1 → 2',
    ]);
  });

  it('is warned of when it agrees to nothing', () => {
    const idle: AcceptedChange = { component: 'db', field: 'spec.c', reason: 'Meant.', at };
    const changes = guardedChanges([change], { fields: guards, accepted: [idle] }, new Set());
    expect(unusedAcceptances([idle], changes).map((d) => [d.code, d.severity, d.at])).toEqual([
      ['spec/unused-acceptance', 'warning', at],
    ]);
    expect(guardedReason(changes[0] ?? never())).toBe('it is fixed');
  });
});

function never(): never {
  throw new Error('nothing is held');
}
