import type { Context } from '../../ports.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, UsageError } from '../../model/diagnostic.ts';
import type { Capability, Catalog, CatalogComponent } from '../../model/model.ts';
import { optionRows } from '../../catalog/docs.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { table } from '../../report/text.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Result } from '../command.ts';
import type { CatalogListInvocation, CatalogShowInvocation } from './command.ts';

/** What the catalog offers. */
export async function listCatalog({ ctx }: CatalogListInvocation): Promise<Result> {
  const { value, diagnostics } = loaded(ctx);
  return { ...list(value), diagnostics };
}

/** A capability or a component of the catalog. */
export async function showCatalog({ ctx, args }: CatalogShowInvocation): Promise<Result> {
  const { value, diagnostics } = loaded(ctx);
  return { ...show(value, args.name), diagnostics };
}

function loaded(ctx: Context): { readonly value: Catalog; readonly diagnostics: readonly Diagnostic[] } {
  const { value, diagnostics } = createPipeline(ctx).loadCatalog();
  if (value === undefined) throw new DiagnosticsError(diagnostics);
  return { value, diagnostics };
}

function list(value: Catalog): Result {
  const rows = [...value.capabilities.values()].map((c) => ({
    capability: c.name,
    components: c.components.map((x) => x.name),
    summary: c.summary,
  }));
  return {
    text: table([
      ['CAPABILITY', 'COMPONENTS', 'SUMMARY'],
      ...rows.map((r) => [r.capability, String(r.components.length), r.summary]),
    ]),
    data: { version: value.version, capabilities: rows },
  };
}

function show(value: Catalog, name: string): Result {
  const capability = value.capabilities.get(name);
  const component = value.components.get(name);
  if (capability === undefined && component === undefined)
    throw new UsageError(
      `There is no capability or component "${name}".${didYouMean(name, [...value.capabilities.keys(), ...value.components.keys()])}`,
      'See `slipway catalog list`.',
    );
  return capability === undefined ? showComponent(component as CatalogComponent) : showCapability(capability);
}

function showCapability(c: Capability): Result {
  const options = optionRows(c.options);
  const text = [
    `${c.name}: ${c.summary}`,
    '',
    'Components',
    table(
      c.components.map((x) => [
        `  ${x.name}`,
        x.chart === undefined ? 'manifests' : `${x.chart.name} ${x.chart.version}`,
        x.summary,
      ]),
    ),
    '',
    'Options',
    table(options.map((o) => [`  ${o.option}`, o.type, o.default, o.description])),
    ...(c.provides.length === 0 ? [] : ['', `Provides  ${c.provides.map((p) => p.contract).join(', ')}`]),
    ...(c.requires.length === 0
      ? []
      : [`Requires  ${c.requires.map((r) => `${r.contract}${r.optional ? ' (optional)' : ''}`).join(', ')}`]),
  ].join('\n');
  return {
    text,
    data: {
      name: c.name,
      summary: c.summary,
      options,
      components: c.components.map((x) => x.name),
      provides: c.provides.map((p) => p.contract),
      requires: c.requires,
    },
  };
}

function showComponent(c: CatalogComponent): Result {
  const rows = [
    ['capability', c.capability],
    [
      'chart',
      c.chart === undefined ? 'none (manifests)' : `${c.chart.name} ${c.chart.version} from ${c.chart.repository}`,
    ],
    ['namespace', c.namespace],
    ['needs', c.needs.map((n) => n.component).join(', ') || '-'],
    ['crds', c.crds.join(', ') || '-'],
    ['removal', c.removal],
  ];
  return {
    text: `${c.name}: ${c.summary}\n${table(rows.map(([k, v]) => [`  ${k ?? ''}`, v ?? '']))}`,
    data: { ...Object.fromEntries(rows), name: c.name, summary: c.summary },
  };
}
