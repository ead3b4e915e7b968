import type { SchemaSource } from '../../kubernetes/schemaFiles.ts';
import { parseLocation } from '../../kubernetes/schemaLocation.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import { asList, asMap, asString, compareText, mapAt, member } from '../../model/values.ts';
import type { SchemaImportInvocation } from './command.ts';
import type { Value } from '../../model/values.ts';
import { LimitError, readJson } from '../../yaml/limits.ts';

/** What there is to import, and what was passed over. */
export interface FoundSources {
  /** Where it comes from, for messages. */
  readonly name: string;
  readonly sources: readonly SchemaSource[];
  readonly notes: readonly string[];
  /** OpenAPI documents have not all kinds of their Kubernetes. */
  readonly isPart: boolean;
}

/** Reads a file or folder, a chart package, a location of JSON schemas, or the cluster of `--context`. */
export async function readSources(
  invocation: SchemaImportInvocation,
  kinds: readonly string[] | undefined,
): Promise<FoundSources> {
  const { ctx, options, args } = invocation;
  const { file: what } = args;
  if (options.context !== undefined) return ofCluster(invocation, options.context, kinds);
  if (what === undefined)
    throw new UsageError('schema import needs a file or folder.', 'As in: slipway schema import crds/');
  if (/\{\{|^https?:/.test(what)) return ofLocation(invocation, what, kinds);
  if (what.endsWith('.tgz')) return ofChart(invocation, what);
  const sources = ctx.listAnywhere(what).map((path) => ({ path, text: ctx.readAnywhere(path) }));
  return { name: what, sources, notes: [], isPart: false };
}

/** The definitions in the folders crds/ of a chart and its subcharts. Those in templates are what Helm makes of them. */
async function ofChart({ ctx }: SchemaImportInvocation, file: string): Promise<FoundSources> {
  if (!ctx.existsAnywhere(file))
    throw new ToolError('file/unreadable', `${file} does not exist.`, 'Check the path.', { file });
  const { files } = await ctx.charts.read({ name: file, version: '', file, digest: '' });
  const sources: SchemaSource[] = [];
  const notes: string[] = [];
  for (const [path, text] of [...files].sort(([a], [b]) => compareText(a, b)))
    if (/(?:^|\/)crds\/.*\.(?:ya?ml|json)$/.test(path)) sources.push({ path: `${file}/${path}`, text });
    else if (/(?:^|\/)templates\//.test(path) && /^kind:\s*["']?CustomResourceDefinition/m.test(text))
      notes.push(
        `${file}/${path}: a definition in a template is not imported; render the chart and import the result.`,
      );
  return { name: file, sources, notes, isPart: false };
}

/** JSON schemas of a catalogue do not say what they are of, and cannot be listed: the kinds have to be named. */
async function ofLocation(
  { ctx, options }: SchemaImportInvocation,
  template: string,
  kinds: readonly string[] | undefined,
): Promise<FoundSources> {
  const location = parseLocation(template);
  const isRemote = template.startsWith('http');
  if (isRemote && options.offline)
    throw new UsageError(`--offline forbids the schema location ${template}.`, 'Name a folder of this machine.');
  const named = (kinds ?? []).map((gvk) => [gvk, ...gvk.split('/')] as const);
  const strange = named.find((parts) => parts.length !== 4 || parts.includes('*'));
  if (named.length === 0 || strange !== undefined)
    throw new UsageError(
      `A schema location needs --kinds group/version/Kind${strange === undefined ? '' : `; ${strange[0]} is none`}.`,
      'As in: --kinds monitoring.coreos.com/v1/PrometheusRule. Core kinds come with Kubernetes itself.',
    );
  const newest = ctx.kubernetesMinors().at(-1) ?? '';
  const sources: SchemaSource[] = [];
  const notes: string[] = [];
  for (const [gvk, group = '', version = '', kind = ''] of named) {
    const path = location(`${group}/${version}`, kind, newest);
    const local = ctx.existsAnywhere(path) ? ctx.readAnywhere(path) : undefined;
    const text = isRemote ? await ctx.fetchText(path) : local;
    if (text === undefined) notes.push(`${path} does not exist.`);
    else sources.push({ path, text, gvk });
  }
  return { name: template, sources, notes, isPart: false };
}

/**
 * The definitions of a cluster; its built-in kinds too when they are asked for (--kinds), or when there are no schemas of its
 * version yet.
 */
async function ofCluster(
  { ctx }: SchemaImportInvocation,
  context: string,
  kinds: readonly string[] | undefined,
): Promise<FoundSources> {
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await ctx.processes.run('kubectl', [
      '--context',
      context,
      ...args,
      '--request-timeout=60s',
    ]);
    if (code === 0) return stdout;
    throw new ToolError(
      'tool/failed',
      `kubectl ${args.join(' ')} ended with ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
      'Check the context: kubectl config get-contexts.',
    );
  };
  const read = (text: string): Value => {
    try {
      return readJson(text);
    } catch (error) {
      const why = error instanceof LimitError ? error.message : 'it is not JSON';
      throw new ToolError(
        'tool/failed',
        `What ${context} answers cannot be read: ${why}.`,
        'Check the context: kubectl config get-contexts.',
      );
    }
  };
  const definitions = await ask('get', 'customresourcedefinitions', '-o', 'json');
  const openApi = asMap(read(await ask('get', '--raw', '/openapi/v2')));
  const minor = /1\.\d+/.exec(asString(member(openApi['info'], 'version')) ?? '')?.[0] ?? '';
  const name = `cluster ${context}`;
  const crds = { path: `${name}/customresourcedefinitions`, text: definitions };
  if (kinds === undefined && ctx.kubernetesMinors().includes(minor))
    return { name, sources: [crds], notes: [], isPart: true };
  const own = new Set(asList(member(read(definitions), 'items')).map((crd) => member(member(crd, 'spec'), 'group')));
  const paths = Object.entries(mapAt(openApi, 'paths')).filter(([path]) => !own.has(path.split('/')[2] ?? ''));
  const builtIn = { path: `${name}/openapi`, text: JSON.stringify({ ...openApi, paths: Object.fromEntries(paths) }) };
  return { name, sources: [crds, builtIn], notes: [], isPart: true };
}
