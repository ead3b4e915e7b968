import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../helpers/workspace.ts';

/** The modules that write files, see docs/architecture.md. */
const writers = ['interrupted', 'lock', 'newFleet', 'publish', 'temporary'].map((name) => `adapters/files/${name}.ts`);

const writes =
  /^(?:write|append|rename|rm|rmdir|unlink|mkdir|mkdtemp|copyFile|cp|symlink|link|truncate|ftruncate|chmod|open|createWriteStream)(?:v|File)?(?:Sync)?$/;

/** What a module takes from node:fs, by name; `*` for all of it. */
function takenFrom(text: string): string[] {
  return [...text.matchAll(/(?:import|from)[^;]*?'(?:node:)?fs(?:\/promises)?'/g)].flatMap(() => {
    const statements = text.match(/import (?!type)[^;]*?from '(?:node:)?fs(?:\/promises)?';/g) ?? ['*'];
    return statements.flatMap(
      (s) =>
        /\{([^}]*)\}/
          .exec(s)?.[1]
          ?.split(',')
          .map((name) => name.trim().split(' ')[0] ?? '') ?? ['*'],
    );
  });
}

describe('writing', () => {
  const modules = readdirSync(join(repository, 'generator'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, takenFrom(readFileSync(join(repository, 'generator', file), 'utf8'))] as const);

  it('is what only a few modules do', () => {
    const found = modules.filter(([, names]) => names.some((name) => name === '*' || writes.test(name)));
    expect(found.map(([file]) => file).sort()).toEqual(writers);
  });

  it('is told from reading', () => {
    expect(takenFrom("import { readFileSync, writeFileSync } from 'node:fs';").filter((n) => writes.test(n))).toEqual([
      'writeFileSync',
    ]);
    expect(takenFrom("import fs from 'node:fs';")).toEqual(['*']);
    expect(takenFrom("const x = await import('node:fs/promises');")).toEqual(['*']);
    expect(takenFrom("import type { Stats } from 'fs';")).toEqual(['*']);
  });
});
