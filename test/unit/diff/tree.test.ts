import { describe, expect, it } from 'vitest';
import { diffTrees } from '../../../generator/diff/tree.ts';
import { stepOf } from '../../../generator/diff/versions.ts';
import { kindTable } from '../../../generator/kubernetes/kindTable.ts';
import type { ClusterDiff } from '../../../generator/model/diff.ts';
import { objectText } from '../../../generator/model/diff.ts';
import type { Change } from '../../../generator/model/model.ts';
import { alikeClusters } from '../../../generator/report/diffText.ts';

type Sides = readonly [path: string, before: string | undefined, after: string | undefined];

const change = ([path, before, after]: Sides, cluster = 'a'): Change => ({
  path: `deploy/${cluster}/${path}`,
  cluster,
  kind: before === undefined ? 'add' : after === undefined ? 'delete' : 'modify',
  before,
  after,
});
const cluster = (...sides: readonly Sides[]): ClusterDiff | undefined =>
  diffTrees(
    sides.map((s) => change(s)),
    'main',
    kindTable([]),
  ).clusters[0];
const notes = (...sides: readonly Sides[]): string[] =>
  (cluster(...sides)?.notes ?? []).map((n) => `${n.concern} ${n.object ?? n.component}: ${n.text}`);

const object = (kind: string, name: string, body: string, apiVersion = 'v1'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ns }\n${body}\n`;
const workload = (body: string): string => object('StatefulSet', 'db', body, 'apps/v1');
const lock = (version: string, extra = ''): string =>
  `cluster: a\ncatalog: { version: 1.0.0 }\ncomponents: { db: { chart: db, version: ${version}${extra}, dataHolding: true } }\nfiles: {}\n`;

describe('what is said first', () => {
  it.each<[string, Sides, string[]]>([
    [
      'immutable fields',
      ['manifests/x/s.yaml', workload('spec: { serviceName: a }'), workload('spec: { serviceName: b }')],
      ['refused StatefulSet ns/db: spec.serviceName: a → b: the API server refuses to change it'],
    ],
    ...[
      ['10Gi', '5242880Ki'],
      ['1Ti', '500e9'],
      ['1.5G', '1G'],
      ['2048Ki', '1M'],
    ].map(([before = '', after = '']): [string, Sides, string[]] => [
      `volumes that shrink from ${before} to ${after}`,
      [
        'manifests/x/s.yaml',
        object('PersistentVolumeClaim', 'k', `spec: { resources: { requests: { storage: ${before} } } }`),
        object('PersistentVolumeClaim', 'k', `spec: { resources: { requests: { storage: ${after} } } }`),
      ],
      [
        `data PersistentVolumeClaim ns/k: spec.resources.requests.storage: ${before} → ${Number(after) > 0 ? Number(after) : after}: volumes do not shrink`,
      ],
    ]),
    [
      'what is the same size, or grows',
      [
        'manifests/x/s.yaml',
        object('Kafka', 'k', 'spec: { a: { storage: 1Gi }, b: { size: 10Gi }, c: { retentionSize: 50GB } }'),
        object('Kafka', 'k', 'spec: { a: { storage: 1024Mi }, b: { size: 20971520Ki }, c: { retentionSize: 60GB } }'),
      ],
      ['resources Kafka ns/k: spec.a.storage: 1Gi → 1024Mi', 'resources Kafka ns/k: spec.b.size: 10Gi → 20971520Ki'],
    ],
    [
      'time and room that shrink',
      [
        'manifests/x/s.yaml',
        object('Prometheus', 'k', 'spec: { retention: 1w3d, retentionSize: 1TB }'),
        object('Prometheus', 'k', 'spec: { retention: 9d, retentionSize: 999GB }'),
      ],
      [
        'data Prometheus ns/k: spec.retention: 1w3d → 9d: what is older goes',
        'data Prometheus ns/k: spec.retentionSize: 1TB → 999GB: what is older goes',
      ],
    ],
    [
      'volumes that shrink',
      [
        'manifests/x/s.yaml',
        object('Kafka', 'k', 'spec: { storage: { size: 1Ti } }'),
        object('Kafka', 'k', 'spec: { storage: { size: 500Gi } }'),
      ],
      ['data Kafka ns/k: spec.storage.size: 1Ti → 500Gi: volumes do not shrink'],
    ],
    [
      'volumes that grow',
      [
        'manifests/x/s.yaml',
        object('Kafka', 'k', 'spec: { storage: { size: 1000Mi } }'),
        object('Kafka', 'k', 'spec: { storage: { size: 1Gi } }'),
      ],
      ['resources Kafka ns/k: spec.storage.size: 1000Mi → 1Gi'],
    ],
    [
      'shorter retention',
      ['manifests/x/s.yaml', object('P', 'p', 'spec: { retention: 4w }'), object('P', 'p', 'spec: { retention: 20d }')],
      ['data P ns/p: spec.retention: 4w → 20d: what is older goes'],
    ],
    [
      'images of containers that came and changed',
      [
        'manifests/x/s.yaml',
        workload('spec: { template: { spec: { containers: [{ name: a, image: "a:1" }] } } }'),
        workload(
          'spec: { template: { spec: { containers: [{ name: b, image: "b:1" }, { name: a, image: "a:2" }] } } }',
        ),
      ],
      [
        'image StatefulSet ns/db: spec.template.spec.containers[name=a].image: a:1 → a:2',
        'image StatefulSet ns/db: spec.template.spec.containers[name=b].image: nothing → b:1',
      ],
    ],
    [
      'claims that go',
      ['manifests/x/p.yaml', object('PersistentVolumeClaim', 'p', ''), undefined],
      ['data PersistentVolumeClaim ns/p: removed, with the data behind it'],
    ],
    [
      'protection that goes',
      [
        'manifests/x/p.yaml',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, annotations: { argocd.argoproj.io/sync-options: "Prune=false" } }\n',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n',
      ],
      [
        'data ConfigMap c: metadata.annotations["argocd.argoproj.io/sync-options"]: Prune=false → nothing: no longer protected from removal',
      ],
    ],
    [
      'hooks that come',
      [
        'manifests/x/j.yaml',
        undefined,
        'apiVersion: batch/v1\nkind: Job\nmetadata: { name: j, annotations: { helm.sh/hook: pre-upgrade } }\n',
      ],
      ['hook Job j: new hook, runs at PreSync'],
    ],
  ])('%s', (_about, sides, expected) => {
    expect(notes(sides)).toEqual(expected);
  });

  it('versions, and another package of the same version', () => {
    expect(notes(['tree.lock', lock('1.2.0'), lock('2.0.0')])).toEqual(['version db: chart db 1.2.0 → 2.0.0 (major)']);
    expect(notes(['tree.lock', lock('1.2.0', ', digest: aa'), lock('1.2.0', ', digest: bb')])).toEqual([]);
    expect([stepOf('v1.9.0', 'v1.10.0'), stepOf('1.2.0', '1.1.9'), stepOf('latest', '1')]).toEqual([
      undefined,
      'downgrade',
      'major',
    ]);
  });
});

describe('objects', () => {
  const long = 'data: { text: "a text that is long enough to know an object by it" }';

  it('that have another name or component are recognised', () => {
    const found = cluster(
      ['manifests/one/m.yaml', object('ConfigMap', 'moved', long), undefined],
      ['manifests/two/m.yaml', undefined, object('ConfigMap', 'moved', long)],
      ['manifests/two/r.yaml', object('ConfigMap', 'before', `${long}\n# other`.replace('text:', 'word:')), undefined],
      ['manifests/two/s.yaml', undefined, object('ConfigMap', 'after', long.replace('text:', 'word:'))],
    );
    const objects = found?.components.flatMap((c) => c.objects) ?? [];
    expect(objects.map((o) => [o.change, objectText(o), o.from?.component, o.from?.name])).toEqual([
      ['renamed', 'ConfigMap ns/after', 'two', 'before'],
      ['moved', 'ConfigMap ns/moved', 'one', 'moved'],
    ]);
  });

  it('a chart under another component name is renamed', () => {
    const application = (name: string): string =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: a-${name}, namespace: argocd }\nspec: { source: { chart: c, repoURL: r, targetRevision: 1.0.0, helm: { releaseName: ${name}, valuesObject: { x: 1 } } } }\n`;
    const found = cluster(
      ['apps/old.yaml', application('old'), undefined],
      ['apps/new.yaml', undefined, application('new')],
    );
    expect(found?.components.map((c) => [c.name, c.change, c.from])).toEqual([['new', 'renamed', 'old']]);
  });

  it('that differ in order and formatting alone are the same', () => {
    const sides: Sides = [
      'manifests/x/c.yaml',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: s }\nimagePullSecrets: [{ name: a }, { name: b }]\n',
      '# c\nkind: "ServiceAccount"\napiVersion: v1\nimagePullSecrets:\n  - name: b\n  - name: a\nmetadata:\n  name: s\n',
    ];
    expect(cluster(sides)).toBeUndefined();
  });

  it('what a Secret holds is not shown', () => {
    const secret = (value: string): string =>
      `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { key: ${value} }\n`;
    const text = JSON.stringify(cluster(['manifests/x/s.yaml', secret('hunter2'), secret('hunter3')]));
    expect(text).not.toContain('hunter');
    expect(text).toContain('stringData.key');
  });

  it('a text that is no YAML has none', () => {
    const found = cluster(['manifests/x/c.yaml', '{{{', object('ConfigMap', 'c', long)]);
    expect(found?.components[0]?.objects.map((o) => o.change)).toEqual(['added']);
  });
});

it('clusters that change alike are told by one', () => {
  const of = (name: string, text: string): Change =>
    change(
      [
        'manifests/x/c.yaml',
        object('ConfigMap', 'c', `data: { host: ${name}.x }`),
        object('ConfigMap', 'c', `data: { host: ${name}.x, t: ${text} }`),
      ],
      name,
    );
  const { clusters, radius } = diffTrees([of('a', '1'), of('b', '1'), of('c', '2')], 'main', kindTable([]));
  expect(alikeClusters(clusters).map((g) => g.names)).toEqual([['a', 'b'], ['c']]);
  expect(radius).toEqual({ clusters: 3, components: 3, objects: 3, fields: 3 });
});
