import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  caseNames,
  casesFolder,
  clear,
  contents,
  layOut,
  readCase,
  removeProgramCopy,
  runCase,
} from '../helpers/cases.ts';
import { closeHosts } from '../helpers/hosts.ts';
import { cli } from '../helpers/workspace.ts';

/** With `vitest -u` the expectations are written anew. */
const isUpdate = inject('update');

beforeAll(() => {
  if (!isUpdate) return;
  const base = join(casesFolder, '_base/demo');
  execFileSync(process.execPath, [cli, 'render', '--force', '--allow-delete', '--no-cache', '-C', base]);
  rmSync(join(base, '.slipway'), { recursive: true, force: true });
});
afterAll(async () => {
  await closeHosts();
  removeProgramCopy();
});

describe.concurrent('case', () => {
  it.each(caseNames())('%s', async (name) => {
    const it = readCase(name);
    const root = layOut(name, it);
    try {
      const { stdout, stderr, broken, wrote } = await runCase(name, it, root);
      expect(broken).toEqual([]);
      matches(join(casesFolder, name, 'stdout.txt'), stdout);
      matches(join(casesFolder, name, 'stderr.txt'), stderr);
      const tree = new Map(wrote ? (it.compare ?? ['deploy']).flatMap((folder) => [...contents(root, folder)]) : []);
      matchesTree(join(casesFolder, name, 'expected'), tree);
    } finally {
      clear(root);
    }
  });
});

/** A file that is not there stands for an empty text. */
function matches(file: string, text: string): void {
  if (isUpdate) {
    rmSync(file, { force: true });
    if (text !== '') writeFileSync(file, text);
  }
  expect(text).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
}

function matchesTree(folder: string, tree: ReadonlyMap<string, string>): void {
  if (isUpdate) {
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of tree) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, 'latin1');
    }
  }
  expect(Object.fromEntries(tree)).toEqual(existsSync(folder) ? Object.fromEntries(contents(folder)) : {});
}
