import { readJson } from '../yaml/limits.ts';
import { readKubernetesYaml } from '../yaml/kubernetesYaml.ts';
import { asList, asMap, getAt, listAt, textAt } from '../model/values.ts';

/** One version of a chart in the index of a repository. */
export interface IndexEntry {
  readonly version: string;
  readonly urls: readonly string[];
  /** SHA-256 of the package, hex, when the index says so. */
  readonly digest: string | undefined;
}

export interface IndexPart {
  /** Of the one chart that was asked for; undefined: the index does not have it. */
  readonly entries: readonly IndexEntry[] | undefined;
  /** Names of all charts of the index. */
  readonly names: readonly string[];
}

/**
 * Reads one chart out of an index. Indexes have tens of megabytes, of which one chart is a small part: where the text is
 * laid out as Helm writes it, only the lines of that chart are parsed. Throws Error when it is no index.
 */
export function readIndex(text: string, name: string): IndexPart {
  return readBlock(text, name) ?? readWhole(text, name);
}

/** More YAML than this (characters) would take a parser seconds, in which nothing else could happen. */
const maxParsed = 16 * 1024 * 1024;

function parse(text: string): unknown {
  if (text.length > maxParsed) throw new Error('more than 16 MiB of it would have to be parsed for one chart');
  const read = readKubernetesYaml(text);
  if ('problem' in read) throw new Error(`${read.problem.reason} (line ${read.problem.line})`);
  return read.value;
}

/** The part below `entries:` and `  name:`, by its indentation; undefined when the text is laid out in another way. */
function readBlock(text: string, name: string): IndexPart | undefined {
  const start = /^entries:[ \t]*\r?\n/m.exec(text);
  if (start === null) return undefined;
  const names: string[] = [];
  let block: { from: number; to: number } | undefined;
  let indent: string | undefined;
  for (let at = start.index + start[0].length; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const first = text[at];
    if (first !== ' ' && first !== '-' && first !== '#' && first !== '\r' && end > at) {
      if (block?.to === 0) block.to = at;
      break;
    }
    const key = keyAt(text, at, end, indent);
    if (key === 'other') return undefined;
    if (key !== undefined) {
      indent ??= key.indent;
      if (block?.to === 0) block.to = at;
      names.push(key.name);
      if (key.name === name) {
        if (block !== undefined) return undefined;
        block = { from: end + 1, to: 0 };
      }
    }
    at = end + 1;
  }
  if (names.length === 0) return undefined;
  if (block === undefined) return { names, entries: undefined };
  const lines = text.slice(block.from, block.to === 0 ? text.length : block.to);
  return { names, entries: entriesOf(parse(lines)) };
}

type Key = { readonly indent: string; readonly name: string };

/** The key of a chart in a line; 'other' for what Helm would not write at that depth. */
function keyAt(text: string, at: number, end: number, indent: string | undefined): Key | 'other' | undefined {
  // deeper lines are by far the most: told apart without a copy
  const depth = indent?.length;
  if (depth !== undefined) {
    const isAtDepth = text.startsWith(indent ?? '', at) && text[at + depth] !== ' ' && text[at + depth] !== '-';
    if (!isAtDepth || at + depth >= end) return undefined;
  }
  const line = text.slice(at, end).trimEnd();
  if (line.trim() === '' || line.trimStart().startsWith('#')) return undefined;
  const match = /^( +)(?:"([^"\\]+)"|'([^'\\]+)'|([A-Za-z0-9][\w.-]*)):$/.exec(line);
  if (match === null) return 'other';
  return { indent: match[1] ?? '', name: match[2] ?? match[3] ?? match[4] ?? '' };
}

function readWhole(text: string, name: string): IndexPart {
  const root: unknown = /^\s*\{/.test(text) ? readJson(text) : parse(text);
  const entries = getAt(root, 'entries');
  if (entries === undefined) throw new Error('it has no entries');
  const all = asMap(entries);
  return { names: Object.keys(all), entries: Object.hasOwn(all, name) ? entriesOf(all[name]) : undefined };
}

function entriesOf(value: unknown): IndexEntry[] {
  return asList(value).flatMap((item) => {
    const entry = asMap(item);
    const version = textAt(entry, 'version');
    if (version === undefined) return [];
    const urls = listAt(entry, 'urls').filter((u) => typeof u === 'string');
    const digest = textAt(entry, 'digest')?.replace(/^sha256:/, '');
    return [{ version, urls, digest: digest !== undefined && /^[0-9a-f]{64}$/.test(digest) ? digest : undefined }];
  });
}
