import { DiagnosticsError, UsageError } from '../../model/diagnostic.ts';
import type { Capability, Catalog, CatalogComponent } from '../../model/model.ts';
import { optionRows } from '../../catalog/docs.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { table } from '../../report/text.ts';
import { didYouMean } from '../../util/suggest.ts';
import type { Invocation, Result } from '../command.ts';

/** What the catalog offers, and its charts. */
export async function catalog(invocation: Invocation): Promise<Result> {
  const { ctx, args, options } = invocation;
  if (options['to'] !== undefined && args[0] !== 'upgrade')
    throw new UsageError(`catalog ${args[0] ?? ''} has no --to.`, 'It belongs to `slipway catalog upgrade`.');
  if (args[0] === 'lock') return (await import('./lock.ts')).lockCharts(invocation);
  if (args[0] === 'pull') return (await import('./lock.ts')).pullCharts(invocation);
  if (args[0] === 'outdated') return (await import('./upgrade.ts')).outdated(invocation);
  if (args[0] === 'upgrade') return (await import('./upgrade.ts')).upgrade(invocation);
  if (args[0] === 'test') return (await import('./test.ts')).catalogTest(invocation);
  const outcome = createPipeline(ctx).loadCatalog();
  if (outcome.value === undefined) throw new DiagnosticsError(outcome.diagnostics);
  const [action, name] = args;
  return { ...(action === 'show' ? show(outcome.value, name) : list(outcome.value)), diagnostics: outcome.diagnostics };
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

function show(value: Catalog, name: string | undefined): Result {
  if (name === undefined)
    throw new UsageError('catalog show needs a name.', `Capabilities: ${[...value.capabilities.keys()].join(', ')}.`);
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
