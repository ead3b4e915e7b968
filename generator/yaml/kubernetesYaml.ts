import {
  binaryTag,
  constructFromEvents,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  SCALAR_STYLE_DOUBLE_QUOTED,
  SCALAR_STYLE_PLAIN,
  Schema,
  strTag,
  YAMLException,
} from 'js-yaml';
import type { Event } from 'js-yaml';
import type { MutableMap, Value } from '../model/values.ts';
import { foreignLimits, LimitError, requireSize, requireValues } from './limits.ts';
import { isMap, setMember } from '../model/values.ts';
import { inserted, missingIndentation, plainDocument, withoutInsertions } from './continued.ts';
import type { Insertion } from './continued.ts';
import { missingAhead } from './continuedAhead.ts';
import { isAmbiguous, isInexact, keyText, kubernetesScalar } from './scalars.ts';

/** A text that Helm, kubectl and Argo CD cannot read. */
export interface YamlProblem {
  readonly reason: string;
  /** Line of the text, from 1. */
  readonly line: number;
}

/** A plain scalar that not all readers take for the same, or a number that cannot be kept to the digit. */
export interface DoubtfulScalar {
  readonly source: string;
  /** Where it begins in the text. */
  readonly at: number;
  readonly isKey: boolean;
  /** The key whose value it is. */
  readonly key?: string | undefined;
}

export interface KubernetesYaml {
  readonly value: Value;
  readonly doubtful: readonly DoubtfulScalar[];
}

export interface ReadOptions {
  /** What Kubernetes drops in silence is a problem: the first of two equal keys, and what stands below `...`. */
  readonly strict?: boolean;
}

const never = (): boolean => false;
/** Undefined where the tag demands another type than the scalar has. */
const scalarTag = (name: string, accepts: (value: unknown) => boolean): ReturnType<typeof defineScalarTag> =>
  defineScalarTag(`tag:yaml.org,2002:${name}`, {
    resolve: (source) => {
      const value = kubernetesScalar(source);
      return accepts(value) ? value : NOT_RESOLVED;
    },
    identify: never,
  });
/** The one tag that plain scalars are resolved with. */
const plainTag = defineScalarTag<unknown>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: ['', ...'yYnNtTfFoO~+-.0123456789'],
  resolve: (source, isExplicit) => {
    const value = kubernetesScalar(source);
    if (isExplicit ? typeof value === 'boolean' : typeof value !== 'string') return value;
    return NOT_RESOLVED;
  },
  identify: never,
});
const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

/** What JSON has for a value; undefined for what it has not. */
function jsonValue(value: unknown): Value | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : (value as Value);
}

const notInJson = 'infinities and NaN are no values that JSON has';

const mapOptions = {
  create: (): MutableMap => ({}),
  addPair: (map: MutableMap, key: unknown, value: unknown): string => {
    const text = keyText(key);
    if (text === undefined) return 'a key has to be text';
    const plain = jsonValue(value);
    if (plain === undefined) return notInJson;
    setMember(map, text, plain);
    return '';
  },
  has: (map: MutableMap, key: unknown): boolean => Object.hasOwn(map, keyText(key) ?? ''),
  keys: (map: MutableMap): string[] => Object.keys(map),
  get: (map: MutableMap, key: unknown): Value | undefined => map[keyText(key) ?? ''],
  identify: isMap,
};
const listOptions = {
  create: (): Value[] => [],
  addItem: (list: Value[], item: unknown): string => {
    const plain = jsonValue(item);
    if (plain === undefined) return notInJson;
    list.push(plain);
    return '';
  },
  identify: Array.isArray,
};

/** `!!binary` is text for Kubernetes. */
const binaryText = defineScalarTag<string>('tag:yaml.org,2002:binary', {
  resolve: (source, isExplicit, name) => {
    const bytes = binaryTag.resolve(source, isExplicit, name);
    return typeof bytes === 'symbol' ? NOT_RESOLVED : new TextDecoder().decode(bytes);
  },
  identify: never,
});

/** Tags that go-yaml does not know: scalars stay text, lists and maps what they are. */
const unknownTags = ['!', 'tag:'].flatMap((prefix) => [
  defineScalarTag<string>(prefix, { matchByTagPrefix: true, resolve: (source) => source, identify: never }),
  defineMappingTag<MutableMap>(prefix, { ...mapOptions, matchByTagPrefix: true, identify: never }),
  defineSequenceTag<Value[]>(prefix, { ...listOptions, matchByTagPrefix: true, identify: never }),
]);

const schema = new Schema([
  strTag,
  defineMappingTag<MutableMap>('tag:yaml.org,2002:map', mapOptions),
  defineSequenceTag<Value[]>('tag:yaml.org,2002:seq', listOptions),
  plainTag,
  scalarTag('null', (value) => value === null),
  scalarTag('int', isNumber),
  scalarTag('float', isNumber),
  mergeTag,
  binaryText,
  ...unknownTags,
]);

/**
 * The first document of a text as Helm, kubectl and Argo CD read it (sigs.k8s.io/yaml); null where nothing but comments is.
 * How they do it is written down in test/fixtures/yaml/kubernetes.json.
 */
export function readKubernetesYaml(
  text: string,
  options: ReadOptions = {},
): KubernetesYaml | { readonly problem: YamlProblem } {
  const parsed = parseKubernetesYaml(text);
  return 'problem' in parsed ? parsed : valueOf(parsed, options);
}

/** The same of a text that is parsed already. */
export function valueOf(
  { source, events, insertions }: ParsedYaml,
  options: ReadOptions = {},
): KubernetesYaml | { readonly problem: YamlProblem } {
  const more = /^\.\.\.(?:\s|$)/m.exec(source);
  if (options.strict === true && more !== null && events.filter((e) => e.type === EVENT_DOCUMENT).length > 1)
    return {
      problem: { reason: 'what follows ... is not read', line: source.slice(0, more.index).split('\n').length + 1 },
    };
  try {
    const value = constructFromEvents(first(events), { source, schema, json: options.strict !== true })[0] ?? null;
    const plain = jsonValue(value);
    if (plain === undefined) return { problem: { reason: notInJson, line: 1 } };
    if (events.some((event) => event.type === EVENT_ALIAS)) requireValues(plain);
    return { value: plain, doubtful: doubtfulScalars(events, source, insertions) };
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): { readonly problem: YamlProblem } {
  if (error instanceof LimitError) return { problem: { reason: error.message, line: 1 } };
  if (!(error instanceof YAMLException)) throw error;
  return { problem: { reason: withoutCited(error.reason), line: (error.mark?.line ?? 0) + 1 } };
}

/** The parser cites the name of an alias, which is a password that begins with * and lacks its quotes. */
const withoutCited = (reason: string): string => reason.replace(/ "[^]*"$/, '');

/** The value of the first document, or undefined when it cannot be read. */
export function kubernetesValue(text: string): Value | undefined {
  const read = readKubernetesYaml(text);
  return 'problem' in read ? undefined : read.value;
}

/** A text as its parser took it. */
export interface ParsedYaml {
  /** The text that the positions of events are in. */
  readonly source: string;
  readonly events: readonly Event[];
  /** What the source has more than the text. */
  readonly insertions: readonly Insertion[];
}

/**
 * Lists, maps and quoted texts that are given their indentation before the reader gives up: fewer in a text that takes long to
 * read again.
 */
const mostTries = 500;
/** After so many there are likely to be thousands: what comes behind them is looked for in parts of the text. */
const triesInTurn = 20;
const mostReread = 32 * 1024 * 1024;
const documentEndExpected = 'end of the stream or a document separator is expected';

export function parseKubernetesYaml(text: string): ParsedYaml | { readonly problem: YamlProblem } {
  let insertions: readonly Insertion[] = [];
  let source = text;
  try {
    requireSize(text);
  } catch (error) {
    return problemOf(error);
  }
  let work = 0;
  for (let tries = 0; ; tries++) {
    const read = parseOnce(source);
    if (Array.isArray(read)) return { ...withFoldedBreaks(source, read), insertions };
    work += source.length;
    const { reason, mark } = read;
    const mayContinue = reason === 'deficient indentation' || reason === documentEndExpected;
    if (!mayContinue || mark === undefined || tries >= mostTries || work > mostReread) return problemOf(read);
    const tab = withoutTab(source, mark.position);
    if (tab !== undefined) {
      source = tab;
      continue;
    }
    const before = insertions;
    const open = openBefore(source, mark.position);
    if (reason === documentEndExpected && open !== plainDocument) return problemOf(read);
    const spaces = missingIndentation(source, mark.position, open);
    const added = spaces.map(({ at, length }) => ({ at: withoutInsertions(at, before), length }));
    const [first] = added;
    if (first === undefined || before.some(({ at }) => at === first.at)) return problemOf(read); // space did not help
    insertions = [...before, ...added].sort((a, b) => a.at - b.at);
    source = inserted(source, spaces);
    if (tries % triesInTurn !== triesInTurn - 1) continue;
    const ahead = insertionsAhead(source, spaces);
    insertions = [
      ...insertions,
      ...ahead.map(({ at, length }) => ({ at: withoutInsertions(at, insertions), length })),
    ].sort((a, b) => a.at - b.at);
    source = inserted(source, ahead);
  }
}

/** What lacks behind the lines that got these spaces. */
function insertionsAhead(source: string, spaces: readonly Insertion[]): readonly Insertion[] {
  const length = spaces.reduce((sum, s) => sum + s.length, 0);
  const end = source.indexOf('\n', (spaces.at(-1)?.at ?? 0) + length);
  return end === -1 ? [] : missingAhead(source, end + 1, problemIn);
}

function problemIn(part: string): { readonly reason: string; readonly position: number } | undefined {
  const read = parseOnce(part);
  return Array.isArray(read) ? undefined : { reason: read.reason, position: read.mark?.position ?? 0 };
}

function parseOnce(source: string): Event[] | YAMLException {
  try {
    return parseEvents(source, { maxDepth: foreignLimits.depth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return error;
  }
}

/** What the parser says of the lines before a position: what they leave open. */
function openBefore(source: string, position: number): string {
  const read = parseOnce(source.slice(0, Math.max(0, source.lastIndexOf('\n', position - 1)))); // a break at the end is one more deficiency
  if (!Array.isArray(read)) return read.reason;
  const last = read.at(-2);
  return last?.type === EVENT_SCALAR && last.style === SCALAR_STYLE_PLAIN && read.at(-3)?.type === EVENT_DOCUMENT
    ? plainDocument
    : '';
}

/** A tab between the items of a list or map in brackets is space; the parser takes it for indentation. */
function withoutTab(source: string, position: number): string | undefined {
  const before = /[ \t]*$/.exec(source.slice(source.lastIndexOf('\n', position - 1) + 1, position))?.[0] ?? '';
  if (!before.includes('\t')) return undefined;
  return source.slice(0, position - before.length) + ' '.repeat(before.length) + source.slice(position);
}

/** An escaped line break, and blank lines below it, which the parser drops with it. */
const foldedBreaks = /\\(\r?\n)((?:[ \t]*\r?\n)+)/g;

/**
 * The text with the blank lines in double quotes that follow an escaped line break written as escapes, where there are any: its
 * lines are those of the text, and its positions are not.
 */
function withFoldedBreaks(source: string, events: readonly Event[]): Pick<ParsedYaml, 'source' | 'events'> {
  if (!source.includes('\\\n') && !source.includes('\\\r\n')) return { source, events };
  let out = '';
  let from = 0;
  for (const event of events) {
    if (event.type !== EVENT_SCALAR || event.style !== SCALAR_STYLE_DOUBLE_QUOTED) continue;
    const raw = source.slice(event.valueStart, event.valueEnd);
    const mended = raw.replace(
      foldedBreaks,
      (_, end: string, blank: string) => `${'\\n'.repeat(blank.split('\n').length - 1)}\\${end}${blank}`,
    );
    if (mended === raw) continue;
    out += source.slice(from, event.valueStart) + mended;
    from = event.valueEnd;
  }
  const again = from === 0 ? undefined : parseOnce(out + source.slice(from));
  return Array.isArray(again) ? { source: out + source.slice(from), events: again } : { source, events };
}

/** Those of the first document. */
function first(events: readonly Event[]): Event[] {
  const next = events.findIndex((event, i) => i > 0 && event.type === EVENT_DOCUMENT);
  return next === -1 ? [...events] : events.slice(0, next);
}

function doubtfulScalars(events: readonly Event[], source: string, insertions: readonly Insertion[]): DoubtfulScalar[] {
  const found: DoubtfulScalar[] = [];
  const open: { readonly isMap: boolean; isKey: boolean; key?: string | undefined }[] = [];
  for (const event of first(events)) {
    const holder = open.at(-1);
    const isKey = holder?.isMap === true && holder.isKey;
    if (event.type === EVENT_POP) open.pop();
    else if (event.type !== EVENT_DOCUMENT && holder !== undefined) {
      if (isKey) holder.key = undefined;
      holder.isKey = !holder.isKey;
    }
    if (event.type === EVENT_MAPPING || event.type === EVENT_SEQUENCE)
      open.push({ isMap: event.type === EVENT_MAPPING, isKey: true });
    if (event.type !== EVENT_SCALAR || event.valueStart === -1) continue;
    const text = source.slice(event.valueStart, event.valueEnd);
    if (isKey) holder.key = text;
    if (event.style !== SCALAR_STYLE_PLAIN || event.tagStart !== -1) continue;
    const isOtherKey = isKey && keyText(kubernetesScalar(text)) !== text;
    if (isOtherKey || isAmbiguous(text) || isInexact(text))
      found.push({ source: text, at: withoutInsertions(event.valueStart, insertions), isKey, key: holder?.key });
  }
  return found;
}
