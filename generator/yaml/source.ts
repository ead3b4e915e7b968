import { isMap as isMapNode, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Diagnostic, Location, Outcome } from '../model/diagnostic.ts';
import type { Source } from '../model/source.ts';
import type { Value } from '../model/values.ts';
import { pointerSteps } from '../model/values.ts';
import { inserted, withoutInsertions } from './continued.ts';
import { parseKubernetesYaml, readKubernetesYaml, valueOf } from './kubernetesYaml.ts';
import type { ParsedYaml, YamlProblem } from './kubernetesYaml.ts';
import { locate, locateLine } from './locate.ts';
import { maxDepth } from './limits.ts';
import { deepPlace, lintDocument, refuseText, syntaxFindings, tooDeep, unreadable } from './refuse.ts';
import type { At } from './refuse.ts';

/** From this length on (characters) the depth is looked at before parsing, which takes long on what is too deep. */
const largeText = 65_536;

/**
 * A cheap test on the whole text: only a file that passes is read by the fast parser. What it looks for: tabs and odd line
 * ends; what only stands for itself where a node begins (anchors, aliases, tags, complex keys); markers of documents and
 * merges; keys that readers disagree on.
 */
const nodeBegin = '(?:^|[,[{?]|[-:]\\s|["\']:)\\s*';
/** Where `{` and `[` may open a map or a list; elsewhere they are text, as in `"[a-z]{0,61}"`. */
const flowBegin = '(?<=^|[\\s,[{:])';
const blankLines = /\n\s*\n/g;
/** Values in quotes on one line, in which nothing begins. */
const quotedValues = /(?<=\w: )(?:"(?:\\.|[^"\\\n])*"|'(?:[^'\n]|'')*')(?=[ \t]*(?:[,}\]]|$))/gm;
/** The first line of a text block below a key, further right than the key. */
const blockTexts = /^( *)([\w-]+: [|>][-+]?)\n\1 +\S/gm;
const oddSpaces = /[\t\r\ufeff\u0085\u2028\u2029]/;
const oddForms = new RegExp(
  [
    '^(?:---|\\.\\.\\.|%|<<<<<<<|=======|>>>>>>>)|<<',
    `${nodeBegin}(?:[&*](?:[^\\s,[\\]{}]|$)|!|[|>][-+]?[0-9]|[@\`]|\\?(?:\\s|$))`,
    // keys that are no plain words
    `(?:${flowBegin}\\{\\s*(?:null|~|[-+.]?[0-9][^\\s,}]*)\\s*[,}]|(?<!\\{[0-9]+),\\s*(?:null|~|[-+.]?[0-9][^\\s,}\\]]*)\\s*\\})`,
    // a text block that is no value of a key
    '^\\s*[|>]',
    `(?:^\\s*|(?:${flowBegin}[{[]|,)\\s*|-\\s+)(?::|(?:null|true|false|~|[-+.]?[0-9][^\\s:,]*|[\\]}])\\s*:(?:[\\s,\\]}]|$))`,
  ].join('|'),
  'im',
);

function needsCare(text: string): boolean {
  if (oddSpaces.test(text)) return true;
  const plain = text.replaceAll(quotedValues, '""').replaceAll(blankLines, '\n');
  return oddForms.test(plain.replaceAll(blockTexts, '$1$2\n$1 x'));
}

/** A Source over the positions that the YAML parser gives, worked out when first asked. */
class YamlSource implements Source {
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  #document: Document | undefined;
  #indented: IndentedText | undefined;
  readonly #lines: LineCounter = new LineCounter();
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair<Node, Node | null>>>();

  constructor(file: string, text: string, value: Value, parsed?: { document: Document; indented: IndentedText }) {
    this.file = file;
    this.text = text;
    this.value = value;
    this.#document = parsed?.document;
    this.#indented = parsed?.indented;
  }

  /** Where a JSON pointer stands; the nearest enclosing node when the pointer is not in the file. */
  at(pointer: string, part: 'key' | 'value' = 'value'): Location {
    const range = this.#range(pointer, part);
    const position = (offset: number): number => this.#indented?.position(offset) ?? offset;
    return locate(this.file, this.text, this.#lines, position(range[0]), position(range[1]));
  }

  has(pointer: string): boolean {
    let node: unknown = this.value;
    for (const step of pointerSteps(pointer)) {
      if (typeof node !== 'object' || node === null || !Object.hasOwn(node, step)) return false;
      node = (node as Record<string, unknown>)[step];
    }
    return true;
  }

  /** True for a key with nothing behind it (`kafka:`); false for a written `null` or `~`. */
  isBlank(pointer: string): boolean {
    const node = this.#parsed()?.getIn(pointerSteps(pointer), true);
    return node === null || (isScalar(node) && node.value === null && (node.source ?? '') === '');
  }

  /** Undefined where this reader sees no document: one that the fast reader saw behind a lone carriage return. */
  #parsed(): Document | undefined {
    this.#indented ??= withIndentation(this.text);
    this.#document ??= parseAllDocuments(this.#indented.text, { keepSourceTokens: false })[0];
    return this.#document;
  }

  /** By key, the first of equal ones: a map of many findings is not searched for each of them. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair<Node, Node | null>> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map<string, Pair<Node, Node | null>>();
    for (const pair of map.items as Pair<Node, Node | null>[])
      if (isScalar(pair.key) && !pairs.has(String(pair.key.value))) pairs.set(String(pair.key.value), pair);
    this.#pairs.set(map, pairs);
    return pairs;
  }

  #range(pointer: string, part: 'key' | 'value'): [number, number] {
    let node = (this.#parsed()?.contents ?? null) as Node | null;
    let range: [number, number] = nodeRange(node) ?? [0, 0];
    const steps = pointerSteps(pointer);
    for (const [index, step] of steps.entries()) {
      const last = index === steps.length - 1;
      if (isMapNode(node)) {
        const pair = this.#pairsOf(node).get(step);
        if (pair === undefined) break;
        const keyRange = nodeRange(pair.key) ?? range;
        range = last && part === 'key' ? keyRange : (nodeRange(pair.value) ?? keyRange);
        node = pair.value;
      } else if (isSeq(node)) {
        node = (node.items[Number(step)] ?? null) as Node | null;
        range = nodeRange(node) ?? range;
      } else break;
    }
    return range;
  }
}

/** Reads one YAML document strictly; every problem has a place. */
export function parseSource(file: string, raw: string): Outcome<Source> {
  const text = stripBom(raw);
  const early = refuseText(file, text);
  if (early !== undefined) return { diagnostics: [early] };
  if (!needsCare(text)) {
    const read = readKubernetesYaml(text, { strict: true });
    // the careful parser says what is wrong with the others, and where
    if (!('problem' in read) && read.doubtful.length === 0 && read.value !== null && !isDeeper(read.value, maxDepth))
      return { value: new YamlSource(file, text, read.value), diagnostics: [] };
  }
  return parseCarefully(file, text);
}

/** Without the byte order mark that some editors write first: it is no part of the text. */
export function stripBom(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

interface IndentedText {
  readonly text: string;
  /** The position in the text as it is written. */
  position(indented: number): number;
}

/** Lines that continue a list, map or quoted text further left than YAML has it, as Helm and kubectl read them. */
function withIndentation(
  text: string,
  parsed: ParsedYaml | { readonly problem: YamlProblem } = parseKubernetesYaml(text),
): IndentedText {
  const insertions = 'problem' in parsed ? [] : parsed.insertions;
  return { text: inserted(text, insertions), position: (indented) => withoutInsertions(indented, insertions) };
}

function parseCarefully(file: string, text: string): Outcome<Source> {
  const lines = new LineCounter();
  const parsed = parseKubernetesYaml(text);
  const indented = withIndentation(text, parsed);
  const place: At = (from, to) => locate(file, text, lines, from, to);
  const at: At = (from, to) => place(indented.position(from), indented.position(to));
  const refuse = (finding: Diagnostic): Outcome<Source> => ({ diagnostics: [finding] });
  const deep = text.length > largeText ? deepPlace(text, place) : undefined;
  if (deep !== undefined) return refuse(tooDeep(deep));
  const documents = parseAllDocuments(indented.text, { prettyErrors: false, uniqueKeys: false });
  const [document, second] = (Array.isArray(documents) ? documents : []) as readonly (Document.Parsed | undefined)[];
  if (document?.errors.some((e) => e.code === 'RESOURCE_EXHAUSTION') === true)
    return refuse(tooDeep(deepPlace(text, place) ?? at(0, 0)));
  const diagnostics = syntaxFindings(document, at);
  if (second !== undefined && diagnostics.length === 0) {
    diagnostics.push({
      code: 'yaml/documents',
      severity: 'error',
      message: 'The file holds more than one YAML document.',
      at: at(second.range[0], second.range[0] + 3),
      hint: 'Keep one document per file and remove the `---` line.',
    });
  }
  if (document !== undefined && diagnostics.length === 0) diagnostics.push(...lintDocument(document, at));
  if (diagnostics.length > 0) return { diagnostics };
  const value = (document?.toJS({ maxAliasCount: 0 }) ?? null) as Value;
  if (document === undefined || value === null) {
    return refuse({
      code: 'yaml/empty',
      severity: 'error',
      message: 'The file is empty.',
      at: at(0, 0),
      hint: 'Write the document, or delete the file.',
    });
  }
  if (isDeeper(value, maxDepth)) return refuse(tooDeep(deepPlace(text, place) ?? at(0, 0)));
  const read = 'problem' in parsed ? parsed : valueOf(parsed, { strict: true });
  if ('problem' in read) return refuse(unreadable(read.problem.reason, locateLine(file, text, read.problem.line, 1)));
  if (JSON.stringify(read.value) !== JSON.stringify(value))
    return refuse(unreadable('its readers do not agree on what it says', at(0, 1)));
  return { value: new YamlSource(file, text, value, { document, indented }), diagnostics: [] };
}

/** True when lists and maps are nested deeper than `depth`. */
function isDeeper(value: Value, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((item: Value) => isDeeper(item, depth - 1));
}

function nodeRange(node: Node | null | undefined): [number, number] | undefined {
  return node?.range ? [node.range[0], node.range[1]] : undefined;
}
