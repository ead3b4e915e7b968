import type { HelperGroup } from '../template/helpers.ts';
import { factNames } from './distributions.ts';
import type { Distribution } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';
import { maskAll } from '../util/mask.ts';
import { asMap, getAt, isMap, mapAt } from '../model/values.ts';

export interface OptionRow {
  readonly option: string;
  readonly type: string;
  readonly default: string;
  readonly description: string;
}

/** One row per option, nested ones with dots; items of lists with []. */
export function optionRows(schema: unknown, prefix = ''): OptionRow[] {
  return Object.entries(mapAt(schema, 'properties')).flatMap(([key, value]) => {
    const child = asMap(value);
    const option = `${prefix}${key}`;
    const items = mapAt(child, 'items');
    const row = {
      option,
      type: typeOf(child),
      default: child['default'] === undefined ? '' : JSON.stringify(maskAll(child['default'], key)),
      description: String(child['description'] ?? ''),
    };
    return [
      row,
      ...(isMap(child['properties']) ? optionRows(child, `${option}.`) : []),
      ...(isMap(items['properties']) ? optionRows(items, `${option}[].`) : []),
    ];
  });
}

function typeOf(schema: ValueMap): string {
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[]).map(String).join(' | ');
  if (schema['type'] === 'array') return `list of ${String(getAt(schema, 'items', 'type') ?? 'values')}`;
  return String(schema['type'] ?? 'any');
}

/** The options of a capability as a Markdown table. */
export function optionsTable(options: ValueMap): string {
  const rows = optionRows(options).map((r) => [
    `\`${r.option}\``,
    r.type,
    r.default === '' ? '' : `\`${r.default}\``,
    r.description,
  ]);
  return markdownTable(['option', 'type', 'default', 'description'], rows);
}

/** The helpers of templates as Markdown tables, one for each group. */
export function helperTables(groups: Readonly<Record<string, HelperGroup>>): string {
  return Object.entries(groups)
    .map(([title, group]) => {
      const rows = Object.entries(group).map(([name, { args, gives }]) => [`\`${name} ${args}\``, gives]);
      return `**${title}**\n\n${markdownTable(['helper', 'gives'], rows)}`;
    })
    .join('\n\n');
}

/** What each distribution brings to the newest Kubernetes, a column for each. */
export function distributionsTable(distributions: ReadonlyMap<string, Distribution>): string {
  const columns = [...distributions.values()];
  const rows = factNames.map((fact) => [`\`${fact}\``, ...columns.map((d) => d.facts[fact].at(-1)?.value ?? '')]);
  return markdownTable(['fact', ...columns.map((d) => d.title)], rows);
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/**
 * The page with this text between its marks `<!-- <name>:start -->` and `<!-- <name>:end -->`, each alone on its line; undefined
 * without them.
 */
export function betweenMarks(page: string, name: string, text: string): string | undefined {
  const marks = new RegExp(`^(<!-- ${name}:start -->\\n)[^]*?^(<!-- ${name}:end -->)$`, 'm');
  return marks.test(page)
    ? page.replace(marks, (_, start: string, end: string) => `${start}${text}\n${end}`)
    : undefined;
}
