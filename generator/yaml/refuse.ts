import { isScalar, Lexer, Parser, visit } from 'yaml';
import type { Document, Node, Scalar } from 'yaml';
import type { DiagnosticCode } from '../model/codes.ts';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import { maxDepth, placedLimits, valuesAtMost } from './limits.ts';
import { countLines, locate } from './locate.ts';

/** Where something of a text stands, by its offsets. */
export type At = (from: number, to: number) => Location;

/** So many findings of one file are said; the rest most often follows from the first. */
const maxFindings = 20;

/** Scalars that YAML 1.1 (Helm, kubectl) reads differently from YAML 1.2: refused unless quoted. */
const ambiguousScalar =
  /^(?:y|n|yes|no|on|off|[-+]?0[0-9]+|0o[0-7]+|[-+]?[0-9]+_[0-9_]*|[-+]?0b[01_]+|[-+]?[1-9][0-9]*(?::[0-5]?[0-9])+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?\.(?:inf|nan))$/i;

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
      if (map.tag !== undefined) return add(tagFinding(ranged(map)));
      const keys = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === null) {
          const place = ranged((key ?? map) as Node);
          add(
            finding(
              'yaml/syntax',
              place,
              'A key has to be text.',
              'Write a plain key; put it in quotes if it is null.',
            ),
          );
          continue;
        }
        const name = String(key.value);
        if (keys.has(name))
          add(
            finding(
              'yaml/duplicate-key',
              ranged(key),
              'This key stands twice in the same map.',
              'Keep one of the two.',
            ),
          );
        keys.add(name);
      }
      return found.length >= maxFindings ? visit.BREAK : undefined;
    },
    Node: (key, node) => {
      if ('tag' in node && node.tag !== undefined) return add(tagFinding(ranged(node)));
      return isScalar(node) && node.type === 'PLAIN' ? add(scalarFinding(node, key === 'key', ranged)) : undefined;
    },
  });
  return found;
}

function scalarFinding(node: Scalar, isKey: boolean, ranged: (node: Node) => Location): Diagnostic | undefined {
  const { value, source = '' } = node;
  if (ambiguousScalar.test(source))
    return finding(
      'yaml/ambiguous-scalar',
      ranged(node),
      `${source} means something else in YAML 1.1, which Helm and kubectl read.`,
      `Write "${source}" for the text, or true, false or a plain decimal number.`,
    );
  if (isKey && value !== null && String(value) !== source)
    return finding(
      'yaml/ambiguous-scalar',
      ranged(node),
      `The key ${source} is read as ${String(value)}.`,
      `Put it in quotes: "${source}".`,
    );
  if (typeof value === 'number' && !isExact(value, source))
    return finding(
      'yaml/number',
      ranged(node),
      `${source.slice(0, 40)} cannot be kept as a number: it would become ${String(value)}.`,
      'Put it in quotes if it is a name, or write a smaller number.',
    );
  return undefined;
}

const isExact = (value: number, source: string): boolean =>
  Number.isFinite(value) && (!/^[-+]?[0-9]+$/.test(source) || Number.isSafeInteger(value));

function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? message).slice(0, 200).replace(/[.:]\s*$/, '');
}
