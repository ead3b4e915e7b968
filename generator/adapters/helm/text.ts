import type { HelmText } from '../../ports.ts';
import type { ValueMap } from '../../model/values.ts';

/** Versions of Helm that print what Slipway reads: 3.18 or newer, and 4. A Helm of `go install` only says `v4.2`. */
export function isUsableHelm(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:\.|$)/.exec(version) ?? [];
  return Number(major) === 4 || (Number(major) === 3 && Number(minor) >= 18);
}

/**
 * Values as JSON that Helm reads as the YAML it also is: YAML 1.1 takes some characters for line breaks, and refuses others,
 * where JSON does not.
 */
export function valuesText(values: ValueMap): string {
  return JSON.stringify(values).replaceAll(
    // eslint-disable-next-line no-control-regex -- these are what go-yaml refuses as they are
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The documents of what `helm template` printed; undefined for what it would not print. */
export function splitOutput(stdout: string): HelmText[] | undefined {
  const pieces = stdout.replace(/\n$/, '').split(/(?:^|\n)---\n# Source: ([^\n]*)\n/);
  if ((pieces[0] ?? '').trim() !== '') return undefined;
  return pieces.flatMap((source, index) => {
    if (index % 2 === 0) return [];
    const isCrd = /^[^/]+(?:\/charts\/[^/]+)*\/crds\//.test(source);
    return [{ source, text: pieces[index + 1] ?? '', isCrd, isSplit: true }];
  });
}

/** More than this says nothing more (characters). */
const longestError = 20_000;

export const boundedError = (text: string): string =>
  text.length > longestError ? `${text.slice(0, longestError)} …` : text;

/** Helm's own words for why it refused, without what is about its program. */
export function errorText(stderr: string): string {
  const at = stderr.search(/^Error: /m);
  const text = at === -1 ? stderr : stderr.slice(at + 'Error: '.length);
  return boundedError(text)
    .replace(/\n\nUse --debug flag to render out invalid YAML\s*$/, '')
    .replaceAll(/HTTP request failed for (\S+): .*proxyconnect.*/g, '$1 is outside the chart and is not read')
    .trimEnd();
}

/** The warnings among the lines of Helm's log, in words. */
export function warningsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [, level, rest] = /^level=(\w+) msg=(.*)$/.exec(line) ?? [];
    if (level === undefined || rest === undefined) return /\bwarning\b/i.test(line) ? [line] : [];
    const [, quoted, plain, more = ''] = /^(?:("(?:[^"\\]|\\.)*")|(\S*))(.*)$/.exec(rest) ?? [];
    const message = quoted === undefined ? (plain ?? '') : unquoted(quoted);
    return level === 'INFO' && !/^warning:/i.test(message) ? [] : [message + more];
  });
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1); // Go quotes some characters in its own way
  }
}

/** Findings of a values schema come in the order of Go's maps, another one each time: sorted here, below their chart. */
export function inOrder(error: string): string {
  if (!error.startsWith("values don't meet the specifications")) return error;
  const groups: string[][] = [[]];
  for (const line of error.split('\n')) {
    if (/^ *- /.test(line)) groups.at(-1)?.push(line);
    else groups.push([line], []);
  }
  return groups.flatMap((lines) => sortTree(lines)).join('\n');
}

/** Sorts lines by their indentation: each with those that stand deeper below it. */
function sortTree(lines: readonly string[]): string[] {
  const depth = (line: string | undefined): number => /^ */.exec(line ?? '')?.[0].length ?? 0;
  const top = depth(lines[0]);
  const trees: string[][] = [];
  for (const line of lines) {
    if (depth(line) <= top || trees.length === 0) trees.push([line]);
    else trees.at(-1)?.push(line);
  }
  if (trees.length === 0) return [];
  return trees
    .map(([head = '', ...below]) => [head, ...sortTree(below)].join('\n'))
    .sort()
    .flatMap((tree) => tree.split('\n'));
}
