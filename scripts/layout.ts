// Reads the imports of generator/ and prints the size of every folder, imports that point back, and circles between folders.
// The order of the folders is in .oxlintrc.json, one override per folder; test/repository/layout.test.ts holds the two together.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folders of generator/ (and the loose files that others import), lowest first: each may import what stands before it.
 * docs/architecture.md says in a sentence what each is for.
 */
export const layers = [
  'model',
  'ports.ts',
  'util',
  'yaml',
  'charts',
  'kubernetes',
  'config',
  'template',
  'catalog',
  'plan',
  'tree',
  'helm',
  'render',
  'validate',
  'pipeline',
  'preview',
  'diff',
  'drift',
  'report',
  'adapters',
  'context.ts',
  'commands',
  'worker.ts',
  'index.ts',
  'cli.ts',
] as const;

export interface SourceFile {
  /** Relative to generator/. */
  readonly path: string;
  readonly lines: number;
  /** What it imports: files relative to generator/, or names of packages. */
  readonly imports: readonly string[];
}

/** Every TypeScript file below a folder, with what it imports, types included. */
export function readImports(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
        target.startsWith('.') ? relative(root, resolve(root, dirname(path), target)) : target,
      );
      return { path, lines: text.split('\n').length - 1, imports };
    });
}

/** The folder of a file, or the file itself where it is loose. */
export const layerOf = (path: string): string => path.split('/')[0] ?? path;

export interface LayerSize {
  readonly layer: string;
  readonly files: number;
  readonly lines: number;
}

/** Largest first. */
export function layerSizes(files: readonly SourceFile[]): readonly LayerSize[] {
  const sizes = new Map<string, { files: number; lines: number }>();
  for (const { path, lines } of files) {
    const size = sizes.get(layerOf(path)) ?? { files: 0, lines: 0 };
    sizes.set(layerOf(path), { files: size.files + 1, lines: size.lines + lines });
  }
  return [...sizes].map(([layer, size]) => ({ layer, ...size })).sort((a, b) => b.lines - a.lines);
}

/** Imports from a folder to a later one, and of folders that are in no order: `from -> to`. */
export function importsBack(files: readonly SourceFile[], order: readonly string[] = layers): readonly string[] {
  return files.flatMap(({ path, imports }) => {
    const own = order.indexOf(layerOf(path));
    return imports
      .filter((target) => target.endsWith('.ts'))
      .filter((target) => own === -1 || order.indexOf(layerOf(target)) > own)
      .map((target) => `${path} -> ${target}`);
  });
}

/** Folders that import each other, however long the way: each circle once, its folders sorted. */
export function folderCircles(files: readonly SourceFile[]): readonly (readonly string[])[] {
  const to = new Map<string, Set<string>>();
  for (const { path, imports } of files)
    for (const target of imports)
      if (target.endsWith('.ts') && layerOf(target) !== layerOf(path))
        to.set(layerOf(path), (to.get(layerOf(path)) ?? new Set<string>()).add(layerOf(target)));
  const reach = (from: string, seen = new Set<string>()): Set<string> => {
    for (const next of to.get(from) ?? []) if (!seen.has(next)) reach(next, seen.add(next));
    return seen;
  };
  const reached = new Map([...to.keys()].map((layer) => [layer, reach(layer)]));
  const circles = [...reached].flatMap(([layer, others]) => {
    const circle = [...others].filter((other) => reached.get(other)?.has(layer) === true);
    return others.has(layer) ? [[...new Set([layer, ...circle])].sort().join(' ')] : [];
  });
  return [...new Set(circles)].map((circle) => circle.split(' '));
}

/** What may import modules of Node: the edges of the program. Beside them, util/digest.ts hashes and node:path/posix is pure. */
export const withNode: readonly string[] = ['adapters', 'context.ts', 'worker.ts', 'cli.ts'];

/** What imports of a folder or a loose file look like. An index.ts of a folder looks the same as the loose one, and is left out. */
function patternsOf(layer: string, from: string): string[] {
  if (!layer.endsWith('.ts')) return [`**/${layer}/**`];
  if (layer === 'index.ts') return [];
  return from.endsWith('.ts') ? [`./${layer}`] : [`../${layer}`, `../../${layer}`, `../../../${layer}`];
}

/** The overrides of .oxlintrc.json that hold the order: one for each folder, as `no-restricted-imports` wants them. */
export function layerOverrides(): readonly unknown[] {
  return layers.flatMap((layer, i) => {
    const later = layers.slice(i + 1);
    if (later.length === 0) return [];
    const back = {
      group: later.flatMap((l) => patternsOf(l, layer)),
      message: `${layer} must not import what is built on it (scripts/layout.ts has the order)`,
    };
    const node = {
      group: ['node:*', '!node:path/posix'],
      message: 'only adapters, context.ts, worker.ts and cli.ts touch the machine',
    };
    const patterns = withNode.includes(layer) ? [back] : [back, node];
    return [
      {
        files: [layer.endsWith('.ts') ? `generator/${layer}` : `generator/${layer}/**`],
        rules: { 'no-restricted-imports': ['error', { patterns }] },
      },
    ];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = readImports(join(dirname(fileURLToPath(import.meta.url)), '..', 'generator'));
  const total = files.reduce((sum, f) => sum + f.lines, 0);
  for (const { layer, files: count, lines } of layerSizes(files))
    console.log(
      `${layer.padEnd(12)} ${String(count).padStart(4)} files ${String(lines).padStart(6)} lines ${((100 * lines) / total).toFixed(0).padStart(3)} %`,
    );
  console.log(`${'all'.padEnd(12)} ${String(files.length).padStart(4)} files ${String(total).padStart(6)} lines`);
  for (const back of importsBack(files)) console.log(`points back: ${back}`);
  for (const circle of folderCircles(files)) console.log(`circle: ${circle.join(', ')}`);
}
