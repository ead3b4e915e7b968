import { describe, expect, it } from 'vitest';
import { createContext } from '../../generator/context.ts';
import { checkRules } from '../../generator/pipeline/catalogTests/rules.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { repository } from '../helpers/workspace.ts';

const context = createContext(repository, { quiet: true, verbose: false });
const catalog = createPipeline(context).loadCatalog().value;
if (catalog === undefined) throw new Error('the catalog cannot be read');
const capabilities = [...catalog.capabilities.keys()].sort();
const results = checkRules(context, catalog, capabilities);

describe.each(capabilities)('rules of %s', (capability) => {
  it('are each broken by a case, which gets what it says and nothing else', { timeout: 120_000 }, async () => {
    const { rules, broken, cases, diagnostics } = (await results).find((r) => r.capability === capability) ?? {
      diagnostics: [],
    };
    expect(diagnostics.map((d) => `${d.at?.file ?? ''}:${d.at?.line ?? ''} ${d.message}`)).toEqual([]);
    expect(broken).toBe(rules);
    expect(cases).toBeGreaterThan(0);
  });
});
