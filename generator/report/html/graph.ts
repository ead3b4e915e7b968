import { compareText } from '../../model/values.ts';
import type { WaveNode } from '../types.ts';
import { html } from './fleet.ts';

/** Sizes in pixels. */
const charWidth = 7;
const rowHeight = 34;
const nodeHeight = 26;
const columnGap = 56;
const margin = 16;
const headHeight = 34;

interface Placed extends WaveNode {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The waves of a cluster from left to right, with an arrow from each component to what needs it; an SVG element. */
export function waveGraph(name: string, nodes: readonly WaveNode[], changed: ReadonlySet<string> = new Set()): string {
  const placed = placeNodes(nodes);
  const byName = new Map(placed.map((node) => [node.name, node]));
  const width = Math.max(...placed.map((n) => n.x + n.width), 0) + margin;
  const height = Math.max(...placed.map((n) => n.y + nodeHeight), 0) + margin;
  const edges = essential(nodes).flatMap(([from, to]) => {
    const [a, b] = [byName.get(from), byName.get(to)];
    return a === undefined || b === undefined ? [] : [edge(a, b)];
  });
  const heads = [...new Map(placed.map((n) => [n.wave, n.x]))].map(
    ([wave, x]) => `<text class="wave" x="${x}" y="${margin + 6}">wave ${wave}</text>`,
  );
  const label = `Waves of ${name}: ${wavesText(nodes)}`;
  return [
    `<svg role="img" aria-label="${html(label)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    ...heads,
    ...edges,
    ...placed.map((n) => box(n, changed.has(n.name))),
    '</svg>',
  ].join('\n');
}

/** `1 a, b; 2 c`. */
export function wavesText(nodes: readonly WaveNode[]): string {
  return columnsOf(nodes)
    .map(([wave, own]) => `${wave} ${own.map((n) => n.name).join(', ')}`)
    .join('; ');
}

function columnsOf(nodes: readonly WaveNode[]): [number, WaveNode[]][] {
  const columns = new Map<number, WaveNode[]>();
  for (const node of [...nodes].sort((a, b) => a.wave - b.wave || compareText(a.name, b.name)))
    columns.set(node.wave, [...(columns.get(node.wave) ?? []), node]);
  return [...columns];
}

/** A column for each wave; in it what hangs together stands close together. */
function placeNodes(nodes: readonly WaveNode[]): Placed[] {
  const placed = new Map<string, Placed>();
  let x = margin;
  for (const [, column] of columnsOf(nodes)) {
    const width = Math.max(...column.map((n) => n.name.length)) * charWidth + 20;
    const wish = (n: WaveNode): number => {
      const above = n.dependsOn.flatMap((d) => placed.get(d)?.y ?? []);
      return above.length === 0 ? Infinity : above.reduce((sum, y) => sum + y, 0) / above.length;
    };
    const ordered = column
      .map((node) => ({ node, at: wish(node) }))
      .sort((a, b) => (a.at === b.at ? compareText(a.node.name, b.node.name) : a.at - b.at));
    for (const [row, { node }] of ordered.entries())
      placed.set(node.name, { ...node, x, y: margin + headHeight / 2 + row * rowHeight, width });
    x += width + columnGap;
  }
  return [...placed.values()];
}

/** Edges without those that others imply. */
function essential(nodes: readonly WaveNode[]): [string, string][] {
  const byName = new Map(nodes.map((n) => [n.name, n]));
  const below = new Map<string, Set<string>>();
  const reach = (name: string): Set<string> => {
    const known = below.get(name);
    if (known !== undefined) return known;
    const own = new Set<string>();
    below.set(name, own);
    for (const d of byName.get(name)?.dependsOn ?? []) {
      own.add(d);
      for (const further of reach(d)) own.add(further);
    }
    return own;
  };
  return nodes.flatMap((node) =>
    node.dependsOn
      .filter((d) => !node.dependsOn.some((other) => other !== d && reach(other).has(d)))
      .map((d): [string, string] => [d, node.name]),
  );
}

function edge(from: Placed, to: Placed): string {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + nodeHeight / 2, to.x, to.y + nodeHeight / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return `<path class="edge" d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function box({ name, x, y, width }: Placed, isChanged: boolean): string {
  return `<g class="node${isChanged ? ' changed' : ''}"><title>${html(name)}${isChanged ? ' (differs)' : ''}</title><rect x="${x}" y="${y}" width="${width}" height="${nodeHeight}" rx="6"/><text x="${x + width / 2}" y="${y + 17}">${html(name)}</text></g>`;
}
