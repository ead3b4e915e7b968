import { structuredPatch } from 'diff';
import type { Context } from '../../ports.ts';
import type { Diagnostic, Location } from '../../model/diagnostic.ts';
import { hasErrors } from '../../model/diagnostic.ts';
import type { Catalog, RenderedTree } from '../../model/model.ts';
import { compareText } from '../../model/values.ts';
import { sha } from '../../util/digest.ts';
import { locateLine } from '../../yaml/locate.ts';
import { createPipeline } from '../pipeline.ts';
import { atExample, exampleSpec, testContext } from './examples.ts';
import type { Example } from './examples.ts';

/** The golden tree of an example beside what it renders to now. */
export interface GoldenResult {
  readonly example: Example;
  readonly file: string;
  /** What it renders to; undefined when it does not render. */
  readonly text: string | undefined;
  /** What the file says; undefined when there is none. */
  readonly expected: string | undefined;
  /** Why it does not render. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Where the golden tree of an example stands. */
export const goldenFile = ({ folder, name }: Example): string => `${folder}/tests/golden/${name}.txt`;

/** Renders each example as the cluster `example`, on the oldest Kubernetes of the catalog, its charts not rendered. */
export async function renderGoldens(
  ctx: Context,
  catalog: Catalog,
  examples: readonly Example[],
): Promise<readonly GoldenResult[]> {
  const defaults = { kubernetes: { version: catalog.minimumKubernetes } };
  const specs = examples.map((example) => exampleSpec(ctx, example, 'example', { defaults }));
  const texts: Record<string, string> = {};
  // one after the other in one pipeline: all are the same cluster, and templates and schemas are compiled once
  const pipeline = createPipeline(testContext(ctx, specs, texts));
  const results: GoldenResult[] = [];
  for (const spec of specs) {
    const { example, generated } = spec;
    const file = goldenFile(example);
    const expected = ctx.files.exists(file) ? ctx.files.read(file) : undefined;
    if (generated === undefined) {
      results.push({ example, file, expected, text: undefined, diagnostics: spec.diagnostics });
      continue;
    }
    texts[generated.file] = generated.text;
    const { clusters, diagnostics } = await pipeline.run({ clusters: [], isTrial: true });
    const tree = hasErrors(diagnostics) ? undefined : clusters[0]?.tree;
    const text = tree === undefined ? undefined : treeText(tree);
    results.push({ example, file, expected, text, diagnostics: diagnostics.map((d) => atExample(d, spec)) });
  }
  return results;
}

/** All files of a tree as one text; definitions stand by their digest. */
export function treeText({ files }: Pick<RenderedTree, 'files'>): string {
  return [...files]
    .filter(([path]) => path !== 'tree.lock')
    .sort(([a], [b]) => compareText(a, b))
    .map(([path, content]) => `# --- ${path}\n${isDefinition(content) ? `sha256 ${sha(content)}\n` : content}`)
    .join('');
}

const isDefinition = (text: string): boolean => text.includes('\nkind: CustomResourceDefinition\n');

/** So many places of one golden tree are named; the difference shows all of them. */
const maxPlaces = 10;

/** Says of a golden tree that differs where it does; nothing of one that is current or not there. */
export function goldenFinding({ example, file, text, expected }: GoldenResult): Diagnostic | undefined {
  if (text === undefined || expected === undefined || text === expected) return undefined;
  const { hunks } = structuredPatch(file, file, expected, text, undefined, undefined, { context: 0 });
  const [first, ...more] = hunks.slice(0, maxPlaces).map((hunk): { message: string; at: Location } => {
    const gone = hunk.lines.find((line) => line.startsWith('-'));
    const come = hunk.lines.find((line) => line.startsWith('+'));
    const line = Math.max(1, hunk.oldStart);
    const said = [gone, come].flatMap((l) => (l === undefined ? [] : [`${l.slice(0, 1)} ${l.slice(1).trim()}`]));
    return { message: `${pathAt(expected, line)}: ${said.join('  ')}`, at: locateLine(file, expected, line, 1) };
  });
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const count = (sign: string): number => lines.filter((line) => line.startsWith(sign)).length;
  return {
    code: 'catalog/golden',
    severity: 'error',
    message: `Example ${example.name} does not render to its golden tree: -${count('-')} +${count('+')} lines, from ${first?.message ?? file}`,
    ...(first === undefined ? {} : { at: first.at }),
    related: more,
    hint: 'Read the difference; if it is meant, `slipway catalog test --update` writes it.',
  };
}

/** The file of the tree that a line of the text belongs to. */
function pathAt(text: string, line: number): string {
  const above = text.split('\n').slice(0, line).reverse();
  return above.find((l) => l.startsWith('# --- '))?.slice('# --- '.length) ?? '';
}

/** Golden trees without an example: what they were for is gone. */
export function strayGoldens(ctx: Context, examples: readonly Example[], folders: readonly string[]): Diagnostic[] {
  const wanted = new Set(examples.map(goldenFile));
  return folders
    .flatMap((folder) => ctx.files.list(`${folder}/tests/golden`, ['.txt']))
    .filter((file) => !wanted.has(file))
    .map((file) => ({
      code: 'catalog/golden',
      severity: 'error',
      message: 'There is no example of this name.',
      at: { file, line: 1, col: 1 },
      hint: 'Delete the file, or give it the name of its example.',
    }));
}
