import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { CatalogComponent, ResolvedCluster, TemplateFile } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { citedLine, locateLine } from '../yaml/locate.ts';
import { splitDocuments } from '../yaml/documents.ts';
import { readKubernetesYaml } from '../yaml/kubernetesYaml.ts';
import type { DoubtfulScalar, YamlProblem } from '../yaml/kubernetesYaml.ts';
import { scalarFinding } from '../yaml/refuse.ts';
import type { Cel } from './cel.ts';
import { doubtfulIn } from '../kubernetes/definitions.ts';
import { originsOf } from '../config/merge.ts';
import type { Checker } from '../config/jsonSchema.ts';
import { TemplateError } from './template.ts';
import type { Templates } from './template.ts';

/** What the stages need beside their input; made once per run. */
export interface Tools {
  readonly cel: Cel;
  readonly templates: Templates;
  checker(schema: ValueMap): Checker;
  /** Results that do not depend on the cluster, by their input (a fleet repeats most of them). */
  readonly memo: Map<string, unknown>;
  /** Secrets that the run has met, see Context. */
  readonly secrets: Set<string>;
}

export function celDiagnostic(error: unknown, at: Location): Diagnostic {
  const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return {
    code: 'catalog/cel',
    severity: 'error',
    message: `The CEL expression cannot be evaluated: ${message}.`,
    at,
    hint: 'Expressions see options, cluster, enabled, tenants and contracts.',
  };
}

export type Rendered =
  | { readonly documents: readonly Value[]; readonly text: string }
  | { readonly problems: readonly Diagnostic[] };

/** Whose template it is, and what it sees. */
export interface TemplateUse {
  readonly component: CatalogComponent;
  readonly context: ValueMap;
}

/** The line of the template, or of a partial that it brings in, which printed a line of the text it renders to. */
export function tracedPlace(
  template: TemplateFile,
  { component: { library }, context }: TemplateUse,
  tools: Tools,
  renderedLine: number,
): { file: TemplateFile; line: number } {
  const { partial, line } = tools.templates.trace(template.text, context, library)(renderedLine);
  return { file: library.partials.get(partial) ?? template, line };
}

/** Renders a template to its YAML documents, empty ones left out. The same text is parsed once per run. */
export function renderTemplate(
  template: TemplateFile,
  { component, context }: TemplateUse,
  cluster: ResolvedCluster,
  tools: Tools,
): Rendered {
  const { library, capability } = component;
  let text: string;
  try {
    text = tools.templates.render(template.text, context, library);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { problems: [templateDiagnostic(error, template, cluster, capability)] };
  }
  const key = `yaml|${text}`;
  const known = tools.memo.get(key) as readonly Value[] | undefined;
  if (known !== undefined) return { documents: known, text };
  const read = readRendered(text);
  if ('documents' in read) {
    tools.memo.set(key, read.documents);
    return { documents: read.documents, text };
  }
  const place = (line: number): { file: TemplateFile; line: number } =>
    tracedPlace(template, { component, context }, tools, line);
  if ('doubtful' in read)
    return { problems: read.doubtful.flatMap((scalar) => doubtfulFinding(scalar, place(scalar.line)) ?? []) };
  const { reason, line } = read.problem;
  const { file, line: at } = place(line);
  const cited = citedLine(text, line);
  return {
    problems: [
      {
        code: 'template/yaml',
        severity: 'error',
        message: `The template does not render to YAML: ${reason}${cited === undefined ? '' : `, where it reads: ${cited}`}`,
        at: locateLine(file.file, file.text, at, 1, Math.max(1, (file.text.split('\n')[at - 1] ?? '').length)),
        related: setBy(tools.templates.pathsOn(file.text, at, library), cluster, capability),
        hint: 'Interpolations print quoted JSON: build strings with str, and never put quotes around {{…}}.',
      },
    ],
  };
}

type ReadRendered =
  | { readonly documents: readonly Value[] }
  | { readonly problem: YamlProblem }
  | { readonly doubtful: readonly PlacedScalar[] };

/** A scalar with its line and column in the rendered text. */
type PlacedScalar = DoubtfulScalar & { readonly line: number; readonly col: number };

function lineAndColumn(text: string, at: number, linesAbove: number): { readonly line: number; readonly col: number } {
  const before = text.slice(0, at);
  return { line: linesAbove + before.split('\n').length, col: at - before.lastIndexOf('\n') };
}

/** What Kubernetes and Helm would read; scalars that others read in another way are refused. */
function readRendered(text: string): ReadRendered {
  const documents: Value[] = [];
  const doubtful: PlacedScalar[] = [];
  for (const { body, above, stray } of splitDocuments(text)) {
    if (stray !== undefined) return { problem: { reason: 'something stands behind ---', line: above } };
    const read = readKubernetesYaml(body, { strict: true });
    if ('problem' in read) return { problem: { ...read.problem, line: read.problem.line + above } };
    const kept = doubtfulIn(read.value, read.doubtful);
    doubtful.push(...kept.map((s) => ({ ...s, ...lineAndColumn(body, s.at, above) })));
    if (read.value !== null) documents.push(read.value);
  }
  return doubtful.length > 0 ? { doubtful } : { documents };
}

/** At the scalar, where the template has it as it is rendered. */
function doubtfulFinding(
  scalar: PlacedScalar,
  { file, line }: { file: TemplateFile; line: number },
): Diagnostic | undefined {
  const text = file.text.split('\n')[line - 1] ?? '';
  const isThere = text.startsWith(scalar.source, scalar.col - 1); // nothing before it on the line was filled in
  const col = isThere ? scalar.col : text.lastIndexOf(scalar.source) + 1;
  return scalarFinding(scalar, () => locateLine(file.file, file.text, line, Math.max(1, col), scalar.source.length));
}

/** The finding at its place, without what to do about it. */
export function templateProblem(error: TemplateError, template: TemplateFile): Omit<Diagnostic, 'hint'> {
  const { code, message, line, col } = error;
  const { file, text } = error.file ?? template;
  return { code, severity: 'error', message, at: locateLine(file, text, line, col) };
}

/** Where the partial or file that a template error is in was brought in. */
export function broughtInBy({ callers }: TemplateError, template: TemplateFile): { message: string; at: Location }[] {
  return callers.map(({ file = template, line, col }) => ({
    message: 'brought in here',
    at: locateLine(file.file, file.text, line, col),
  }));
}

function templateDiagnostic(
  error: TemplateError,
  template: TemplateFile,
  cluster: ResolvedCluster,
  capability: string,
): Diagnostic {
  const options = setBy(error.paths, cluster, capability);
  return {
    ...templateProblem(error, template),
    related: [...broughtInBy(error, template), ...options],
    hint:
      options.length > 0
        ? 'Correct the option, or the template.'
        : 'Correct the template; docs/catalog.md lists what templates see.',
  };
}

/** An option that a template reads, and where it was set. */
export interface OptionOrigin {
  /** With dots, below the options of the capability. */
  readonly option: string;
  readonly label: string;
  readonly at: Location;
}

/** The options that one line of a template reads, as far as a layer set them. */
export function optionsReadOn(
  { file, line }: { readonly file: TemplateFile; readonly line: number },
  { component: { library } }: TemplateUse,
  cluster: ResolvedCluster,
  capability: string,
  tools: Tools,
): readonly OptionOrigin[] {
  return optionOrigins(tools.templates.pathsOn(file.text, line, library), cluster, capability);
}

function optionOrigins(paths: readonly string[], cluster: ResolvedCluster, capability: string): OptionOrigin[] {
  return paths
    .filter((p) => p.startsWith('options.'))
    .flatMap((path) => {
      const list = cluster.catalog.capabilities.get(capability)?.list;
      const rest = `/${path.split('.').slice(1).join('/')}`;
      const pointer = list !== undefined && rest.startsWith(`/${list}`) ? rest : `/capabilities/${capability}${rest}`;
      const origin = originsOf(cluster.layers, pointer)[0];
      if (origin === undefined) return [];
      const option = path.slice('options.'.length);
      return [{ option, label: origin.label, at: origin.source.at(origin.pointer) }];
    });
}

/** Where the options among some context paths were set. */
const setBy = (
  paths: readonly string[],
  cluster: ResolvedCluster,
  capability: string,
): NonNullable<Diagnostic['related']> =>
  optionOrigins(paths, cluster, capability).map(({ option, at }) => ({ message: `${option} is set here`, at }));
