import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderCircles, importsBack, layerOf, layerOverrides, layers, readImports } from '../../scripts/layout.ts';
import { repository } from '../helpers/workspace.ts';

const files = readImports(join(repository, 'generator'));
const config = JSON.parse(readFileSync(join(repository, '.oxlintrc.json'), 'utf8')) as { overrides: unknown[] };

describe('the folders of generator/', () => {
  it('are all in the order, and nothing in the order is gone', () => {
    expect([...new Set(files.map((f) => layerOf(f.path)))].sort()).toEqual([...layers].sort());
  });

  it('import only what stands before them, and never each other', () => {
    expect(importsBack(files)).toEqual([]);
    expect(folderCircles(files)).toEqual([]);
  });

  it('are held to that order by the linter', () => {
    expect(config.overrides).toEqual(expect.arrayContaining([...layerOverrides()]));
  });

  it('each have a sentence in docs/architecture.md, in the same order', () => {
    const text = readFileSync(join(repository, 'docs/architecture.md'), 'utf8');
    const rows = [...text.matchAll(/^\| \[`([\w.]+)\/?`\]\(\.\.\/generator\/[\w.]+\) \| \S/gm)].map((m) => m[1]);
    expect(rows).toEqual([...layers]);
  });
});

describe('an import that points back', () => {
  it('is found by the script: in the order, in none, and as a circle', () => {
    const bad = [
      { path: 'util/a.ts', lines: 1, imports: ['plan/b.ts', 'ajv'] },
      { path: 'plan/b.ts', lines: 1, imports: ['util/a.ts'] },
      { path: 'misc/c.ts', lines: 1, imports: ['util/a.ts'] },
    ];
    expect(importsBack(bad)).toEqual(['util/a.ts -> plan/b.ts', 'misc/c.ts -> util/a.ts']);
    expect(folderCircles(bad)).toEqual([['plan', 'util']]);
  });

  it.each([
    [
      'generator/util/layoutProbe.ts',
      "import type { Tools } from '../../generator/template/tools.ts';\nexport type Probe = Tools;\n",
    ],
    ['generator/plan/layoutProbe.ts', "import { readFileSync } from 'node:fs';\nexport const probe = readFileSync;\n"],
    ['generator/commands/layoutProbe.ts', "export type { Context } from '../cli.ts';\n"],
  ])('is refused by the linter: %s', (path, text) => {
    // In a folder of its own: other tests read the files of generator/ meanwhile.
    const folder = mkdtempSync(join(tmpdir(), 'layout-'));
    try {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      copyFileSync(join(repository, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
      writeFileSync(join(folder, path), text);
      const oxlint = join(repository, 'node_modules/.bin/oxlint');
      const { status, stdout } = spawnSync(oxlint, [path], { cwd: folder, encoding: 'utf8' });
      expect(stdout).toContain('no-restricted-imports');
      expect(status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
