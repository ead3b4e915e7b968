import { createDocumentReader } from '../../helm/documents.ts';
import { valuesWithoutEffect } from '../../helm/effects.ts';
import type { ValuePath } from '../../helm/effects.ts';
import { judgePurity, textOf } from '../../helm/judge.ts';
import type { ChartDocument } from '../../helm/rendered.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Catalog } from '../../model/model.ts';
import type { ValueMap } from '../../model/values.ts';
import type { ChartPackage, Context, Helm, HelmRequest } from '../../ports.ts';

export interface RenderedDefaults {
  readonly isRendered: boolean;
  readonly documents: readonly ChartDocument[];
  readonly harmless: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Which of these values change nothing where everything else is as the chart has it. */
  idle(values: ValueMap): Promise<readonly ValuePath[]>;
}

/** Nothing is known of what the chart makes, and why. */
const unknown = (code: Diagnostic['code'], message: string, hint: string): RenderedDefaults => ({
  isRendered: false,
  documents: [],
  harmless: [],
  diagnostics: [{ code, severity: 'warning', message, hint }],
  idle: () => Promise.resolve([]),
});

/** What Helm makes of the chart with its own values: which kinds, and whether the result is the same each time. */
export async function renderDefaults(
  ctx: Context,
  catalog: Catalog,
  component: string,
  chart: ChartPackage,
): Promise<RenderedDefaults> {
  const helm = await ctx.helm();
  if (helm === undefined)
    return unknown(
      'helm/missing',
      'Without Helm it is not known which kinds the chart makes.',
      'List the definitions it brings in `crds` of component.yaml; `slipway doctor` says where Helm is looked for.',
    );
  const request: HelmRequest = {
    chart,
    release: component,
    namespace: component,
    values: {},
    kubeVersion: `${catalog.minimumKubernetes}.0`,
    apiVersions: [],
    skipCrds: false,
  };
  const read = createDocumentReader();
  const result = await helm.template(request);
  const output = 'error' in result ? result : read(result);
  if ('error' in output)
    return unknown(
      'helm/refused',
      `Helm does not render the chart with its defaults alone: ${output.error}`,
      /dependency build/.test(output.error)
        ? 'Run `helm dependency build` in the folder of the chart, and commit what it fetches.'
        : 'Set the value it asks for in values.yaml.hbs.',
    );
  const impure = 'error' in result ? undefined : result.impure;
  const { functions, fields } = await purityOf(ctx, helm, request, impure, output.documents);
  const field = fields[0];
  return {
    isRendered: true,
    documents: output.documents,
    harmless: field === undefined ? functions : [],
    diagnostics: field === undefined ? [] : [impureFinding(functions)],
    idle: (values) => idleValues(helm, request, values),
  };
}

const impureFinding = (functions: readonly string[]): Diagnostic => ({
  code: 'helm/impure',
  severity: 'warning',
  message: `The chart renders differently each time, because of ${functions.join(', ')}.`,
  hint: 'Set the value that takes the place of what it draws, and say so in `impure` of component.yaml (docs/catalog.md).',
});

async function idleValues(helm: Helm, request: HelmRequest, values: ValueMap): Promise<readonly ValuePath[]> {
  const attempt = async (tried: ValueMap): Promise<string | undefined> => {
    const result = await helm.template({ ...request, values: tried });
    return 'error' in result ? undefined : textOf(result);
  };
  const base = await attempt(values);
  return base === undefined ? [] : valuesWithoutEffect(values, base, attempt);
}

function purityOf(
  ctx: Context,
  helm: Helm,
  request: HelmRequest,
  called: readonly string[] | undefined,
  documents: readonly ChartDocument[],
): ReturnType<typeof judgePurity> {
  const read = createDocumentReader();
  return judgePurity(request, { impure: [] }, called, {
    template: (r) => helm.template(r),
    parse: (r) => {
      const output = read(r);
      return 'error' in output ? documents : output.documents;
    },
    contents: () => ctx.charts.read(request.chart),
    pause: (milliseconds) => ctx.pause(milliseconds),
  });
}
