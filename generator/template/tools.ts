import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { ResolvedCluster, TemplateFile } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { locateLine } from '../yaml/locate.ts';
import { readDocuments } from '../yaml/source.ts';
import type { Cel } from './cel.ts';
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
  | { readonly problem: Diagnostic };

/** Renders a template to its YAML documents, empty ones left out. The same text is parsed once per run. */
export function renderTemplate(
  template: TemplateFile,
  context: ValueMap,
  cluster: ResolvedCluster,
  capability: string,
  tools: Tools,
): Rendered {
  let text: string;
  try {
    text = tools.templates.render(template.text, context);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { problem: templateDiagnostic(error, template, cluster, capability) };
  }
  const key = `yaml|${text}`;
  const known = tools.memo.get(key) as readonly Value[] | undefined;
  if (known !== undefined) return { documents: known, text };
  try {
    const documents = readDocuments(text);
    tools.memo.set(key, documents);
    return { documents, text };
  } catch (error) {
    const e = error as Error & { reason?: string; mark?: { line: number; column: number } };
    const line = (e.mark?.line ?? 0) + 1;
    const at = tools.templates.trace(template.text, context)(line);
    return {
      problem: {
        code: 'template/yaml',
        severity: 'error',
        message: `The template does not render to YAML: ${e.reason ?? e.message}, where it reads: ${(text.split('\n')[line - 1] ?? '').trim().slice(0, 120)}`,
        at: locateLine(
          template.file,
          template.text,
          at,
          1,
          Math.max(1, (template.text.split('\n')[at - 1] ?? '').length),
        ),
        related: setBy(tools.templates.pathsOn(template.text, at), cluster, capability),
        hint: 'Interpolations print quoted JSON: build strings with str, and never put quotes around {{…}}.',
      },
    };
  }
}

function templateDiagnostic(
  error: TemplateError,
  template: TemplateFile,
  cluster: ResolvedCluster,
  capability: string,
): Diagnostic {
  const related = setBy(error.paths, cluster, capability);
  return {
    code: error.code,
    severity: 'error',
    message: error.message,
    at: locateLine(template.file, template.text, error.line, error.col),
    related,
    hint:
      related.length > 0
        ? 'Correct the option, or the template.'
        : 'Correct the template; docs/catalog.md lists what templates see.',
  };
}

/** Where the options among some context paths were set. */
function setBy(
  paths: readonly string[],
  cluster: ResolvedCluster,
  capability: string,
): NonNullable<Diagnostic['related']> {
  return paths
    .filter((p) => p.startsWith('options.'))
    .flatMap((path) => {
      const list = cluster.catalog.capabilities.get(capability)?.list;
      const rest = `/${path.split('.').slice(1).join('/')}`;
      const pointer = list !== undefined && rest.startsWith(`/${list}`) ? rest : `/capabilities/${capability}${rest}`;
      const origin = originsOf(cluster.layers, pointer)[0];
      return origin === undefined
        ? []
        : [{ message: `${path.slice('options.'.length)} is set here`, at: origin.source.at(origin.pointer) }];
    });
}
