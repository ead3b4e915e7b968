import { describe, expect, it } from 'vitest';
import { driftFindings } from '../../../generator/drift/findings.ts';
import { fieldDifferences } from '../../../generator/drift/fieldDiff.ts';
import { ownersAt, ownerTree } from '../../../generator/drift/fieldOwners.ts';
import { ignoreRule, matchesRule, settingsRules, withoutIgnored } from '../../../generator/drift/ignoreRules.ts';
import { parseJqPath } from '../../../generator/drift/jqPath.ts';
import { subsetDifferences } from '../../../generator/drift/subset.ts';
import { treeDrift } from '../../../generator/drift/files.ts';
import { reportedDrift, verdictOf } from '../../../generator/drift/verdicts.ts';
import type { TreeApplication } from '../../../generator/drift/desired.ts';
import { trackedApplication } from '../../../generator/drift/desired.ts';
import { sha } from '../../../generator/util/digest.ts';
import { chooseContexts } from '../../../generator/commands/drift/driftContexts.ts';
import { UsageError } from '../../../generator/model/diagnostic.ts';
import type { DriftReport } from '../../../generator/model/drift.ts';
import type { Value, ValueMap } from '../../../generator/model/values.ts';

const removed = (expression: string, value: Value): Value | undefined => parseJqPath(expression)?.remove(value);

describe('paths of jq', () => {
  const hooks = {
    webhooks: [
      { name: 'a', clientConfig: { caBundle: 'x', url: 'u' } },
      { name: 'b', clientConfig: {} },
    ],
  };
  it.each<[string, Value, Value]>([
    ['.a', { a: 1, b: 2 }, { b: 2 }],
    ['.a.b', { a: { b: 1, c: 2 } }, { a: { c: 2 } }],
    ['.a.b', { a: 1 }, { a: 1 }],
    ['.["a.b"]', { 'a.b': 1, c: 2 }, { c: 2 }],
    ['."a.b"', { 'a.b': 1, c: 2 }, { c: 2 }],
    ['.a["b"]', { a: { b: 1 } }, { a: {} }],
    ['.a[1]', { a: [1, 2, 3] }, { a: [1, 3] }],
    ['.a[]', { a: [1, 2, 3] }, { a: [] }],
    ['.a[].b', { a: [{ b: 1 }, { c: 2 }] }, { a: [{}, { c: 2 }] }],
    ['.a[]?.b?', { a: 'text' }, { a: 'text' }],
    ['.a, .b', { a: 1, b: 2, c: 3 }, { c: 3 }],
    ['.a | .b', { a: { b: 1 } }, { a: {} }],
    ['(.a, .b) | .c', { a: { c: 1 }, b: { c: 2 } }, { a: {}, b: {} }],
    ['.a[] | select(.name == "x")', { a: [{ name: 'x' }, { name: 'y' }, { name: 'x' }] }, { a: [{ name: 'y' }] }],
    ['.a[] | select(.name == "x").b', { a: [{ name: 'x', b: 1 }] }, { a: [{ name: 'x' }] }],
    ['.a[] | select(.name == "x") | .b', { a: [{ name: 'x', b: 1 }] }, { a: [{ name: 'x' }] }],
    [
      '.a[] | select(.n != 1 and has("b"))',
      { a: [{ n: 1, b: 1 }, { n: 2, b: 1 }, { n: 2 }] },
      { a: [{ n: 1, b: 1 }, { n: 2 }] },
    ],
    ['.a[] | select(.name | test("^x"))', { a: [{ name: 'xy' }, { name: 'y' }] }, { a: [{ name: 'y' }] }],
    ['.a[] | select(.name | startswith("x")) | .b', { a: [{ name: 'xy', b: 1 }] }, { a: [{ name: 'xy' }] }],
    ['.a[] | select((.b | not) and .c == 1)', { a: [{ c: 1 }, { b: true, c: 1 }] }, { a: [{ b: true, c: 1 }] }],
    ['.a[] | select(.d | has("x") or .y == 1)', { a: [{ d: { y: 1 } }, { d: {}, y: 1 }] }, { a: [{ d: {}, y: 1 }] }],
    ['.a[] | select(.b or .c | not)', { a: [{ b: true }, {}] }, { a: [{ b: true }] }],
    [
      '.webhooks[]?.clientConfig.caBundle',
      hooks,
      {
        webhooks: [
          { name: 'a', clientConfig: { url: 'u' } },
          { name: 'b', clientConfig: {} },
        ],
      },
    ],
  ])('%s', (expression, value, expected) => {
    expect(removed(expression, value)).toEqual(expected);
  });

  it.each([
    '',
    'a',
    '.a |',
    '.a[',
    '.a | map(.b)',
    'to_entries',
    '.a[] | select(.b > 1)',
    '..',
    '.a[1:2]',
    '.a as $x | .b',
    'del(.a)',
    '.a | select(test("["))',
    '.a["\u0007"]',
    '.a | select(.b == "\\q")',
    `.a | select(${'('.repeat(50_000)}`,
  ])('%s is not understood, and that is said (drift/ignore-rule)', (expression) => {
    expect(parseJqPath(expression)).toBeUndefined();
    expect(ignoreRule({ jqPathExpressions: [expression] }).unknown).toEqual([expression]);
  });
});

describe('rules of ignoreDifferences', () => {
  const deployment: ValueMap = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'lab' },
    spec: { replicas: 3, list: [1, 2] },
  };
  it.each<[ValueMap, boolean]>([
    [{ group: 'apps', kind: 'Deployment' }, true],
    [{ kind: 'Deployment' }, false],
    [{ group: '*', kind: '*' }, true],
    [{ group: 'ap?s', kind: 'Deploy*' }, true],
    [{ group: 'apps', kind: 'Deployment', name: 'other' }, false],
    [{ group: 'apps', kind: 'Deployment', namespace: 'lab', name: 'web' }, true],
  ])('%j', (rule, expected) => {
    expect(matchesRule(ignoreRule(rule), deployment)).toBe(expected);
  });

  it('pointers remove fields and list items, and nothing where there is nothing', () => {
    const rule = ignoreRule({
      jsonPointers: ['/spec/replicas', '/spec/list/0', '/spec/none/deep', '/metadata/labels/a~1b'],
    });
    expect(withoutIgnored(deployment, [rule])['spec']).toEqual({ list: [2] });
  });

  it('settings have them by group and kind, for the core by kind alone, and for all', () => {
    const rules = settingsRules({
      'resource.customizations.ignoreDifferences.apps_Deployment': 'jsonPointers: [/spec/replicas]',
      'resource.customizations.ignoreDifferences.ConfigMap': 'jqPathExpressions: [.data.a]',
      'resource.customizations.ignoreDifferences.all': 'managedFieldsManagers: [tuner]',
      'resource.customizations.ignoreDifferences.apps_StatefulSet': '{ broken',
      'resource.customizations.health.apps_Deployment': 'x',
    });
    expect(rules.map((r) => [r.group, r.kind, r.pointers.length, r.paths.length, [...r.managers]])).toEqual([
      ['apps', 'Deployment', 1, 0, []],
      ['', 'ConfigMap', 0, 1, []],
      ['*', '*', 0, 0, ['tuner']],
      ['apps', 'StatefulSet', 0, 0, []],
    ]);
  });
});

describe('fields', () => {
  const managed = (fieldsV1: ValueMap): ValueMap => ({
    metadata: { managedFields: [{ manager: 'm', operation: 'Apply', fieldsV1 }] },
  });
  const env = managed({
    'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
    'f:tags': { 'v:"x"': {} },
    'f:args': {},
  });

  it('items of keyed lists are found by their keys, of sets by their values, of others by their places', () => {
    const tree = ownerTree([env]);
    const one = { env: [{ name: 'A', value: '1' }, { name: 'B' }], tags: ['x', 'y'], args: ['a', 'b'] };
    const two = { env: [{ name: 'C' }, { name: 'A', value: '2' }], tags: ['z', 'x'], args: ['a', 'c'] };
    expect(fieldDifferences(one, two, tree).map((d) => [d.pointer, d.path])).toEqual([
      ['/env/1/value', 'env[name=A].value'],
      ['/env/1', 'env[name=B]'],
      ['/env/0', 'env[name=C]'],
      ['/tags/1', 'tags["y"]'],
      ['/tags/0', 'tags["z"]'],
      ['/args/1', 'args[1]'],
    ]);
  });

  it('what has no parts of its own belongs to the owner of the whole', () => {
    const tree = ownerTree([env]);
    expect(ownersAt(tree, ['f:args', 'i:1']).map((o) => o.name)).toEqual(['m']);
    expect(ownersAt(tree, ['f:env', 'k:{"name":"B"}'])).toEqual([]);
    expect(ownersAt(tree, ['f:env']).length).toBeGreaterThan(0);
  });

  it('without a prediction, other forms of the same value are equal, and what the tree does not say is nothing', () => {
    const desired = { cpu: '1000m', memory: '1Gi', time: '1h', empty: {}, list: [{ name: 'a', v: 1 }] };
    const live = {
      cpu: '1',
      memory: '1024Mi',
      time: '1h0m0s',
      more: 1,
      list: [{ name: 'b' }, { name: 'a', v: 1, d: 2 }],
    };
    expect(subsetDifferences(desired, live, ownerTree([]))).toEqual([]);
    expect(
      subsetDifferences({ cpu: '2', list: [{ name: 'a', v: 2 }] }, live, ownerTree([])).map((d) => d.pointer),
    ).toEqual(['/cpu', '/list/1/v']);
  });
});

describe('trees', () => {
  const text = new Map([
    ['apps/a.yaml', 'one'],
    ['root.yaml', 'root'],
    ['tree.lock', 'lock'],
  ]);
  const locked = { 'apps/a.yaml': sha('one'), 'root.yaml': sha('root') };
  it('inputs that moved are stale, files that moved are hand-edited, and both may be', () => {
    expect(treeDrift('c', text, text, locked)).toEqual({ stale: [], handEdited: [] });
    const rendered = new Map([...text, ['apps/a.yaml', 'two'], ['apps/b.yaml', 'new']]);
    const present = new Map([...text, ['apps/a.yaml', 'edited']]);
    present.delete('root.yaml');
    expect(treeDrift('c', rendered, present, locked)).toEqual({
      stale: [
        { path: 'deploy/c/apps/a.yaml', component: 'a', change: 'modify' },
        { path: 'deploy/c/apps/b.yaml', component: 'b', change: 'add' },
      ],
      handEdited: [
        { path: 'deploy/c/apps/a.yaml', component: 'a', change: 'modified' },
        { path: 'deploy/c/root.yaml', component: 'root', change: 'removed' },
      ],
    });
  });
  it('specs with errors leave the edits to be found; trees of clusters that are gone are stale', () => {
    expect(treeDrift('c', undefined, new Map(), locked).handEdited.length).toBe(2);
    expect(treeDrift('c', new Map(), text, locked).stale.map((f) => f.change)).toEqual(['delete', 'delete']);
  });
});

describe('the verdict of Argo CD', () => {
  const application: TreeApplication = {
    name: 'a-web',
    component: 'web',
    namespace: 'argocd',
    destination: 'web',
    rules: [],
    isChart: true,
    file: 'deploy/a/apps/web.yaml',
  };
  const live = (sync: string): ValueMap => ({
    status: {
      sync: { status: sync, revision: 'abc' },
      health: { status: 'Healthy' },
      resources: [
        { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'web', name: 'web', status: 'OutOfSync' },
        {
          version: 'v1',
          kind: 'Secret',
          namespace: 'web',
          name: 'gone',
          status: 'OutOfSync',
          health: { status: 'Missing' },
        },
        { version: 'v1', kind: 'Service', namespace: 'web', name: 'old', status: 'OutOfSync', requiresPruning: true },
        { version: 'v1', kind: 'ConfigMap', namespace: 'web', name: 'fine', status: 'Synced' },
      ],
    },
  });
  it('is the word for charts that are not rendered here', () => {
    expect(reportedDrift(application, live('OutOfSync')).map((d) => [d.state, d.apiVersion, d.kind, d.by])).toEqual([
      ['changed', 'apps/v1', 'Deployment', 'argocd'],
      ['missing', 'v1', 'Secret', 'argocd'],
      ['extra', 'v1', 'Service', 'argocd'],
    ]);
  });
  it('is reported where it contradicts the comparison (drift/argocd), and only then', () => {
    const own = reportedDrift(application, live('OutOfSync'));
    expect(verdictOf(application, live('Synced'), own, true).disagreement).toMatch(/Synced/);
    expect(verdictOf(application, live('OutOfSync'), [], true).disagreement).toMatch(/OutOfSync/);
    expect(verdictOf(application, live('OutOfSync'), own, true).disagreement).toBeUndefined();
    expect(verdictOf(application, live('Synced'), own, false).disagreement).toBeUndefined();
    expect(verdictOf(application, undefined, [], true).sync).toBe('Missing');
  });
  it('a mark counts for the object that it names', () => {
    const object = (mark: string): ValueMap => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'lab', annotations: { 'argocd.argoproj.io/tracking-id': mark } },
    });
    expect(trackedApplication(object('app:apps/Deployment:lab/web'))).toBe('app');
    expect(trackedApplication(object('app:apps/ReplicaSet:lab/web'))).toBeUndefined();
    expect(trackedApplication(object('app:apps/Deployment:other/web'))).toBeUndefined();
    expect(trackedApplication(object('nonsense'))).toBeUndefined();
  });
  it('stands among the findings, with live drift', () => {
    const report: DriftReport = {
      upstream: { asked: 0 },
      remedies: { stale: 's', handEdited: 'h', version: 'v', live: 'l' },
      clusters: [
        {
          name: 'a',
          stale: [{ path: 'deploy/a/apps/x.yaml', component: 'x', change: 'modify' }],
          handEdited: [{ path: 'deploy/a/apps/y.yaml', component: 'y', change: 'removed' }],
          versions: [{ what: 'chart', component: 'z', current: '1', catalog: '2', isUpstreamKnown: false }],
          live: {
            context: 'c',
            server: 's',
            compared: { predicted: 1, local: 0, reported: 0 },
            objects: reportedDrift(application, live('OutOfSync')).slice(0, 1),
            applications: [verdictOf(application, live('OutOfSync'), [], true)],
            unchecked: [],
            requests: 1,
            bytes: 1,
          },
        },
      ],
    };
    expect(driftFindings(report).map((d) => [d.code, d.at?.file])).toEqual([
      ['drift/stale', 'deploy/a/apps/x.yaml'],
      ['drift/hand-edited', 'deploy/a/apps/y.yaml'],
      ['drift/version', 'deploy/a/tree.lock'],
      ['drift/live', 'deploy/a/root.yaml'],
      ['drift/argocd', 'deploy/a/root.yaml'],
    ]);
  });
});

describe('contexts', () => {
  const known = ['a', 'b', 'hub'];
  const choose = (
    given: readonly string[],
    all: boolean,
    clusters: readonly string[],
  ): [string, string | undefined][] => [...chooseContexts({ given, all, clusters, known })];
  it('are named one by one, taken by the name of the cluster, or the current one for one cluster', () => {
    expect(choose(['x'], false, ['a'])).toEqual([['a', 'x']]);
    expect(choose([], false, ['a'])).toEqual([['a', undefined]]);
    expect(choose(['a=x', 'hub=arn:y=z'], false, ['a', 'b'])).toEqual([
      ['a', 'x'],
      ['hub', 'arn:y=z'],
    ]);
    expect(choose(['b=x'], true, ['a', 'b'])).toEqual([
      ['a', 'a'],
      ['b', 'x'],
      ['hub', 'hub'],
    ]);
  });
  it.each<[readonly string[], boolean, readonly string[]]>([
    [['x'], false, ['a', 'b']],
    [['x', 'y'], false, ['a']],
    [['x', 'a=y'], false, ['a']],
    [['c=x'], false, ['a']],
    [[], false, ['a', 'b']],
  ])('%j (all: %j) for %j is unclear', (given, all, clusters) => {
    expect(() => choose(given, all, clusters)).toThrow(UsageError);
  });
});
