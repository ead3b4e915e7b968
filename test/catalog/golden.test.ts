import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { examplesOf } from '../../generator/pipeline/catalogTests/examples.ts';
import { goldenFile, renderGoldens, strayGoldens } from '../../generator/pipeline/catalogTests/golden.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { repository } from '../helpers/workspace.ts';

const context = createContext(repository, { quiet: true, verbose: false });
const catalog = createPipeline(context).loadCatalog().value;
if (catalog === undefined) throw new Error('the catalog cannot be read');
const capabilities = [...catalog.capabilities.keys()].sort();
const examples = examplesOf(context, capabilities);
const goldens = renderGoldens(context, catalog, examples);

describe.each(capabilities)('capability %s', (capability) => {
  const folder = join(repository, 'catalog', capability);
  const own = examples.filter((e) => e.capability === capability);

  it('has a README with its options and at least two examples', () => {
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/<!-- options:start -->\n\| option/);
  });

  it.each(own.map((example) => [example.name, example] as const))(
    'example %s renders, matches its schemas and its golden tree',
    { timeout: 300_000 },
    async (_name, example) => {
      const { text, diagnostics } = (await goldens).find((g) => g.example === example) ?? { diagnostics: [] };
      expect(
        diagnostics
          .filter((d) => d.severity === 'error' || d.code === 'tree/no-schema')
          .map((d) => `${d.code} ${d.at?.file ?? ''}:${d.at?.line ?? ''} ${d.message}`),
      ).toEqual([]);
      await expect(text).toMatchFileSnapshot(join(repository, goldenFile(example)));
    },
  );

  it('has no golden tree without an example', () => {
    expect(strayGoldens(context, own, [`catalog/${capability}`])).toEqual([]);
    expect(own.every((example) => existsSync(join(repository, goldenFile(example))))).toBe(true);
  });
});
