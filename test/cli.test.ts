import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterSpec, demoCatalog } from './helpers/demo.ts';
import { fleet, git, run, snapshot, workspace } from './helpers/workspace.ts';

const spec = clusterSpec('a', '  capabilities:\n    demo: { replicas: 3 }\n');
const demo = (extra: Readonly<Record<string, string>> = {}): string =>
  workspace({ ...demoCatalog, 'clusters/a.yaml': spec, ...extra });
const findings = (root: string, ...args: string[]): [string, string | undefined, number | undefined][] =>
  (
    JSON.parse(run(root, [...args, '-o', 'json']).stdout) as {
      diagnostics: { code: string; severity: string; file?: string; line?: number }[];
    }
  ).diagnostics
    .filter((d) => d.severity === 'error')
    .map((d) => [d.code, d.file, d.line]);

describe('render', () => {
  it('writes the tree once; the second run changes nothing', () => {
    const root = demo();
    const first = run(root, ['render']);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('files changed');
    const before = snapshot(join(root, 'deploy'));
    expect([...before.keys()]).toEqual([
      'a/apps/demo-chart.yaml',
      'a/apps/demo-config.yaml',
      'a/apps/namespaces.yaml',
      'a/manifests/demo-config/configmap-demo-demo.yaml',
      'a/manifests/namespaces/namespace-demo.yaml',
      'a/root.yaml',
      'a/tree.lock',
    ]);
    expect(run(root, ['render']).stderr).toContain('nothing changed');
    expect(snapshot(join(root, 'deploy'))).toEqual(before);
    expect(run(root, ['render', '--check']).code).toBe(0);
  });

  it('gives the same bytes in another folder, time zone and locale, whatever the order of files', () => {
    const one = demo();
    const two = workspace(Object.fromEntries(Object.entries({ 'clusters/a.yaml': spec, ...demoCatalog }).reverse()));
    run(one, ['render'], { TZ: 'UTC', LANG: 'C' });
    run(two, ['render'], { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
    expect(snapshot(join(two, 'deploy'))).toEqual(snapshot(join(one, 'deploy')));
  });

  it('renders in threads what it renders in one: trees, findings and fleet', () => {
    const specs = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => {
        const hub = i % 3 === 0 ? '' : '  argocd: { hub: c0 }\n';
        return [
          `clusters/c${i}.yaml`,
          clusterSpec(`c${i}`, `${hub}  capabilities:\n    demo: { replicas: ${i + 1} }\n`),
        ];
      }),
    );
    const trees = ['1', '3'].map((jobs) => {
      const root = demo(specs);
      expect(run(root, ['render', '-j', jobs]).code).toBe(0);
      expect(run(root, ['render']).stderr).toContain('nothing changed');
      return snapshot(join(root, 'deploy'));
    });
    expect(trees[0]?.size).toBe(61 * 7 + 2);
    expect(trees[1]).toEqual(trees[0]);
    const broken = {
      ...specs,
      'clusters/c9.yaml': clusterSpec('c9', '  capabilities:\n    demo: { replicas: 100 }\n'),
    };
    expect(findings(demo(broken), 'render', '-j', '3')).toEqual([['spec/rule', 'clusters/c9.yaml', 9]]);
  });

  it('--check exits with 2 and writes nothing when the tree is not current', () => {
    const root = demo();
    expect(run(root, ['render', '--check']).code).toBe(2);
    expect(snapshot(join(root, 'deploy')).size).toBe(0);
  });

  it('touches only files whose content changes', () => {
    const root = demo();
    run(root, ['render']);
    writeFileSync(join(root, 'clusters/a.yaml'), spec.replace('replicas: 3', 'replicas: 4'));
    const report = JSON.parse(run(root, ['render', '-o', 'json']).stdout) as { data: { changes: { path: string }[] } };
    expect(report.data.changes.map((c) => c.path)).toEqual([
      'deploy/a/apps/demo-chart.yaml',
      'deploy/a/manifests/demo-config/configmap-demo-demo.yaml',
      'deploy/a/tree.lock',
    ]);
  });

  it('protects hand-edited files until --force', () => {
    const root = demo();
    run(root, ['render']);
    const file = join(root, 'deploy/a/apps/demo-chart.yaml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}# mine\n`);
    expect(findings(root, 'render')).toEqual([['publish/hand-edited', 'deploy/a/apps/demo-chart.yaml', 1]]);
    expect(readFileSync(file, 'utf8')).toContain('# mine');
    expect(run(root, ['render', '--force']).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain('# mine');
  });

  it('leaves files alone that it did not write, and does not overwrite them', () => {
    const root = demo({ 'deploy/a/notes.md': 'mine', 'deploy/a/root.yaml': 'mine\n' });
    expect(findings(root, 'render')).toEqual([['publish/not-owned', 'deploy/a/root.yaml', 1]]);
    expect(run(root, ['render', '--force']).code).toBe(0);
    expect(readFileSync(join(root, 'deploy/a/notes.md'), 'utf8')).toBe('mine');
  });

  it('asks for consent before it removes Applications and namespaces', () => {
    const root = demo();
    run(root, ['render']);
    writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', ''));
    const before = snapshot(join(root, 'deploy'));
    expect(findings(root, 'render').map(([code]) => code)).toContain('publish/deletion');
    expect(snapshot(join(root, 'deploy'))).toEqual(before);
    expect(run(root, ['render', '--allow-delete']).code).toBe(0);
    expect([...snapshot(join(root, 'deploy')).keys()]).toEqual([
      'a/apps/namespaces.yaml',
      'a/root.yaml',
      'a/tree.lock',
    ]);
  });

  it('removes Applications within the budget of the spec without consent, never what holds data', () => {
    const component = 'catalog/demo/demo-chart/component.yaml';
    const held = `${demoCatalog[component] ?? ''}  dataHolding: true\n`;
    const withBudget = (n: number, extra = {}): string => {
      const root = demo({ ...extra });
      run(root, ['render']);
      const without = `  deletionBudget: ${n}\n  capabilities:\n    demo: { replicas: 3 }\n  components:\n    demo-chart: { enabled: false }\n`;
      writeFileSync(join(root, 'clusters/a.yaml'), clusterSpec('a', without));
      return root;
    };
    expect(findings(withBudget(0), 'render')).toEqual([['publish/deletion', 'deploy/a/apps/demo-chart.yaml', 1]]);
    expect(findings(withBudget(1, { [component]: held }), 'render')).toEqual([
      ['publish/deletion', 'deploy/a/apps/demo-chart.yaml', 1],
    ]);
    const root = withBudget(1);
    expect(run(root, ['render']).code).toBe(0);
    expect([...snapshot(join(root, 'deploy')).keys()]).not.toContain('a/apps/demo-chart.yaml');
  });

  it('removes the tree of a cluster that is gone, with consent', () => {
    const root = demo({ 'clusters/b.yaml': clusterSpec('b', '  capabilities: { demo: {} }\n') });
    run(root, ['render']);
    rmSync(join(root, 'clusters/b.yaml'));
    expect(run(root, ['render']).code).toBe(1);
    expect(run(root, ['render', '--allow-delete']).code).toBe(0);
    expect([...snapshot(join(root, 'deploy')).keys()].every((p) => p.startsWith('a/'))).toBe(true);
  });
});

describe('bad input', () => {
  it.each([
    ['a typo', '  capabilities:\n    demo: { replicsa: 3 }\n', 'schema/unknown-key', 9],
    ['a wrong type', '  capabilities:\n    demo: { replicas: many }\n', 'schema/type', 9],
    ['a value out of bounds', '  capabilities:\n    demo: { replicas: 0 }\n', 'schema/value', 9],
    ['an unknown capability', '  capabilities:\n    kafak: {}\n', 'spec/unknown-capability', 9],
    [
      'a rule for each item',
      '  capabilities:\n    demo:\n      items:\n        - { name: b }\n        - name: a\n          size: 9\n',
      'spec/rule',
      13,
    ],
    ['a rule', '  capabilities:\n    demo: { replicas: 100 }\n', 'spec/rule', 9],
    ['an option of what is not chosen', '  capabilities:\n    demo: { glitter: 1 }\n', 'spec/option-not-applicable', 9],
    ['a required key of a list item', '  capabilities:\n    demo: { items: [{ size: 1 }] }\n', 'schema/required', 9],
    ['an unknown component', '  components:\n    demo-chrat: { version: 1.0.0 }\n', 'spec/unknown-component', 9],
    ['an unknown environment', '  environment: prdo\n', 'spec/unknown-environment', 8],
    ['a pin that does not exist', '  catalog: v9\n', 'catalog/pin', 8],
  ])('%s is an error at its line, and nothing is written', (_, lines, code, line) => {
    const root = demo({ 'clusters/a.yaml': clusterSpec('a', lines) });
    expect(findings(root, 'render')).toEqual([[code, 'clusters/a.yaml', line]]);
    expect(run(root, ['render']).code).toBe(1);
    expect(snapshot(join(root, 'deploy')).size).toBe(0);
  });

  it('reports every problem of every file in one run', () => {
    const root = demo({
      'clusters/a.yaml': clusterSpec('a', '  capabilities:\n    demo: { replicsa: 3, mode: fancyy }\n    nope: {}\n'),
      'clusters/b.yaml': 'a:\n\tb: 1\n',
      'clusters/c.yaml': '',
      'clusters/D.yaml': clusterSpec('d', ''),
    });
    expect(findings(root, 'validate').map(([code, file]) => `${file ?? ''} ${code}`)).toEqual([
      'clusters/D.yaml file/name',
      'clusters/a.yaml schema/unknown-key',
      'clusters/a.yaml schema/value',
      'clusters/a.yaml spec/unknown-capability',
      'clusters/b.yaml yaml/tab',
      'clusters/c.yaml yaml/empty',
    ]);
  });

  it('refuses a key without a value, and takes {} and null for what they say', () => {
    const withDemo = (text: string): string =>
      demo({ 'clusters/a.yaml': clusterSpec('a', `  capabilities:\n    demo:${text}\n`) });
    expect(findings(withDemo(''), 'validate')).toEqual([['yaml/blank-value', 'clusters/a.yaml', 9]]);
    expect(findings(withDemo('\n      text:'), 'validate')).toEqual([['yaml/blank-value', 'clusters/a.yaml', 10]]);
    expect(findings(withDemo(' {}'), 'validate')).toEqual([]);
    const off = withDemo(' null');
    expect(run(off, ['inspect', 'components', '-o', 'json']).stdout).not.toContain('demo-chart');
    expect(run(withDemo(' {}'), ['inspect', 'components', '-o', 'json']).stdout).toContain('demo-chart');
  });

  it('refuses links out of the repository, huge and unreadable files', () => {
    const root = demo({ 'clusters/big.yaml': `a: ${'x'.repeat(3 * 1024 * 1024)}\n` });
    symlinkSync('/etc/hostname', join(root, 'clusters/link.yaml'));
    mkdirSync(join(root, 'clusters/folder.yaml'));
    expect(findings(root, 'validate').map(([code, file]) => `${file ?? ''} ${code}`)).toEqual([
      'clusters/big.yaml yaml/too-large',
      'clusters/link.yaml file/outside',
    ]);
  });

  it('refuses a deploy/ that leads out of the repository', () => {
    const root = demo();
    const outside = workspace({});
    symlinkSync(outside, join(root, 'deploy'));
    expect(run(root, ['render']).code).toBe(1);
    expect(snapshot(outside).size).toBe(0);
  });

  it('says who holds the lock when two runs write', () => {
    const root = demo();
    mkdirSync(join(root, 'deploy'));
    writeFileSync(
      join(root, 'deploy/.slipway-lock'),
      JSON.stringify({
        pid: process.pid,
        host: (git(root, '--version'), readFileSync('/etc/hostname', 'utf8').trim()),
      }),
    );
    const result = run(root, ['render']);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('file/locked');
  });

  it('puts the tree back when a run was killed half way', () => {
    const root = demo();
    run(root, ['render']);
    const before = snapshot(join(root, 'deploy'));
    // what a killed run leaves: a replaced file, an added one, and the journal
    const journal = join(root, 'deploy/.slipway-journal');
    mkdirSync(join(journal, 'old'), { recursive: true });
    cpSync(join(root, 'deploy/a/root.yaml'), join(journal, 'old/0'));
    writeFileSync(join(root, 'deploy/a/root.yaml'), 'half');
    writeFileSync(join(root, 'deploy/a/apps/new.yaml'), 'half');
    writeFileSync(
      join(journal, 'journal.json'),
      JSON.stringify([
        { path: 'deploy/a/root.yaml', kind: 'modify' },
        { path: 'deploy/a/apps/new.yaml', kind: 'add' },
      ]),
    );
    expect(run(root, ['validate']).code).toBe(0);
    expect(snapshot(join(root, 'deploy'))).toEqual(before);
  });

  it('leaves the tree as it was when a write fails', () => {
    const root = demo();
    run(root, ['render']);
    const before = snapshot(join(root, 'deploy'));
    writeFileSync(join(root, 'clusters/b.yaml'), clusterSpec('b', '  capabilities: { demo: {} }\n'));
    writeFileSync(join(root, 'deploy/b'), 'a file in the way of a folder');
    const result = run(root, ['render']);
    expect(result.code).toBe(1);
    rmSync(join(root, 'deploy/b'), { recursive: true });
    expect(snapshot(join(root, 'deploy'))).toEqual(before);
  });

  it.skipIf(process.getuid?.() === 0)('says that deploy/ is read-only', () => {
    const root = demo();
    mkdirSync(join(root, 'deploy'));
    chmodSync(join(root, 'deploy'), 0o500);
    const result = run(root, ['render']);
    chmodSync(join(root, 'deploy'), 0o700);
    expect([result.code, result.stderr.includes('file/write')]).toEqual([1, true]);
  });

  it('exits with 64 on a wrong command line', () => {
    const root = demo();
    for (const args of [
      ['rendr'],
      ['render', '--chekc'],
      ['explain', 'a'],
      ['render', '-c', 'zzz'],
      ['render', '-o', 'xml'],
      ['render', '-j', '0'],
      ['commit', '--push', '--offline'],
      ['new', 'cluster', 'A_B'],
    ])
      expect([args, run(root, args).code]).toEqual([args, 64]);
  });
});

describe('commands', () => {
  it('explain says who set a value and whom it overrode', () => {
    const root = demo({
      'environments/base.yaml':
        'apiVersion: slipway.dev/v1alpha1\nkind: Environment\nmetadata: { name: base }\nspec:\n  defaults:\n    demo: { replicas: 7, text: base }\n',
      'clusters/a.yaml': clusterSpec('a', '  environment: base\n  capabilities:\n    demo: { replicas: 3 }\n'),
    });
    const { data } = JSON.parse(run(root, ['explain', 'a', 'capabilities.demo.replicas', '-o', 'json']).stdout) as {
      data: { value: number; origins: { file: string; line: number; value: number }[] };
    };
    expect(data.value).toBe(3);
    expect(data.origins.map((o) => [o.file, o.line, o.value])).toEqual([
      ['clusters/a.yaml', 10, 3],
      ['environments/base.yaml', 6, 7],
      ['catalog/demo/capability.yaml', 9, 2],
    ]);
  });

  it('new cluster makes a spec that validates', () => {
    const root = demo();
    expect(run(root, ['new', 'cluster', 'fresh']).code).toBe(0);
    expect(run(root, ['validate']).code).toBe(0);
    expect(run(root, ['new', 'cluster', 'fresh']).code).toBe(64);
  });

  it('a component of the repository itself needs a folder and nothing else', () => {
    const root = demo();
    expect(run(root, ['new', 'component', 'demo/extra']).code).toBe(0);
    expect(run(root, ['render']).code).toBe(0);
    expect(snapshot(join(root, 'deploy')).get('a/manifests/extra/configmap-extra-extra.yaml')).toContain('cluster: a');
  });

  it('mirrors rewrite every chart source and the project; the lock keeps the upstream name', () => {
    const lines =
      '  charts:\n    mirrors: { "https://charts.example.com": "oci://registry.example.com/charts" }\n  capabilities: { demo: {} }\n';
    const root = demo({ 'clusters/a.yaml': clusterSpec('a', lines) });
    expect(run(root, ['render']).code).toBe(0);
    const tree = snapshot(join(root, 'deploy/a'));
    expect(tree.get('apps/demo-chart.yaml')).toContain('repoURL: registry.example.com/charts\n');
    expect(tree.get('root.yaml')).toContain('- registry.example.com/charts\n');
    expect(tree.get('tree.lock')).toContain('repository: https://charts.example.com\n');
    const bad = lines.replace('oci://registry.example.com/charts', 'registry.example.com');
    expect(findings(demo({ 'clusters/a.yaml': clusterSpec('a', bad) }), 'render')).toEqual([
      ['schema/value', 'clusters/a.yaml', 9],
    ]);
  });

  it('bootstrap names what has to be there first, Argo CD as it will manage itself, and the root', () => {
    const root = fleet({
      'clusters/a.yaml': clusterSpec(
        'a',
        '  capabilities:\n    gitops: { repository: { credentialsSecret: fleet-git } }\n',
      ),
    });
    expect(run(root, ['render']).code).toBe(0);
    const steps = run(root, ['bootstrap', 'a', '--context', 'kind-a']).stdout;
    expect(steps.split('\n').filter((l) => /^\d/.test(l))).toEqual([
      '1. Create the namespaces',
      '2. Create the Secret argocd/fleet-git',
      '3. Install Argo CD (argo-cd 10.1.1)',
      '4. Wait for Argo CD',
      '5. Apply the root',
    ]);
    expect(steps).toContain(
      'kubectl --context kind-a -n argocd create secret generic fleet-git --type=Opaque --from-literal=type=git',
    );
    expect(steps).toContain('label secret fleet-git argocd.argoproj.io/secret-type=repository');
    const values = run(root, ['bootstrap', 'a', '--values']).stdout;
    const application = parse(readFileSync(join(root, 'deploy/a/apps/argocd.yaml'), 'utf8')) as {
      spec: { source: { helm: { valuesObject: unknown } } };
    };
    expect(parse(values)).toEqual(application.spec.source.helm.valuesObject);
    expect(run(root, ['bootstrap', 'a', '--apply']).code).toBe(64);
    expect(run(root, ['bootstrap', 'b']).code).toBe(64);
  });

  it('diff names components and exits with 2', () => {
    const root = demo();
    run(root, ['render']);
    expect(run(root, ['diff']).code).toBe(0);
    writeFileSync(join(root, 'clusters/a.yaml'), spec.replace('replicas: 3', 'replicas: 4'));
    const result = run(root, ['diff']);
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('a / demo-chart\n  ~ deploy/a/apps/demo-chart.yaml');
    expect(result.stdout).toContain('+        replicaCount: 4');
  });

  it('every command has help with an example', () => {
    const root = demo();
    for (const name of [
      'init',
      'render',
      'validate',
      'diff',
      'commit',
      'explain',
      'inspect',
      'graph',
      'catalog',
      'schema',
      'new',
      'doctor',
      'completion',
    ]) {
      const { code, stdout } = run(root, [name, '--help']);
      expect([name, code, stdout.includes(`$ slipway ${name}`)]).toEqual([name, 0, true]);
    }
  });
});
