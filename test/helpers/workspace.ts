import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { onTestFinished } from 'vitest';
import type { Context } from '../../generator/ports.ts';
import { createContext } from '../../generator/context.ts';
import type { Value, ValueMap } from '../../generator/model/values.ts';
import { asMap, compareText } from '../../generator/model/values.ts';
import { mergeMaps } from '../../generator/config/merge.ts';
import { withFleet } from '../../generator/pipeline/overlay.ts';
import { createPipeline } from '../../generator/pipeline/pipeline.ts';
import type { PipelineResult } from '../../generator/pipeline/pipeline.ts';
import { emitYaml } from '../../generator/yaml/emit.ts';

export const repository: string = resolve(import.meta.dirname, '../..');
export const cli: string = join(repository, 'dist/cli.mjs');

/** A folder with these files; removed when the test ends. */
export function workspace(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A workspace with the real catalog and these files beside it. */
export function fleet(files: Readonly<Record<string, string>>): string {
  const root = workspace(files);
  for (const folder of ['catalog', 'environments'])
    if (!existsSync(join(root, folder))) cpSync(join(repository, folder), join(root, folder), { recursive: true });
  return root;
}

export interface RunResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program. */
export function run(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): RunResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  return { code: status, stdout, stderr };
}

/** Every file below a folder, path → text. */
export function snapshot(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const paths = (
    readdirSync(folder, { recursive: true, withFileTypes: true }) as unknown as {
      isFile(): boolean;
      parentPath: string;
      name: string;
    }[]
  )
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(folder.length + 1));
  return new Map(paths.sort(compareText).map((p) => [p, readFileSync(join(folder, p), 'utf8')]));
}

/** The files of every golden tree of the catalog: `<golden file>/<path>` → text. Definitions stand by their digest. */
export function goldenTrees(): Map<string, string> {
  const golden = [...snapshot(join(repository, 'catalog'))].filter(([path]) => /^[^/]+\/tests\/golden\//.test(path));
  return new Map(
    golden.flatMap(([file, text]) => {
      const [, ...parts] = text.split(/^# --- (.*)\n/m);
      return parts.flatMap((path, i) => (i % 2 === 0 ? [[`${file}/${path}`, parts[i + 1] ?? ''] as const] : []));
    }),
  );
}

export function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The context of the repository with these files in place of its own clusters, environments and trees. */
export function overlayContext(overlay: Readonly<Record<string, string>>): Context {
  return withFleet(createContext(repository, { quiet: true, verbose: false }), overlay);
}

/** Runs the pipeline over one example of the catalog, merged over a small base cluster. */
export async function runExample(capability: string, example: string): Promise<PipelineResult> {
  const text = readFileSync(join(repository, 'catalog', capability, 'examples', `${example}.yaml`), 'utf8');
  const base: ValueMap = {
    domain: 'example.com',
    kubernetes: { version: '1.34' },
    git: { repoURL: 'https://git.example.com/platform/fleet.git' },
  };
  const spec = mergeMaps(base, asMap((parse(text) as ValueMap)['spec']));
  const document: Value = { apiVersion: 'slipway.dev/v1alpha1', kind: 'Cluster', metadata: { name: 'example' }, spec };
  return createPipeline(overlayContext({ 'clusters/example.yaml': emitYaml(document) })).run({ clusters: [] });
}

/** The tree of one example: path → text. Throws with the findings when it does not render. */
export async function renderExample(capability: string, example: string): Promise<Map<string, string>> {
  const result = await runExample(capability, example);
  const errors = result.diagnostics.filter((d) => d.severity === 'error');
  const tree = result.clusters[0]?.tree;
  if (errors.length > 0 || tree === undefined)
    throw new Error(errors.map((d) => `${d.code} ${d.at?.file ?? ''}:${d.at?.line ?? ''} ${d.message}`).join('\n'));
  return new Map(tree.files);
}
