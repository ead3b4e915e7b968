import type { Context } from '../../ports.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { Capability, Catalog } from '../../model/model.ts';
import type { Source } from '../../model/source.ts';
import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, compareText, mapAt, pointerStep } from '../../model/values.ts';
import { parseSource } from '../../yaml/source.ts';
import { createPipeline } from '../pipeline.ts';
import type { Pipeline } from '../pipeline.ts';
import { base, clusterSource, testContext } from './examples.ts';
import { pointerAt } from './places.ts';

/** The cases of one capability, and what came of them. */
export interface RulesResult {
  readonly capability: string;
  readonly rules: number;
  /** How many rules a case breaks. */
  readonly broken: number;
  /** Undefined without a file of cases. */
  readonly cases: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Something that is said of the options of a case: a message, and the pointer below the capability it is said at. */
interface Said {
  readonly pointer: string;
  readonly message: string;
}

interface RuleCase {
  readonly index: number;
  readonly expected: readonly Said[];
  readonly generated: Source | undefined;
}

const casesSchema: ValueMap = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['options', 'says'],
    properties: {
      options: { type: 'object' },
      spec: { type: 'object' },
      says: {
        type: 'object',
        additionalProperties: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      },
    },
  },
};

/** Where the cases of the rules of a capability stand: beside the file that defines it. */
export const rulesFile = ({ source }: Capability): string => source.file.replace(/[^/]*$/, 'tests/rules.yaml');

/**
 * Runs tests/rules.yaml of capabilities: each case is a cluster with these options, which has to get the findings that the
 * case names, each at its option, and no other error; and every rule has to be broken by a case.
 */
export async function checkRules(
  ctx: Context,
  catalog: Catalog,
  capabilities: readonly string[],
): Promise<readonly RulesResult[]> {
  const texts: Record<string, string> = {};
  const found = capabilities.flatMap((name) => catalog.capabilities.get(name) ?? []);
  const pipeline = createPipeline(ctx);
  const all = found.map((capability) => ({
    capability,
    ...readCases(ctx, capability, catalog.minimumKubernetes, pipeline),
  }));
  for (const { generated } of all.flatMap((a) => a.cases))
    if (generated !== undefined) texts[generated.file] = generated.text;
  const said = await saidBy(
    testContext(
      ctx,
      all.flatMap((a) => a.cases),
      texts,
    ),
  );
  return all.map(({ capability, source, cases, diagnostics }) => {
    const { rules, name } = capability;
    if (source === undefined)
      return { capability: name, rules: rules.length, broken: 0, cases: undefined, diagnostics };
    const results = cases.map((c) => ({ ...c, said: saidOf(c, capability, said) }));
    const messages = new Set(results.flatMap((r) => r.said.map((s) => s.message)));
    const unbroken = rules.filter((r) => !messages.has(r.message));
    return {
      capability: name,
      rules: rules.length,
      broken: rules.length - unbroken.length,
      cases: cases.length,
      diagnostics: [
        ...diagnostics,
        ...results.flatMap((r) => compare(r, source)),
        ...unbroken.map((rule) => untested(rule, capability)),
      ],
    };
  });
}

function readCases(
  ctx: Context,
  capability: Capability,
  kubernetes: string,
  { tools }: Pipeline,
): { source: Source | undefined; cases: RuleCase[]; diagnostics: readonly Diagnostic[] } {
  const file = rulesFile(capability);
  if (!ctx.files.exists(file)) return { source: undefined, cases: [], diagnostics: [] };
  const text = readText(ctx, file);
  if (typeof text !== 'string') return { source: undefined, cases: [], diagnostics: [text] };
  const { value: source, diagnostics } = parseSource(file, text);
  if (source === undefined) return { source, cases: [], diagnostics };
  const problems = tools.checker(casesSchema).check(source.value, (p, part) => source.at(p, part));
  if (problems.length > 0) return { source: undefined, cases: [], diagnostics: problems };
  const cases = asList(source.value).map((value, index) => caseOf(asMap(value), index, capability, kubernetes));
  return { source, cases, diagnostics };
}

function readText(ctx: Context, file: string): string | Diagnostic {
  try {
    return ctx.files.read(file);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return error.finding();
  }
}

function caseOf(written: ValueMap, index: number, { name }: Capability, kubernetes: string): RuleCase {
  const { capabilities, ...rest } = mapAt(written, 'spec');
  // not merged: a null among the options is one of them
  const spec = {
    ...base,
    kubernetes: { version: kubernetes },
    ...rest,
    capabilities: { ...asMap(capabilities), [name]: mapAt(written, 'options') },
  };
  const expected = Object.entries(mapAt(written, 'says')).flatMap(([pointer, said]) =>
    (Array.isArray(said) ? asList(said) : [said]).map((message) => ({ pointer, message: String(message) })),
  );
  return { index, expected, generated: clusterSource(`${name}-${index}`, spec) };
}

/** Rules that are broken, and every error, by the file of the spec. */
async function saidBy(context: Context): Promise<ReadonlyMap<string, readonly Diagnostic[]>> {
  const { diagnostics } = await createPipeline(context).run({ clusters: [], isTrial: true });
  const files = new Map<string, Diagnostic[]>();
  for (const d of diagnostics.filter((d) => d.code === 'spec/rule' || d.severity === 'error')) {
    const file = d.at?.file ?? '';
    files.set(file, [...(files.get(file) ?? []), d]);
  }
  return files;
}

function saidOf(
  { generated, expected }: RuleCase,
  { name, list }: Capability,
  said: ReadonlyMap<string, readonly Diagnostic[]>,
): readonly Said[] {
  if (generated === undefined) return [];
  const own = `/spec/capabilities/${name}`;
  const inSpec = (pointer: string): string =>
    list !== undefined && pointer.startsWith(`/${list}/`) ? `/spec${pointer}` : `${own}${pointer}`;
  return (said.get(generated.file) ?? []).map(({ at, message }) => {
    // an option that is not set is said at what would hold it: the case names the option
    const isHere = (pointer: string): boolean => {
      const place = generated.at(inSpec(pointer));
      return place.line === at?.line && place.col === at.col;
    };
    const named = expected.find((e) => e.message === message && isHere(e.pointer));
    const found = at === undefined ? '' : (pointerAt(generated, at)?.pointer ?? '');
    return { message, pointer: named?.pointer ?? found.replace(own, '').replace(/^\/spec/, '') };
  });
}

const key = ({ pointer, message }: Said): string => `${pointer}\0${message}`;

function compare({ index, expected, said }: RuleCase & { said: readonly Said[] }, source: Source): Diagnostic[] {
  const wanted = new Set(expected.map(key));
  const found = new Set(said.map(key));
  const finding = (message: string, pointer: string, hint: string): Diagnostic => ({
    code: 'catalog/rule-case',
    severity: 'error',
    message,
    at: source.at(pointer, 'key'),
    hint,
  });
  return [
    ...expected
      .filter((e) => !found.has(key(e)))
      .map(({ pointer, message }) =>
        finding(
          `With these options nothing says at "${pointer}": ${message}`,
          `/${index}/says/${pointerStep(pointer)}`,
          'Correct the rule in capability.yaml, or the options of the case.',
        ),
      ),
    ...said
      .filter((s) => !wanted.has(key(s)))
      .sort((a, b) => compareText(key(a), key(b)))
      .map(({ pointer, message }) =>
        finding(
          `The case does not expect what is said at "${pointer}": ${message}`,
          `/${index}/says`,
          'Add it to `says`, or correct the options of the case.',
        ),
      ),
  ];
}

function untested(rule: Capability['rules'][number], { rules, source, ...capability }: Capability): Diagnostic {
  return {
    code: 'catalog/rule-case',
    severity: 'error',
    message: 'No case breaks this rule.',
    at: source.at(`/spec/rules/${rules.indexOf(rule)}/rule`),
    hint: `Add one to ${rulesFile({ rules, source, ...capability })}: the options that break it, and what is said.`,
  };
}
