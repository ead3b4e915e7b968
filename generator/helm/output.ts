import type { HelmResult, HelmText } from '../ports.ts';
import type { Value } from '../model/values.ts';
import { asMap, isList, isMap, member } from '../model/values.ts';
import { readKubernetesYaml } from '../yaml/kubernetesYaml.ts';
import { installOrder } from './installOrder.ts';

/** What `helm.sh/hook` and its companions say; events, weight and policies as Helm reads them. */
export interface HelmHook {
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
}

/** One document of a chart, in the order and with the text that `helm template` prints. */
export interface HelmDocument {
  /** Path of its template, from the chart's name on. */
  readonly source: string;
  readonly text: string;
  /** A map; null for a document that holds comments only. */
  readonly object: Value;
  readonly hook?: HelmHook;
  /** Number of the document in its file of crds/: Helm prints those files as they are. */
  readonly part?: number;
}

/** A document that is no YAML, or no object; the message is as Helm's own, the line is one of the document. */
export class HelmDocumentError extends Error {
  override readonly name = 'HelmDocumentError';
  readonly source: string;
  readonly line: number;
  constructor(source: string, reason: string, line: number) {
    super(`YAML parse error on ${source}: ${reason}`);
    this.source = source;
    this.line = line;
  }
}

/** Space as Go's unicode.IsSpace and as its regular expressions see it: neither is JavaScript's `\s`. */
const unicodeSpace = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leading = new RegExp(`^${unicodeSpace}+`);
const isSpace = (char: string): boolean => leading.test(char);
const isRegularSpace = (char: string): boolean => /[\t\n\f\r ]/.test(char);

const events = new Map([
  ...['pre-install', 'post-install', 'pre-delete', 'post-delete', 'pre-upgrade', 'post-upgrade'].map(
    (e) => [e, e] as const,
  ),
  ...['pre-rollback', 'post-rollback', 'test'].map((e) => [e, e] as const),
  ['test-success', 'test'],
]);

/**
 * The documents of a chart: those of crds/, then objects in the order Helm installs them in, then hooks in the same order.
 * Tests, and hooks of kinds that Helm does not know, are left out. Throws HelmDocumentError.
 */
export function helmDocuments(
  result: HelmResult,
  read: typeof readKubernetesYaml = readKubernetesYaml,
): readonly HelmDocument[] {
  const crds = result.texts.filter((t) => t.isCrd).flatMap((t) => crdDocuments(t, read));
  const rendered = result.texts.filter((t) => !t.isCrd && !t.source.endsWith('NOTES.txt'));
  const documents = [...rendered]
    .sort((a, b) => compareBytes(a.source, b.source))
    .flatMap((t) => textDocuments(t, read));
  const ranked = documents
    .map((document) => ({ document, kind: headOf(document.source, document.object).kind }))
    .sort((a, b) => compareKinds(a.kind, b.kind))
    .map(({ document }) => document);
  return [...crds, ...ranked.filter((d) => d.hook === undefined), ...ranked.filter((d) => d.hook !== undefined)];
}

/** What `helm template` prints of these documents. */
export function printDocuments(documents: readonly HelmDocument[]): string {
  const printed = documents.map((document, index) => {
    const head = document.part === undefined || document.part === 0 ? `---\n# Source: ${document.source}\n` : '';
    const next = documents[index + 1];
    return `${head}${document.text}${(next?.part ?? 0) > 0 ? '' : '\n'}`;
  });
  const firstHook = documents.findIndex((d) => d.hook !== undefined);
  const count = firstHook === -1 ? printed.length : firstHook;
  return `${trim(printed.slice(0, count).join(''))}\n${printed.slice(count).join('')}`;
}

/** A file of crds/ in its documents; their texts together are the file. */
function crdDocuments({ source, text }: HelmText, readYaml: typeof readKubernetesYaml): HelmDocument[] {
  const parts = text.split(/(?<=\n)(?=---[\t\n\r ]|---$)/);
  return parts.map((part, index) => {
    const read = readYaml(part);
    if ('problem' in read) throw new HelmDocumentError(source, read.problem.reason, read.problem.line);
    return { source, text: part, object: read.value, part: index };
  });
}

function textDocuments({ source, text, isSplit }: HelmText, readYaml: typeof readKubernetesYaml): HelmDocument[] {
  return (isSplit === true ? [text] : splitManifests(text)).flatMap((document) => {
    const read = readYaml(document);
    if ('problem' in read) throw new HelmDocumentError(source, read.problem.reason, read.problem.line);
    const hook = hookOf(headOf(source, read.value).annotations);
    if (hook === undefined) return [{ source, text: document, object: read.value }];
    return hook === 'left out' ? [] : [{ source, text: document, object: read.value, hook }];
  });
}

/** Go's `(?:^|\s*\n)---\s*` as a separator, without blank documents; space before a document goes, space behind the last stays. */
export function splitManifests(text: string): string[] {
  const found: string[] = [];
  const trimmed = text.replace(leading, '');
  let from = 0;
  let mark = trimmed.startsWith('---') ? 0 : trimmed.indexOf('\n---');
  for (; mark !== -1; mark = trimmed.indexOf('\n---', from)) {
    let end = mark;
    while (end > from && isRegularSpace(trimmed[end - 1] ?? '')) end--;
    found.push(trimmed.slice(from, end));
    from = mark + (trimmed[mark] === '\n' ? 4 : 3);
    while (from < trimmed.length && isRegularSpace(trimmed[from] ?? '')) from++;
  }
  found.push(trimmed.slice(from));
  return found.map((d) => d.replace(leading, '')).filter((d) => d !== '');
}

function trim(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1] ?? '')) end--;
  return text.slice(0, end).replace(leading, '');
}

interface Head {
  readonly kind: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** What Helm reads of a document, which has to be of these types; numbers and booleans pass for text. */
function headOf(source: string, object: Value): Head {
  const refuse = (what: string): never => {
    throw new HelmDocumentError(source, `${what}.`, 1);
  };
  const text = (value: Value | undefined, what: string): string =>
    isMap(value) || isList(value)
      ? refuse(`${what} has to be text`)
      : value === undefined || value === null
        ? ''
        : String(value);
  const map = (value: Value | undefined, what: string): Value | undefined =>
    value === undefined || value === null || isMap(value) ? value : refuse(`${what} has to be a map`);
  const metadata = map(member(map(object, 'an object'), 'metadata'), 'metadata');
  const annotations = map(member(metadata, 'annotations'), 'metadata.annotations');
  text(member(object, 'apiVersion'), 'apiVersion');
  text(member(metadata, 'name'), 'metadata.name');
  return {
    kind: text(member(object, 'kind'), 'kind'),
    annotations: new Map(
      Object.entries(asMap(annotations)).map(([key, value]) => [key, text(value, `annotation ${key}`)]),
    ),
  };
}

const words = (text: string | undefined): string[] =>
  text === undefined ? [] : text.split(',').map((word) => word.trim().toLowerCase());

function hookOf(annotations: ReadonlyMap<string, string>): HelmHook | 'left out' | undefined {
  const types = annotations.get('helm.sh/hook');
  if (types === undefined) return undefined;
  const known = words(types).map((word) => events.get(word));
  if (known.includes(undefined) || known.includes('test')) return 'left out';
  const weight = annotations.get('helm.sh/hook-weight') ?? '';
  return {
    events: known.filter((event) => event !== undefined),
    weight: /^[-+]?[0-9]+$/.test(weight) ? Number(weight) : 0,
    deletePolicies: words(annotations.get('helm.sh/hook-delete-policy')),
  };
}

/** Kinds of Helm's list in its order, then the others by name. */
function compareKinds(a: string, b: string): number {
  const first = installOrder.get(a) ?? installOrder.size;
  const second = installOrder.get(b) ?? installOrder.size;
  return first === installOrder.size && second === installOrder.size ? compareBytes(a, b) : first - second;
}

/** Go's order of strings, by their UTF-8 bytes; UTF-16 differs from it only beyond the basic plane. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  const at = left.findIndex((char, index) => char !== right[index]);
  if (at === -1) return -1;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}
