import { isScalar, Lexer, Parser, visit } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import type { DiagnosticCode } from '../model/codes.ts';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { DoubtfulScalar } from './kubernetesYaml.ts';
import { maxDepth, placedLimits, valuesAtMost } from './limits.ts';
import { countLines, locate } from './locate.ts';
import { coreScalar, isAmbiguous, isInexact, keyText, kubernetesScalar, unambiguous } from './scalars.ts';
import type { Scalar } from './scalars.ts';

/** Where something of a text stands, by its offsets. */
export type At = (from: number, to: number) => Location;

/** So many findings of one file are said; the rest most often follows from the first. */
const maxFindings = 20;

const finding = (code: DiagnosticCode, at: Location, message: string, hint: string): Diagnostic => ({
  code,
  severity: 'error',
  message,
  at,
  hint,
});

/** What is seen without parsing: not text, more than is read, merge conflicts. */
export function refuseText(file: string, text: string): Diagnostic | undefined {
  const place: At = (from, to) => locate(file, text, countLines(text), from, to);
  const binary = text.search(/[\0\uFFFD]/);
  if (binary !== -1) {
    const { excerpt: _excerpt, ...at } = place(binary, binary + 1);
    return finding('yaml/binary', at, 'This is not a text file in UTF-8.', 'Save it as UTF-8 text.');
  }
  if (text.length > placedLimits.characters) return tooLarge(place(0, 1));
  if (valuesAtMost(text) > placedLimits.values) {
    const deep = deepPlace(text, place);
    return deep === undefined ? tooLarge(place(0, 1)) : tooDeep(deep);
  }
  return conflictIn(file, text);
}

/** The first marker that git left in a text of any kind; undefined without one. */
export function conflictIn(file: string, text: string): Diagnostic | undefined {
  const marker = /^(?:<{7}|={7}|>{7})(?: .*)?\r?$/m.exec(text);
  if (marker === null) return undefined;
  return finding(
    'yaml/merge-conflict',
    locate(file, text, countLines(text), marker.index, marker.index + 7),
    'A merge conflict marker was left in the file.',
    'Resolve the conflict, then delete the marker lines.',
  );
}

function tooLarge(at: Location): Diagnostic {
  const { characters, values } = placedLimits;
  return finding(
    'yaml/too-large',
    at,
    `The file has more than ${characters / 1024 / 1024} MiB, or more than ${values} values.`,
    'A spec or template of that size is a mistake; move large data elsewhere.',
  );
}

export function tooDeep(at: Location): Diagnostic {
  return finding(
    'yaml/too-deep',
    at,
    `Lists and maps are nested more than ${maxDepth} deep here.`,
    'No spec or template needs that; most often a bracket or a quote is missing.',
  );
}

/** The first place that is nested deeper than `maxDepth`; found without recursion, and without reading on. */
export function deepPlace(text: string, at: At): Location | undefined {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > maxDepth + 1) return at(parser.offset - lexeme.length, parser.offset);
  }
  return undefined;
}

/** What the parser could not read. */
export function syntaxFindings(document: Document | undefined, at: At): Diagnostic[] {
  return [...(document?.errors ?? []), ...(document?.warnings ?? [])]
    .slice(0, maxFindings)
    .map((e) => syntaxFinding(e.code, e.message, at(e.pos[0], e.pos[1])));
}

function syntaxFinding(code: string, message: string, at: Location): Diagnostic {
  if (code === 'TAB_AS_INDENT')
    return finding('yaml/tab', at, 'Tabs are not allowed as indentation.', 'Indent with two spaces.');
  if (code === 'TAG_RESOLVE_FAILED') return tagFinding(at);
  return finding('yaml/syntax', at, `Not valid YAML: ${firstSentence(message)}.`, 'Correct the YAML at this place.');
}

/** What Helm and kubectl cannot read. */
export const unreadable = (reason: string, at: Location): Diagnostic =>
  finding('yaml/syntax', at, `Not valid YAML: ${reason}.`, 'Correct the YAML at this place.');

const tagFinding = (at: Location): Diagnostic =>
  finding('yaml/tag', at, 'Tags are not supported.', 'Write the value without its tag; text goes in quotes.');

/** What parses, and is refused for what readers would make of it. */
export function lintDocument(document: Document, at: At): Diagnostic[] {
  const found: Diagnostic[] = [];
  const ranged = (node: Node): Location => at(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  const add = (finding: Diagnostic | undefined): symbol | undefined => {
    if (finding !== undefined) found.push(finding);
    return found.length >= maxFindings ? visit.BREAK : undefined;
  };
  visit(document, {
    Alias: (_, node) => {
      const hint = 'Write the value out; share values through an environment.';
      add(finding('yaml/alias', ranged(node), 'Aliases are not supported.', hint));
      return visit.BREAK;
    },
    Map: (_, map) => {
      for (const finding of keyFindings(map, ranged)) add(finding);
      return found.length >= maxFindings ? visit.BREAK : undefined;
    },
    Node: (key, node) => {
      if ('tag' in node && node.tag !== undefined) return add(tagFinding(ranged(node)));
      return isScalar(node) && node.type === 'PLAIN'
        ? add(scalarFinding({ source: node.source ?? '', isKey: key === 'key' }, () => ranged(node)))
        : undefined;
    },
  });
  return found;
}

/** Tags, keys that are no text, and keys that stand twice. */
function keyFindings(map: YAMLMap, ranged: (node: Node) => Location): Diagnostic[] {
  if (map.tag !== undefined) return [tagFinding(ranged(map))];
  const keys = new Set<string>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key) || key.value === null) {
      const hint = 'Write a plain key; put it in quotes if it is null.';
      return [finding('yaml/syntax', ranged((key ?? map) as Node), 'A key has to be text.', hint)];
    }
    if (key.source === '<<' && key.type === 'PLAIN') {
      const hint = 'Write the values out; share them through an environment.';
      return [finding('yaml/alias', ranged(key), 'Merge keys (<<) are not supported.', hint)];
    }
    const name = String(key.value);
    const isTwice = keys.has(name);
    keys.add(name);
    if (!isTwice) return [];
    const message = 'This key stands twice in the same map.';
    return [finding('yaml/duplicate-key', ranged(key), message, 'Keep one of the two.')];
  });
}

/**
 * A plain scalar that not all readers take for the same, or a number that cannot be kept; undefined for any other. `place` is
 * only asked for a finding: nearly no scalar has one, and a place comes with its excerpt.
 */
export function scalarFinding(
  { source, isKey }: Pick<DoubtfulScalar, 'source' | 'isKey'>,
  place: () => Location,
): Diagnostic | undefined {
  const said = saidOf(source, isKey);
  if (said === undefined) return undefined;
  const at = place();
  const { code, inSecret } = said;
  return at.excerpt === undefined
    ? finding(code, at, inSecret, 'Put it in quotes.')
    : finding(code, at, said.message, said.hint);
}

/** What is wrong with a scalar; `inSecret` is what may be said of one that must not be shown. */
function saidOf(
  source: string,
  isKey: boolean,
): (Pick<Diagnostic, 'code' | 'message'> & { readonly hint: string; readonly inSecret: string }) | undefined {
  if (isInexact(source))
    return {
      code: 'yaml/number',
      message: `${source.slice(0, 40)} cannot be kept as a number: it would become ${Number(source.replaceAll('_', ''))}.`,
      hint: 'Put it in quotes if it is a name, or write a smaller number.',
      inSecret: 'A number cannot be kept to the digit.',
    };
  const code = 'yaml/ambiguous-scalar';
  const inSecret = 'A value without quotes is read in another way by Helm and kubectl than by other readers of YAML.';
  if (isAmbiguous(source))
    return { code, message: meanings(source), hint: `Write ${unambiguous(source).join(', or ')}.`, inSecret };
  const name = keyText(kubernetesScalar(source));
  if (!isKey || name === source) return undefined;
  return {
    code,
    message: `The key ${source} is read as ${String(name)}.`,
    hint: `Put it in quotes: "${source}".`,
    inSecret,
  };
}

function meanings(source: string): string {
  const [kubernetes, core] = [kubernetesScalar(source), coreScalar(source)].map(described);
  if (kubernetes === core)
    return `${source} is ${kubernetes} for Helm and kubectl, and something else for other readers of YAML.`;
  return `${source} is ${kubernetes} for Helm and kubectl, which read YAML 1.1, and ${core} in YAML 1.2.`;
}

const described = (value: Scalar): string => (typeof value === 'string' ? 'text' : String(value));

/** Without the text that the parser cites, which may be a password that lacks its quotes. */
function firstSentence(message: string): string {
  const cited =
    /^(Block scalar header includes extra characters|Unresolved tag|Invalid escape sequence|Unknown directive|Unexpected [\w-]{1,30} token in YAML stream)\b.*/;
  return (message.split('\n')[0] ?? message)
    .replace(cited, '$1')
    .slice(0, 200)
    .replace(/[.:]\s*$/, '');
}
