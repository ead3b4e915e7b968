import {
  COLLECTION_STYLE_FLOW,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  getScalarValue,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_PLAIN,
  SCALAR_STYLE_SINGLE_QUOTED,
} from 'js-yaml';
import type { Event } from 'js-yaml';
import { LineCounter } from 'yaml';
import type { Location } from '../model/diagnostic.ts';
import { pointerSteps } from '../model/values.ts';
import { withoutInsertions } from './continued.ts';
import { parseKubernetesYaml } from './kubernetesYaml.ts';
import type { ParsedYaml } from './kubernetesYaml.ts';
import { locate } from './locate.ts';
import { keyText, kubernetesScalar } from './scalars.ts';

/** Where something of a document stands. */
export interface Places {
  /** Where a JSON pointer stands; the nearest enclosing node when it leads nowhere. */
  at(pointer: string, part?: 'key' | 'value'): Location;
}

/** A node and its extent, in positions of the parsed text. */
interface PlacedNode {
  readonly from: number;
  to: number;
  /** Undefined for what is no scalar. */
  readonly text?: string;
  readonly items?: PlacedNode[];
  /** Keys and values in turn. */
  readonly pairs?: PlacedNode[];
  readonly isFlow?: boolean;
}

/** Places in a document, worked out when the first is asked for. */
export function kubernetesPlaces(file: string, text: string): Places {
  const lines = new LineCounter();
  let root: PlacedNode | undefined;
  let parsed: ParsedYaml | undefined;
  const open = (): PlacedNode | undefined => {
    if (parsed !== undefined) return root;
    const read = parseKubernetesYaml(text);
    parsed = 'problem' in read ? { source: text, events: [], insertions: [] } : read;
    return (root = rootOf(parsed));
  };
  return {
    at(pointer, part = 'value') {
      const { from, to } = placeOf(open(), pointerSteps(pointer), part);
      const { insertions = [] } = parsed ?? {};
      return locate(file, text, lines, withoutInsertions(from, insertions), withoutInsertions(to, insertions));
    },
  };
}

function placeOf(root: PlacedNode | undefined, steps: readonly string[], part: 'key' | 'value'): PlacedNode {
  let node = root ?? { from: 0, to: 0 };
  let place = node;
  for (const [index, step] of steps.entries()) {
    const isLast = index === steps.length - 1;
    if (node.pairs !== undefined) {
      const found = pairOf(node.pairs, step);
      if (found === undefined) break;
      const [key, value] = found;
      place = (isLast && part === 'key') || value.from === -1 ? key : value;
      node = value;
    } else {
      const item = node.items?.[Number(step)];
      if (item === undefined) break;
      place = item.from === -1 ? place : item;
      node = item;
    }
  }
  return place;
}

/** The last of equal keys counts; what `<<` brings in counts where the map has no such key. */
function pairOf(pairs: readonly PlacedNode[], name: string): readonly [PlacedNode, PlacedNode] | undefined {
  const at = name === '<<' ? undefined : indexOf(pairs).get(name);
  const [key, value] = at === undefined ? [] : pairs.slice(at, at + 2);
  if (key !== undefined && value !== undefined) return [key, value];
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i]?.text !== '<<') continue;
    const merged = pairs[i + 1];
    for (const source of merged?.items ?? (merged === undefined ? [] : [merged])) {
      const found = source.pairs === undefined ? undefined : pairOf(source.pairs, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const indexes = new WeakMap<readonly PlacedNode[], ReadonlyMap<string, number>>();

/** Where the keys of a map stand among its pairs. */
function indexOf(pairs: readonly PlacedNode[]): ReadonlyMap<string, number> {
  const known = indexes.get(pairs);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const { text } = pairs[i] ?? {};
    if (text !== undefined) made.set(text, i);
  }
  indexes.set(pairs, made);
  return made;
}

function rootOf({ events, source }: ParsedYaml): PlacedNode | undefined {
  const anchors = new Map<string, PlacedNode>();
  const open: PlacedNode[] = [];
  let root: PlacedNode | undefined;
  const end = (node: PlacedNode): void => {
    const holder = open.at(-1);
    if (holder !== undefined && node.to > holder.to) holder.to = node.to;
  };
  for (const event of events) {
    if (event.type === EVENT_DOCUMENT) {
      if (root !== undefined) break;
      continue;
    }
    if (event.type === EVENT_POP) {
      const done = open.pop();
      if (done === undefined) break;
      if (done.isFlow === true) done.to = closed(source, done.to);
      end(done);
      continue;
    }
    const node = nodeOf(event, source, anchors);
    root ??= node;
    const holder = open.at(-1);
    (holder?.items ?? holder?.pairs)?.push(node);
    if (event.type === EVENT_SCALAR || event.type === EVENT_ALIAS) end(node);
    else open.push(node);
  }
  return root;
}

function nodeOf(event: Event, source: string, anchors: Map<string, PlacedNode>): PlacedNode {
  const node = placed(event, source, anchors);
  if ('anchorStart' in event && event.type !== EVENT_ALIAS && event.anchorStart !== -1)
    anchors.set(source.slice(event.anchorStart, event.anchorEnd), node);
  return node;
}

function placed(event: Event, source: string, anchors: ReadonlyMap<string, PlacedNode>): PlacedNode {
  switch (event.type) {
    case EVENT_ALIAS: {
      const range = { from: event.anchorStart - 1, to: event.anchorEnd };
      return { ...anchors.get(source.slice(event.anchorStart, event.anchorEnd)), ...range };
    }
    case EVENT_MAPPING:
      return { from: event.start, to: event.start + 1, pairs: [], isFlow: event.style === COLLECTION_STYLE_FLOW };
    case EVENT_SEQUENCE:
      return { from: event.start, to: event.start + 1, items: [], isFlow: event.style === COLLECTION_STYLE_FLOW };
    case EVENT_SCALAR: {
      const { valueStart, valueEnd, style, tagStart } = event;
      const value = valueStart === -1 ? '' : getScalarValue(source, event);
      const text = style === SCALAR_STYLE_PLAIN && tagStart === -1 ? keyText(kubernetesScalar(value)) : value;
      const quotes = style === SCALAR_STYLE_SINGLE_QUOTED || style === SCALAR_STYLE_DOUBLE_QUOTED ? 1 : 0;
      const isBlock = style !== SCALAR_STYLE_PLAIN && quotes === 0;
      const from = isBlock ? headerOf(source, valueStart) : valueStart - quotes;
      return { from, to: valueEnd + quotes, ...(text === undefined ? {} : { text }) };
    }
    default:
      return { from: 0, to: 0 };
  }
}

/** The `|` or `>` above a block of text. */
function headerOf(source: string, valueStart: number): number {
  const line = source.slice(source.lastIndexOf('\n', valueStart - 2) + 1, valueStart);
  const header = /[|>][-+0-9]*[ \t]*(?:#.*)?\r?\n?$/.exec(line);
  return valueStart - line.length + (header?.index ?? 0);
}

/** Behind the bracket that closes a list or map, from the end of what is last in it. */
function closed(source: string, from: number): number {
  const rest = /^(?:[\s,]|(?<=\s)#[^\n]*\n)*[\]}]/.exec(source.slice(from, from + 2000));
  return rest === null ? from : from + rest[0].length;
}
