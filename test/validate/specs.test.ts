import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { ValueMap } from '../../generator/model/values.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import { clusterSpec } from '../helpers/demo.ts';
import { overlayContext } from '../helpers/workspace.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('letsencrypt', 'x.example.com', '10Gi', 'main'),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('name', 'issuer', 'enabled', 'topics', 'clusters', 'ldap', 'external', 'url', 'storage', 'x'),
      tie('tree'),
      { maxKeys: 4 },
    ),
  ),
}));
const capabilities = fc.dictionary(
  fc.constantFrom('gitops', 'secrets', 'tls', 'edge', 'auth', 'monitoring', 'kafka', 'gpu', 'nope'),
  tree,
  { maxKeys: 5 },
);
const specs = fc.record(
  { capabilities, tenants: tree, components: tree, environment: fc.constantFrom('dev', 'prod', 'none') },
  { requiredKeys: [] },
) as fc.Arbitrary<ValueMap>;

const specText = (spec: ValueMap): string =>
  clusterSpec(
    'a',
    Object.keys(spec).length === 0 ? '' : stringify(spec, { aliasDuplicateObjects: false }).replace(/^(?=.)/gm, '  '),
  );

describe('any spec', () => {
  it('renders or has findings with a place; it never crashes', async () => {
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        const { clusters, diagnostics } = await createPipeline(
          overlayContext({ 'clusters/a.yaml': specText(spec) }),
        ).run({ clusters: [] });
        const errors = diagnostics.filter((d) => d.severity === 'error');
        if (clusters[0]?.tree === undefined) {
          expect(errors.length).toBeGreaterThan(0);
          for (const error of errors) expect([error.code, error.at?.line]).toEqual([error.code, expect.any(Number)]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same bytes whatever the order of its keys', async () => {
    const spec = {
      tls: {},
      edge: {},
      secrets: { generate: true },
      kafka: { brokers: 1, topics: [{ name: 'orders' }] },
      monitoring: { retention: '5d' },
    };
    const text = (order: readonly string[]): string =>
      specText({ capabilities: Object.fromEntries(order.map((k) => [k, spec[k as keyof typeof spec]])) as ValueMap });
    const render = async (order: readonly string[]): Promise<[string, string][]> => {
      const result = await createPipeline(overlayContext({ 'clusters/a.yaml': text(order) })).run({ clusters: [] });
      expect(result.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
      return [...(result.clusters[0]?.tree?.files ?? [])].sort();
    };
    const wanted = await render(Object.keys(spec));
    for (const order of [Object.keys(spec).reverse(), ['kafka', 'tls', 'monitoring', 'secrets', 'edge']])
      expect(await render(order)).toEqual(wanted);
  });
});
