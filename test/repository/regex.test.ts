import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'acorn';
import type { Token } from 'acorn';
import { transformSync } from 'esbuild';
import { checkSync } from 'recheck';
import { describe, expect, it } from 'vitest';
import { chartSource, tagPattern } from '../../generator/charts/source.ts';
import { parseIgnore } from '../../generator/charts/ignore.ts';
import { durationOf } from '../../generator/kubernetes/duration.ts';
import { nanosOf } from '../../generator/kubernetes/quantity.ts';
import { sqlOwnVariables } from '../../generator/template/helpers/sql.ts';
import { maskSecrets } from '../../generator/util/mask.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';
import { repository } from '../helpers/workspace.ts';

/** Expressions that take time by the square of a text, and why no text of others is long where they are used. */
const accepted: Readonly<Record<string, string>> = {
  'adapters/charts/credentials.ts': 'the output of a credential helper of this machine',
  'adapters/charts/git.ts': 'one line of git ls-remote',
  'adapters/charts/registry.ts': 'one header, which undici holds to 16 KiB',
  'adapters/helm/text.ts': 'one line of an error of Helm',
  'catalog/chartScaffold.ts': 'an argument of the command line',
  'charts/source.ts': 'an address of at most 2048 characters',
  'commands/new/fromChart.ts': 'an argument of the command line',
  'commands/schema/importSources.ts': 'the path of a file',
  'config/formats/services.ts': 'a text with at most 500 blocks; one license line',
  'kubernetes/cel/environment.ts': 'the text of a moment, or of nanoseconds',
  'kubernetes/cel/text.ts': 'the text of a moment',
  'kubernetes/cel/quantities.ts': 'one value of an object in a tree',
  'kubernetes/celLibrary.ts': 'one URL in an object of a tree',
  'kubernetes/duration.ts': 'a text of at most 1000 characters',
  'kubernetes/shapes/formats.ts': 'one value of an object in a tree',
  'pipeline/load.ts': 'the address of a chart',
  'kubernetes/schemaLocation.ts': 'an argument of the command line',
  'kubernetes/quantity.ts': 'a text of at most 1000 characters',
  'pipeline/catalogTests/rules.ts': 'the path of a file',
  'template/partials.ts': 'marks of the template engine itself',
  'template/trace.ts': 'marks of the template engine itself',
  'tree/paths.ts': 'the text of a root that Slipway wrote',
  'yaml/jsonNumbers.ts': 'JSON that was read before: its texts end',
  'yaml/kubernetesPlaces.ts': 'the head of a text block',
  'yaml/kubernetesYaml.ts': 'one line',
  'yaml/edit.ts': 'the first line of a text block in a spec',
};

interface Found {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

function expressions(): Found[] {
  const generator = join(repository, 'generator');
  const files = readdirSync(generator, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  return files.sort().flatMap((file) => {
    const { code } = transformSync(readFileSync(join(generator, file), 'utf8'), { loader: 'ts', target: 'es2022' });
    const tokens: Token[] = [];
    parse(code, { ecmaVersion: 'latest', sourceType: 'module', onToken: tokens });
    return tokens
      .map(
        (token) => (token as Token & { value?: unknown }).value as { pattern?: string; flags?: string } | string | null,
      )
      .flatMap((value) =>
        typeof value === 'object' && typeof value?.pattern === 'string'
          ? [{ file, pattern: value.pattern, flags: value.flags ?? '' }]
          : [],
      );
  });
}

describe('regular expressions of the generator', () => {
  it('take time in proportion to the text, or are used on short texts', { timeout: 240_000 }, () => {
    const found = expressions();
    expect(found.length).toBeGreaterThan(300);
    const slow = found.filter(
      ({ file, pattern, flags }) =>
        accepted[file] === undefined &&
        checkSync(pattern, flags, { checker: 'automaton', timeout: 2000 }).status === 'vulnerable',
    );
    expect(slow).toEqual([]);
  });
});

describe('texts of others', () => {
  const many = 300_000;
  it.each<readonly [string, () => unknown]>([
    ['slashes in a repository', () => chartSource({ repository: `https://x/${'/'.repeat(many)}x`, version: '1.0.0' })],
    [
      'a long address in git',
      () => chartSource({ repository: `git+https://${'a//'.repeat(many)} `, version: '1.0.0' }),
    ],
    ['a long ref', () => tagPattern(`git+https://x?ref=${'?ref='.repeat(many)} `)],
    [
      'backslashes in .helmignore',
      () =>
        (() => {
          try {
            return parseIgnore(`[${'\\'.repeat(60)}`);
          } catch (error) {
            return error;
          }
        })(),
    ],
    ['digits', () => [nanosOf('1'.repeat(many)), durationOf('1'.repeat(many))]],
    ['empty lines in SQL', () => sqlOwnVariables('\n'.repeat(many))],
    ['a long word in what is masked', () => maskSecrets(`${'a-'.repeat(many)} x`)],
    ['digits behind a colon', () => emitYaml(`a:${'1'.repeat(many)}!`)],
  ])('%s are read in no time', (_, read) => {
    const start = performance.now();
    read();
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
