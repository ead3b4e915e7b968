import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterSpec, demoCatalog } from '../helpers/demo.ts';
import { cli, fleet, run, snapshot, workspace } from '../helpers/workspace.ts';

// What a folder of test/cases/ cannot say: runs compared with each other, or with what they write; the shell around them.

const spec = clusterSpec('a', '  capabilities:\n    demo: { replicas: 3 }\n');

describe('render', () => {
  it('gives the same bytes in another folder, time zone and locale, whatever the order of files and their line ends', () => {
    const one = workspace({ ...demoCatalog, 'clusters/a.yaml': spec });
    const files = Object.entries({ 'clusters/a.yaml': spec, ...demoCatalog }).reverse();
    const two = workspace(Object.fromEntries(files));
    const windows = workspace(Object.fromEntries(files.map(([p, text]) => [p, text.replaceAll('\n', '\r\n')])));
    run(one, ['render'], { TZ: 'UTC', LANG: 'C' });
    run(two, ['render'], { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' });
    run(windows, ['render']);
    const tree = snapshot(join(one, 'deploy'));
    expect(tree.size).toBe(7);
    expect(snapshot(join(two, 'deploy'))).toEqual(tree);
    expect(snapshot(join(windows, 'deploy'))).toEqual(tree);
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
      const root = workspace({ ...demoCatalog, ...specs });
      expect(run(root, ['render', '-j', jobs]).code).toBe(0);
      expect(run(root, ['render']).stderr).toContain('nothing changed');
      return snapshot(join(root, 'deploy'));
    });
    expect(trees[0]?.size).toBe(60 * 7 + 2);
    expect(trees[1]).toEqual(trees[0]);
    const broken = clusterSpec('c9', '  capabilities:\n    demo: { replicas: 100 }\n');
    const root = workspace({ ...demoCatalog, ...specs, 'clusters/c9.yaml': broken });
    const { diagnostics } = JSON.parse(run(root, ['render', '-j', '3', '-o', 'json']).stdout) as {
      diagnostics: { code: string; file: string; line: number }[];
    };
    expect(diagnostics.map((d) => [d.code, d.file, d.line])).toEqual([['spec/rule', 'clusters/c9.yaml', 9]]);
  });
});

describe('bootstrap', () => {
  it('installs Argo CD with the values that it will manage itself with', () => {
    const root = fleet({ 'clusters/a.yaml': clusterSpec('a', '  capabilities:\n    gitops: {}\n') });
    expect(run(root, ['render']).code).toBe(0);
    const application = parse(readFileSync(join(root, 'deploy/a/apps/argocd.yaml'), 'utf8')) as {
      spec: { source: { helm: { valuesObject: unknown } } };
    };
    expect(parse(run(root, ['bootstrap', 'a', '--values']).stdout)).toEqual(application.spec.source.helm.valuesObject);
  });
});

describe('output', () => {
  const shell = (root: string, line: string): { code: number | null; stderr: string } => {
    const { status, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${line}`, process.execPath, cli], {
      cwd: root,
      encoding: 'utf8',
    });
    return { code: status, stderr };
  };

  it('that nobody reads to its end is no error', () => {
    const root = workspace({ ...demoCatalog, 'clusters/a.yaml': spec });
    expect(shell(root, '"$0" "$1" schema cluster | head -1 > /dev/null')).toEqual({ code: 0, stderr: '' });
    expect(shell(root, '"$0" "$1" render 2>&1 >/dev/null | true').code).toBe(0);
    expect(snapshot(join(root, 'deploy')).size).toBe(7);
  });

  it.skipIf(!existsSync('/dev/full'))('that cannot be written is an error', () => {
    const root = workspace({ ...demoCatalog, 'clusters/a.yaml': spec });
    const { code, stderr } = shell(root, '"$0" "$1" inspect plan -o json > /dev/full');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the output cannot be written')]);
  });
});
