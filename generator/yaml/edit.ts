import { isMap, isScalar, isSeq, Lexer, parse, parseDocument } from 'yaml';
import type { Node, Pair, YAMLMap } from 'yaml';
import type { Value } from '../model/values.ts';
import { isList, isMap as isValueMap, pointerSteps } from '../model/values.ts';
import { withoutEnd } from '../util/text.ts';

type MapNode = YAMLMap<Node, Node | null>;

/**
 * The text of a YAML file with a value at a pointer; everything else stays as it is, comments, quotes and line ends included.
 * undefined: the place cannot be edited, because what it stands in is no map, or an item of a list that is not there.
 */
export function withValue(text: string, pointer: string, value: Value): string | undefined {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const body = text.slice(mark.length);
  let node = parseDocument(body).contents as Node | null;
  let isInFlow = false;
  const steps = pointerSteps(pointer);
  for (const [i, step] of steps.entries()) {
    if (isSeq(node) && i < steps.length - 1) {
      isInFlow ||= node.flow === true;
      node = (node.items[Number(step)] as Node | undefined) ?? null;
      continue;
    }
    if (!isMap(node)) return undefined;
    const map = node as MapNode;
    isInFlow ||= map.flow === true;
    const pair = map.items.find((p) => isScalar(p.key) && String(p.key.value) === step);
    if (pair === undefined) return done(mark, added(body, map, step, nested(steps.slice(i + 1), value)));
    if (i === steps.length - 1) return done(mark, replaced(body, pair, value, isInFlow));
    node = pair.value;
  }
  return undefined;
}

/** A pair of a map at a pointer, and the map it stands in. */
interface Place {
  readonly map: MapNode;
  readonly pair: Pair<Node, Node | null>;
}

function pairAt(body: string, pointer: string): Place | undefined {
  let node = parseDocument(body).contents as Node | null;
  let place: Place | undefined;
  for (const step of pointerSteps(pointer)) {
    if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null;
      place = undefined;
      continue;
    }
    if (!isMap(node)) return undefined;
    const map = node as MapNode;
    const pair = map.items.find((p) => isScalar(p.key) && String(p.key.value) === step);
    if (pair === undefined) return undefined;
    place = { map, pair };
    node = pair.value;
  }
  return place;
}

/** The text with another name for the key at a pointer; undefined where there is none. Everything else stays as it is. */
export function withKey(text: string, pointer: string, name: string): string | undefined {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const body = text.slice(mark.length);
  const range = pairAt(body, pointer)?.pair.key.range;
  if (range === undefined || range === null) return undefined;
  const quote = quoteOf(body, range[0]);
  const printed = quote === '' ? scalar(name) : quoted(name, quote);
  return `${mark}${body.slice(0, range[0])}${printed}${body.slice(range[1])}`;
}

/**
 * The text without the key at a pointer and its value; its comments stay, on lines of their own. A map that has nothing else
 * becomes `{}`. undefined where there is none, or where it cannot be taken out of its line.
 */
export function withoutKey(text: string, pointer: string): string | undefined {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const body = text.slice(mark.length);
  const place = pairAt(body, pointer);
  const start = place?.pair.key.range?.[0];
  if (place === undefined || start === undefined) return undefined;
  const { map, pair } = place;
  const end =
    pair.value === null ? (pair.key.range?.[1] ?? start) : lastEnd(pair.value, pair.value.range?.[1] ?? start);
  return done(mark, map.flow === true ? outOfFlow(body, map, pair, start, end) : outOfBlock(body, map, start, end));
}

function outOfFlow(text: string, map: MapNode, pair: Pair<Node, Node | null>, start: number, end: number): string {
  const i = map.items.indexOf(pair);
  const next = map.items[i + 1]?.key.range?.[0];
  if (next !== undefined) return text.slice(0, start) + text.slice(next);
  const before = map.items[i - 1];
  const from = before?.value?.range?.[1] ?? before?.key.range?.[1];
  if (from !== undefined) return text.slice(0, from) + text.slice(end);
  return `${text.slice(0, map.range?.[0])}{}${text.slice(map.range?.[1])}`;
}

function outOfBlock(text: string, map: MapNode, start: number, end: number): string | undefined {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const indent = text.slice(from, start);
  if (indent.trim() !== '') return undefined; // the first key of an item of a list
  const newline = text.indexOf('\n', Math.max(start, end - 1));
  const to = newline === -1 ? text.length : newline + 1;
  const comments = commentsIn(text.slice(start, to)).map((comment) => `${indent}${comment}\n`);
  const rest = `${text.slice(0, from)}${comments.join('')}${text.slice(to)}`;
  if (map.items.length > 1) return rest;
  // the key that the map belongs to has nothing behind it any more
  const head = text.slice(0, from).trimEnd();
  return head.endsWith(':')
    ? `${head} {}${text.slice(head.length, from)}${comments.join('')}${text.slice(to)}`
    : undefined;
}

/** Comments of a piece of block style; what is in quotes or in a block of text is taken for none. */
function commentsIn(piece: string): string[] {
  return [...new Lexer().lex(piece)].filter((token) => token.startsWith('#'));
}

const done = (mark: string, text: string | undefined): string | undefined =>
  text === undefined ? undefined : mark + text;

const nested = (steps: readonly string[], value: Value): Value =>
  steps.reduceRight<Value>((inner, step) => ({ [step]: inner }), value);

const lineEndsOf = (text: string): string => text.slice(withoutEnd(text.replaceAll('\r', '\n'), '\n').length);

/** Another value behind the key; quotes stay what they were. */
function replaced(
  text: string,
  { key, value: old }: Pair<Node, Node | null>,
  value: Value,
  isInFlow: boolean,
): string | undefined {
  const range = old?.range;
  if (range === undefined || range === null) return undefined;
  const quote = isScalar(old) && typeof value === 'string' ? quoteOf(text, range[0]) : '';
  const block = isInFlow || quote !== '' ? undefined : blockOf(text, key, value);
  const printed = block ?? (quote === '' ? flow(value) : quoted(String(value), quote));
  const end = old === null || isScalar(old) ? range[1] : lastEnd(old, range[1]);
  const isBlank = range[0] === range[1] && key.range?.[1] === range[0] - 1;
  // a block scalar ends behind its line ends, which stay; a comment behind its | or > does too
  const lines = lineEndsOf(text.slice(range[0], end));
  const comment = /^[|>][^#\s]*( +#[^\r\n]*)/.exec(text.slice(range[0], end))?.[1] ?? '';
  const shown = block === undefined ? `${printed}${comment}` : printed.replace(/^(\S+)/, (head) => `${head}${comment}`);
  return `${text.slice(0, range[0])}${isBlank ? ' ' : ''}${shown}${text.slice(end - lines.length)}`;
}

/** Text of several lines, literally, where that says the same; undefined where it has to be quoted. */
function blockOf(text: string, key: Node, value: Value): string | undefined {
  const start = key.range?.[0];
  if (typeof value !== 'string' || start === undefined) return undefined;
  if (!/^[^\s][^\r]*\n?$/.test(value) || !value.trimEnd().includes('\n')) return undefined;
  const lines = value.replace(/\n$/, '').split('\n');
  if (lines.at(-1) === '' || lines.some((line) => !/^[\t\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]*$/.test(line)))
    return undefined;
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const indent = `${/^ */.exec(before)?.[0] ?? ''}${' '.repeat(before.trimStart().length)}  `;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return [value.endsWith('\n') ? '|' : '|-', ...lines.map((line) => (line === '' ? '' : `${indent}${line}`))].join(
    newline,
  );
}

const quoteOf = (text: string, at: number): string => /^["']/.exec(text.slice(at, at + 1))?.[0] ?? '';

const quoted = (value: string, quote: string): string =>
  quote === "'" ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);

/** One more key: behind the last one of a map, in the style of the map. */
function added(text: string, map: MapNode, key: string, value: Value): string | undefined {
  if (map.flow === true) return addedInFlow(text, map, `${scalar(key)}: ${flow(value)}`);
  const first = map.items[0]?.key.range;
  const last = map.items.at(-1);
  if (first === undefined || first === null || last === undefined) return undefined;
  const indent = ' '.repeat(first[0] - (text.lastIndexOf('\n', first[0] - 1) + 1));
  const entry = `${scalar(key)}: ${flow(value)}`;
  const end = last.value === null ? (last.key.range?.[1] ?? 0) : lastEnd(last.value, last.value.range?.[1] ?? 0);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (text[end - 1] === '\n') return `${text.slice(0, end)}${indent}${entry}${newline}${text.slice(end)}`;
  const eol = text.indexOf('\n', end);
  if (eol === -1) return `${text}${newline}${indent}${entry}${newline}`;
  return `${text.slice(0, eol + 1)}${indent}${entry}${newline}${text.slice(eol + 1)}`;
}

function addedInFlow(text: string, map: MapNode, entry: string): string | undefined {
  const close = text.lastIndexOf('}', (map.range?.[1] ?? 0) - 1);
  const last = map.items.at(-1);
  if (last === undefined) return `${text.slice(0, map.range?.[0])}{ ${entry} }${text.slice(close + 1)}`;
  const end = last.value?.range?.[1] ?? last.key.range?.[1];
  if (end === undefined) return undefined;
  return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
}

/** Where the last text of a node ends: block maps and lists reach into the comments behind them. */
function lastEnd(node: Node, fallback: number): number {
  if (isScalar(node)) return node.range?.[1] ?? fallback;
  const collection = node as MapNode;
  if (collection.flow === true) return node.range?.[1] ?? fallback;
  const last = (collection.items as readonly unknown[] | undefined)?.at(-1) as
    | Pair<Node, Node | null>
    | Node
    | undefined;
  if (last === undefined) return node.range?.[1] ?? fallback;
  if ('key' in last) return last.value === null ? (last.key.range?.[1] ?? fallback) : lastEnd(last.value, fallback);
  return lastEnd(last as Node, fallback);
}

/** A value in flow style: it fits behind a key wherever that stands. */
function flow(value: Value): string {
  if (isList(value)) return value.length === 0 ? '[]' : `[${value.map(flow).join(', ')}]`;
  if (isValueMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${scalar(key)}: ${flow(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? scalar(value) : JSON.stringify(value);
}

/** Plain where every reader takes it for the same text. */
function scalar(text: string): string {
  const isPlain =
    /^[A-Za-z][A-Za-z0-9._/-]*$/.test(text) || /^[0-9]+\.[0-9]+\.[0-9]+(?:[-+][A-Za-z0-9.+-]+)?$/.test(text);
  return isPlain && isText(text) ? text : JSON.stringify(text);
}

const isText = (text: string): boolean =>
  !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text) &&
  parse(text) === text &&
  parse(text, { version: '1.1' }) === text;
