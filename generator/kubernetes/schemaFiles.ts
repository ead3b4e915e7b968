import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asList, asMap, asString, compareText, isList, isMap, member, setMember, textAt } from '../model/values.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { readKubernetesYaml } from '../yaml/kubernetesYaml.ts';
import { listItems } from '../yaml/lists.ts';
import { LimitError, readJson } from '../yaml/limits.ts';
import { sha } from '../util/digest.ts';
import { shapeFromJsonSchema } from './shapes/fromJsonSchema.ts';
import { retiredVersions, shapeFromCrd, shapesFromOpenApi } from './schemaImport.ts';

export interface SchemaSource {
  /** As the user named the file; a trailing `.gz` is allowed, the text is already unpacked. */
  readonly path: string;
  readonly text: string;
  /** `<group>/<version>/<Kind>` of a JSON schema, which does not say itself what it is of. */
  readonly gvk?: string;
}

export interface ImportOptions {
  /** Built-in kinds to take from OpenAPI documents, see shapesFromOpenApi. */
  readonly kinds?: readonly string[];
  /** Kubernetes minor (`1.34`) of OpenAPI documents that do not say it themselves. */
  readonly kubernetes?: string;
  /** OpenAPI documents do not have all kinds of their minor (those of a cluster lack what is switched off). */
  readonly partial?: boolean;
  /** An index of sources: `files[]` with path, and repository, ref, commit, version, licence, sha256 where known. */
  readonly provenance?: unknown;
  /** What stands at a path of the schemas folder: an import adds to a folder's provenance, it does not replace it. */
  readonly existing?: (path: string) => string | undefined;
}

export interface ImportedSchemas {
  /** Text by path inside the schemas folder: `kubernetes/v1.34.json`, `crds/<group>/<Kind>_<version>.json`, `…/provenance.json`. */
  readonly files: Map<string, string>;
  readonly notes: string[];
  /** Sources that are no YAML or JSON, and why. */
  readonly unread: readonly { readonly path: string; readonly why: string }[];
  /** Sources that say something else of a kind than one before them (`first`), whose place they took. */
  readonly second: readonly { readonly path: string; readonly gvk: string; readonly first: string }[];
}

interface Output {
  readonly path: string;
  readonly content: Value;
  readonly source: ValueMap;
  readonly notes: readonly string[];
}

/** Turns OpenAPI v2 documents and CustomResourceDefinitions (YAML or JSON) into the files that validation reads. */
export function importSchemas(sources: readonly SchemaSource[], options: ImportOptions): ImportedSchemas {
  const notes: string[] = [];
  const unread: { path: string; why: string }[] = [];
  const outputs = new Map<string, Output>();
  const second: { path: string; gvk: string; first: string }[] = [];
  for (const source of [...sources].sort((a, b) => compareText(a.path, b.path))) {
    const origin = originOf(source, options.provenance, notes);
    const found = documents(source, unread)
      .flatMap(listItems)
      .flatMap(({ value }) => outputsOf(value, source, origin, options, notes));
    if (found.length === 0) notes.push(`${source.path}: nothing to import`);
    for (const output of found) {
      const earlier = outputs.get(output.path);
      if (earlier !== undefined && schemaText(earlier.content) !== schemaText(output.content))
        second.push({
          path: source.path,
          gvk: textAt(output.content, 'gvk') ?? output.path,
          first: textAt(earlier.source, 'path') ?? '',
        });
      notes.push(...output.notes.map((note) => `${output.path}: ${note}`));
      outputs.set(output.path, output);
    }
  }
  const files = new Map<string, string>();
  for (const output of [...outputs.values()].sort((a, b) => compareText(a.path, b.path)))
    files.set(output.path, schemaText(output.content));
  for (const [path, content] of provenanceFiles([...outputs.values()], options)) files.set(path, schemaText(content));
  return { files, notes, unread, second };
}

function documents(source: SchemaSource, unread: { path: string; why: string }[]): Value[] {
  const { path, text } = source;
  try {
    if (text.trimStart().startsWith('{')) return [readJson(text)]; // quicker for what is large
  } catch (error) {
    // flow maps of YAML begin alike
    if (error instanceof LimitError) {
      unread.push({ path, why: error.message });
      return [];
    }
  }
  const found: Value[] = [];
  for (const { body, above, stray } of splitDocuments(text)) {
    const read = readKubernetesYaml(body);
    const problem =
      stray === undefined
        ? 'problem' in read
          ? read.problem
          : undefined
        : { reason: `"${stray}" stands behind ---`, line: 0 };
    if (problem !== undefined) {
      unread.push({ path, why: `${problem.reason} (line ${above + problem.line})` });
      return [];
    }
    if ('value' in read && read.value !== null) found.push(read.value);
  }
  return found;
}

function outputsOf(
  document: Value,
  source: SchemaSource,
  origin: ValueMap,
  options: ImportOptions,
  notes: string[],
): Output[] {
  if (isMap(document) && document['swagger'] === '2.0') return openApiOutput(document, source, origin, options, notes);
  if (source.gvk !== undefined) {
    const { shape, notes: lost } = shapeFromJsonSchema(asMap(document));
    return [{ path: pathOf(source.gvk), content: { gvk: source.gvk, shape }, source: origin, notes: lost }];
  }
  return [
    ...shapeFromCrd(document).map(({ notes: lost, ...content }) => ({
      path: pathOf(content.gvk),
      content,
      source: origin,
      notes: lost,
    })),
    ...retiredVersions(document).map((retired) => ({
      path: pathOf(retired.gvk),
      content: { ...retired, served: false },
      source: origin,
      notes: [],
    })),
  ];
}

function pathOf(gvk: string): string {
  const [group = '', version = '', kind = ''] = gvk.split('/');
  return `crds/${group}/${kind}_${version}.json`;
}

function openApiOutput(
  document: ValueMap,
  source: SchemaSource,
  origin: ValueMap,
  options: ImportOptions,
  notes: string[],
): Output[] {
  const declared = [
    member(document['info'], 'version'),
    options.kubernetes,
    origin['version'],
    source.path.split('/').at(-1),
  ];
  const minor = declared.map((text) => /(?:^|\D)(1\.\d+)/.exec(asString(text) ?? '')?.[1]).find((m) => m !== undefined);
  if (minor === undefined) {
    notes.push(`${source.path}: the document does not say which Kubernetes it is of`);
    return [];
  }
  const shapes = shapesFromOpenApi(document, options.kinds);
  const missing = (options.kinds ?? []).filter((kind) => !kind.endsWith('/*') && shapes.kinds[kind] === undefined);
  const lacks = missing.map((kind) => `Kubernetes ${minor} has no ${kind}`);
  if (Object.keys(shapes.kinds).length === 0) {
    notes.push(...lacks); // a table without kinds would replace one that has some
    return [];
  }
  return [
    {
      path: `kubernetes/v${minor}.json`,
      // a part says nothing of what it leaves out: nothing was removed because it is not here
      content: {
        kinds: shapes.kinds,
        $defs: shapes.$defs,
        ...(options.kinds === undefined && options.partial !== true ? {} : { partial: true }),
      },
      source: origin,
      notes: lacks,
    },
  ];
}

const originKeys = ['repository', 'ref', 'commit', 'version', 'licence', 'vendoredFrom', 'transform'] as const;

/** Where a source comes from: its own name and hash, and what the index knows about the file with that hash. */
function originOf(source: SchemaSource, index: unknown, notes: string[]): ValueMap {
  const sha256 = sha(source.text);
  const own = { path: source.path.split('/').at(-1) ?? source.path, sha256 };
  const entry = asList(member(index, 'files')).find(
    (f) => source.path === member(f, 'path') || source.path.endsWith(`/${asString(member(f, 'path')) ?? '\n'}`),
  );
  if (entry === undefined) {
    if (index !== undefined) notes.push(`${source.path}: not in the provenance index`);
    return own;
  }
  // the hash of a packed file is not the hash of its text
  const expected =
    member(entry, 'sha256Uncompressed') ?? (source.path.endsWith('.gz') ? undefined : member(entry, 'sha256'));
  if (expected !== undefined && expected !== sha256) {
    notes.push(`${source.path}: differs from the file in the provenance index`);
    return own;
  }
  const origin: MutableMap = { path: member(entry, 'repositoryPath') ?? member(entry, 'path') ?? own.path, sha256 };
  for (const key of originKeys) {
    const value = member(entry, key);
    if (value !== undefined) origin[key] = value;
  }
  return origin;
}

/** One provenance.json per folder: the source and the lost checks of each file in it. */
function provenanceFiles(outputs: readonly Output[], options: ImportOptions): Map<string, Value> {
  const folders = new Map<string, MutableMap>();
  for (const { path, source, notes } of outputs) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    let files = folders.get(folder);
    if (files === undefined) folders.set(folder, (files = earlierFiles(`${folder}/provenance.json`, options)));
    setMember(files, path.slice(folder.length + 1), { source, ...(notes.length > 0 ? { notes } : {}) });
  }
  return new Map(
    [...folders]
      .sort(([a], [b]) => compareText(a, b))
      .map(([folder, files]) => [`${folder}/provenance.json`, { files }]),
  );
}

function earlierFiles(path: string, options: ImportOptions): MutableMap {
  const text = options.existing?.(path);
  if (text === undefined) return {};
  try {
    return { ...asMap(member(JSON.parse(text), 'files')) };
  } catch {
    return {};
  }
}

/** JSON with sorted keys; a node that fits stands on one line, so that files stay small and diffs readable. */
export function schemaText(value: Value): string {
  return `${print(value, '', 100)}\n`;
}

function print(value: Value, indent: string, width: number): string {
  const flat = JSON.stringify(value, sortedKeys);
  if (flat.length + indent.length <= width || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent} `;
  const list = isList(value);
  const lines = list
    ? value.map((item) => `${inner}${print(item, inner, width)}`)
    : Object.keys(value)
        .sort(compareText)
        .map((key) => `${inner}${JSON.stringify(key)}:${print(value[key] ?? null, inner, width)}`);
  if (lines.length === 0) return flat;
  return `${list ? '[' : '{'}\n${lines.join(',\n')}\n${indent}${list ? ']' : '}'}`;
}

function sortedKeys(_key: string, value: unknown): unknown {
  return isMap(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => compareText(a, b))) : value;
}
