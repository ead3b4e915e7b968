import { load, loadAll } from 'js-yaml';
import { isMap as isMapNode, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Diagnostic, Location, Outcome } from '../model/diagnostic.ts';
import type { Value } from '../model/values.ts';
import { pointerSteps } from '../model/values.ts';

/** Scalars that YAML 1.1 (Helm, kubectl) reads differently from YAML 1.2: refused unless quoted. */
const ambiguousScalar =
  /^(?:y|n|yes|no|on|off|[-+]?0[0-9]+|[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?0b[01_]+|[-+]?[1-9][0-9]*(?::[0-5]?[0-9])+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?\.(?:inf|nan))$/i;
/** A cheap test on the whole text: only a file that passes is read by the fast parser. */
const needsCare =
  /[&*!|>%@`\t?\\'\r\ufeff\u0085\u2028\u2029]|^(?:---|\.\.\.|<<<<<<<|=======|>>>>>>>)|<<|(?:^|[\s,[{:-])(?:y|n|yes|no|on|off|[-+]?0[0-9b]|[-+]?[0-9]+[_:][0-9]|[0-9]{4}-|[-+]?\.[in])|(?:^|[\s{,[-])(?::|(?:null|true|false|~|"|[-+.]?[0-9][^\s:]*|[\]}])[^\n,:]*:(?:\s|$))/im;

/** A YAML file: text, value, and the position of everything in it (worked out when first asked). */
export class Source {
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  #document: Document | undefined;
  readonly #lines: LineCounter = new LineCounter();

  constructor(file: string, text: string, value: Value, document?: Document) {
    this.file = file;
    this.text = text;
    this.value = value;
    this.#document = document;
    if (document !== undefined) countLines(text, this.#lines);
  }

  /** Where a JSON pointer stands; the nearest enclosing node when the pointer is not in the file. */
  at(pointer: string, part: 'key' | 'value' = 'value'): Location {
    const range = this.#range(pointer, part);
    return locate(this.file, this.text, this.#lines, range[0], range[1]);
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
    const node = this.#parsed().getIn(pointerSteps(pointer), true);
    return node === null || (isScalar(node) && node.value === null && (node.source ?? '') === '');
  }

  #parsed(): Document {
    this.#document ??= parseAllDocuments(this.text, {
      lineCounter: this.#lines,
      keepSourceTokens: false,
    })[0] as Document;
    return this.#document;
  }

  #range(pointer: string, part: 'key' | 'value'): [number, number] {
    let node = this.#parsed().contents as Node | null;
    let range: [number, number] = nodeRange(node) ?? [0, 0];
    const steps = pointerSteps(pointer);
    for (const [index, step] of steps.entries()) {
      const last = index === steps.length - 1;
      if (isMapNode(node)) {
        const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === step) as
          | Pair<Node, Node | null>
          | undefined;
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
export function parseSource(file: string, text: string): Outcome<Source> {
  const early = refuseEarly(file, text);
  if (early !== undefined) return { diagnostics: [early] };
  if (!needsCare.test(text)) {
    try {
      const value = load(text, { filename: file }) as Value;
      if (value !== null && value !== undefined) return { value: new Source(file, text, value), diagnostics: [] };
    } catch {
      // the careful parser below says it with a position
    }
  }
  return parseCarefully(file, text);
}

/** The documents of machine-written YAML (what Helm prints), empty ones left out; throws YAMLException. */
export function readDocuments(text: string): readonly Value[] {
  return (loadAll(text) as (Value | undefined)[]).filter((d): d is Value => d !== null && d !== undefined);
}

function refuseEarly(file: string, text: string): Diagnostic | undefined {
  const start: Location = { file, line: 1, col: 1 };
  if (text.includes('\0') || text.includes('\uFFFD')) {
    return {
      code: 'yaml/binary',
      severity: 'error',
      message: 'This is not a text file in UTF-8.',
      at: start,
      hint: 'Save it as UTF-8 text.',
    };
  }
  const marker = /^(?:<{7}|={7}|>{7})(?: .*)?$/m.exec(text);
  if (marker !== null) {
    const lines = new LineCounter();
    countLines(text, lines);
    return {
      code: 'yaml/merge-conflict',
      severity: 'error',
      message: 'A merge conflict marker was left in the file.',
      at: locate(file, text, lines, marker.index, marker.index + 7),
      hint: 'Resolve the conflict, then delete the marker lines.',
    };
  }
  return undefined;
}

function parseCarefully(file: string, text: string): Outcome<Source> {
  const lines = new LineCounter();
  const at = (from: number, to: number): Location => locate(file, text, lines, from, to);
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const document = (Array.isArray(documents) ? documents[0] : undefined) as Document | undefined;
  const second = Array.isArray(documents) ? documents[1] : undefined;
  const diagnostics: Diagnostic[] = [];
  for (const e of [...(document?.errors ?? []), ...(document?.warnings ?? [])])
    diagnostics.push(syntaxDiagnostic(e.code, e.message, at(e.pos[0], e.pos[1])));
  if (second !== undefined && diagnostics.length === 0) {
    diagnostics.push({
      code: 'yaml/documents',
      severity: 'error',
      message: 'The file holds more than one YAML document.',
      at: at(second.range[0], second.range[0] + 3),
      hint: 'Keep one document per file and remove the `---` line.',
    });
  }
  if (document !== undefined && diagnostics.length === 0) diagnostics.push(...lintNodes(document, at));
  if (diagnostics.length > 0) return { diagnostics };
  const value = (document?.toJS({ maxAliasCount: 0 }) ?? null) as Value;
  if (document === undefined || value === null) {
    return {
      diagnostics: [
        {
          code: 'yaml/empty',
          severity: 'error',
          message: 'The file is empty.',
          at: at(0, 0),
          hint: 'Write the document, or delete the file.',
        },
      ],
    };
  }
  return { value: new Source(file, text, value, document), diagnostics };
}

function syntaxDiagnostic(code: string, message: string, at: Location): Diagnostic {
  if (code === 'DUPLICATE_KEY') {
    return {
      code: 'yaml/duplicate-key',
      severity: 'error',
      message: 'This key stands twice in the same map.',
      at,
      hint: 'Keep one of the two.',
    };
  }
  if (code === 'TAB_AS_INDENT') {
    return {
      code: 'yaml/tab',
      severity: 'error',
      message: 'Tabs are not allowed as indentation.',
      at,
      hint: 'Indent with two spaces.',
    };
  }
  return {
    code: 'yaml/syntax',
    severity: 'error',
    message: `Not valid YAML: ${firstSentence(message)}.`,
    at,
    hint: 'Correct the YAML at this place.',
  };
}

function lintNodes(document: Document, at: (from: number, to: number) => Location): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const ranged = (node: Node): Location => at(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  visit(document, {
    Alias: (_, node) => {
      diagnostics.push({
        code: 'yaml/alias',
        severity: 'error',
        message: 'Aliases are not supported.',
        at: ranged(node),
        hint: 'Write the value out; share values through an environment.',
      });
      return visit.BREAK;
    },
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || pair.key.value === null) {
        diagnostics.push({
          code: 'yaml/syntax',
          severity: 'error',
          message: 'A key has to be text.',
          at: ranged((pair.key ?? pair.value ?? document.contents) as Node),
          hint: 'Write a plain key.',
        });
      }
    },
    Scalar: (_, node) => {
      if (node.type === 'PLAIN' && ambiguousScalar.test(node.source ?? '')) {
        diagnostics.push({
          code: 'yaml/ambiguous-scalar',
          severity: 'error',
          message: `${node.source} means something else in YAML 1.1, which Helm and kubectl read.`,
          at: ranged(node),
          hint: `Write "${node.source}" for the text, or true, false or a plain decimal number.`,
        });
      }
    },
  });
  return diagnostics;
}

function nodeRange(node: Node | null | undefined): [number, number] | undefined {
  return node?.range ? [node.range[0], node.range[1]] : undefined;
}

function countLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lines.addNewLine(i + 1);
}

/** A location with an excerpt of two lines before and one after. */
function locate(file: string, text: string, lines: LineCounter, from: number, to: number): Location {
  if (lines.lineStarts.length === 0) countLines(text, lines);
  const { line, col } = lines.linePos(from);
  const safeLine = Math.max(1, line);
  const firstLine = Math.max(1, safeLine - 2);
  const all = text.split('\n').slice(firstLine - 1, safeLine + 1);
  const endOfLine = text.indexOf('\n', from);
  const end = Math.max(from + 1, Math.min(to, endOfLine === -1 ? text.length : endOfLine));
  return {
    file,
    line: safeLine,
    col: Math.max(1, col),
    endCol: Math.max(1, col) + (end - from),
    excerpt: { firstLine, lines: all },
  };
}

/** A location in any text by line and column (templates). */
export function locateLine(file: string, text: string, line: number, col: number, width = 1): Location {
  const firstLine = Math.max(1, line - 2);
  return {
    file,
    line,
    col,
    endCol: col + width,
    excerpt: { firstLine, lines: text.split('\n').slice(firstLine - 1, line + 1) },
  };
}

function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/[.:]\s*$/, '');
}
