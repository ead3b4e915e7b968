import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha } from '../../generator/util/digest.ts';
import { compareText } from '../../generator/model/values.ts';
import { repository, runExample } from '../helpers/workspace.ts';

const capabilities = readdirSync(join(repository, 'catalog'), { withFileTypes: true })
  .filter((e) => e.isDirectory())
  .map((e) => e.name)
  .sort(compareText);

describe.each(capabilities)('capability %s', (capability) => {
  const folder = join(repository, 'catalog', capability);
  const examples = existsSync(join(folder, 'examples'))
    ? readdirSync(join(folder, 'examples'))
        .map((f) => f.replace(/\.yaml$/, ''))
        .sort(compareText)
    : [];

  it('has a README with its options and at least two examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/<!-- options:start -->\n\| option/);
  });

  it.each(examples)('example %s renders, matches its schemas and its golden tree', async (example) => {
    const { clusters, diagnostics } = await runExample(capability, example);
    expect(
      diagnostics
        .filter((d) => d.severity === 'error' || d.code === 'tree/no-schema')
        .map((d) => `${d.code} ${d.at?.file ?? ''}:${d.at?.line ?? ''} ${d.message}`),
    ).toEqual([]);
    const { files } = clusters[0]?.tree ?? { files: new Map<string, string>() };
    const text = [...files]
      .filter(([path]) => path !== 'tree.lock')
      .sort(([a], [b]) => compareText(a, b))
      .map(
        ([path, content]) =>
          `# --- ${path}\n${content.includes('\nkind: CustomResourceDefinition\n') ? `sha256 ${sha(content)}\n` : content}`,
      )
      .join('');
    await expect(text).toMatchFileSnapshot(join(repository, 'test/golden', capability, `${example}.txt`));
  });
});
