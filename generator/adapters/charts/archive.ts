import { gunzip } from 'node:zlib';
import { kubernetesValue } from '../../yaml/kubernetesYaml.ts';
import { asMap, textAt } from '../../model/values.ts';
import type { ValueMap } from '../../model/values.ts';

/** Bounds on a package, bytes and numbers; unpacked is what Helm itself loads at most. */
export interface ArchiveLimits {
  readonly packed: number;
  readonly unpacked: number;
  readonly files: number;
  /** How deep charts may be packed in charts. */
  readonly depth: number;
}

export const usualArchiveLimits: ArchiveLimits = {
  packed: 32 * 1024 * 1024,
  unpacked: 100 * 1024 * 1024,
  files: 10_000,
  depth: 5,
};

/** What is wrong with a package, without a full stop. */
export class ArchiveProblem extends Error {
  override readonly name = 'ArchiveProblem';
}

export interface ChartArchive {
  readonly name: string;
  readonly version: string;
  /** Chart.yaml as it is. */
  readonly metadata: ValueMap;
  /** Its files of text by path below its folder, those of subcharts too. */
  readonly files: ReadonlyMap<string, string>;
}

const packedChart = /^(?:charts\/[^/]+\/)*charts\/[^/]+\.tgz$/;

interface Budget {
  bytes: number;
  files: number;
}

/** Reads a package in memory; nothing of it is ever written to where its paths point. Throws ArchiveProblem. */
export async function readArchive(
  bytes: Uint8Array,
  limits: ArchiveLimits = usualArchiveLimits,
): Promise<ChartArchive> {
  if (bytes.length > limits.packed)
    throw new ArchiveProblem(`it has ${mebibytes(bytes.length)}; ${mebibytes(limits.packed)} are read at most`);
  const files = await unpack(bytes, limits, { bytes: limits.unpacked, files: limits.files }, 1);
  const text = files.get('Chart.yaml');
  if (text === undefined) throw new ArchiveProblem('it is no chart: it has no Chart.yaml');
  const metadata = readMetadata(text);
  const name = textAt(metadata, 'name');
  const version = textAt(metadata, 'version');
  if (name === undefined || version === undefined)
    throw new ArchiveProblem('it is no chart: its Chart.yaml lacks name or version');
  return { name, version, metadata, files };
}

function readMetadata(text: string): ValueMap {
  if (text.length > 1024 * 1024) throw new ArchiveProblem('its Chart.yaml has more than 1 MiB');
  const metadata = kubernetesValue(text);
  if (metadata === undefined) throw new ArchiveProblem('it is no chart: its Chart.yaml is not YAML');
  return asMap(metadata);
}

const mebibytes = (n: number): string => `${Math.ceil(n / 1024 / 1024)} MiB`;

async function unpack(
  bytes: Uint8Array,
  limits: ArchiveLimits,
  budget: Budget,
  depth: number,
): Promise<Map<string, string>> {
  const tar = await inflate(bytes, budget.bytes);
  budget.bytes -= tar.length;
  const found = new Map<string, string>();
  for (const { path, data } of await entriesOf(tar, budget)) {
    if (packedChart.test(path)) {
      if (depth >= limits.depth) throw new ArchiveProblem(`${path}: charts are packed more than ${limits.depth} deep`);
      const inner = await unpack(data, limits, budget, depth + 1);
      const folder = `${path.slice(0, path.lastIndexOf('/'))}/${nameOf(inner, path)}`;
      for (const [file, text] of inner) found.set(`${folder}/${file}`, text);
    } else if (!data.includes(0)) {
      found.set(path, Buffer.from(data).toString('utf8'));
    }
  }
  return found;
}

/** A packed subchart is known by its own name. */
function nameOf(files: ReadonlyMap<string, string>, path: string): string {
  const name = textAt(readMetadata(files.get('Chart.yaml') ?? ''), 'name');
  return name !== undefined && /^[\w.-]+$/.test(name) ? name : path.replace(/^.*\/|\.tgz$/g, '');
}

/** The files of text of any package, by path below its one folder. Throws ArchiveProblem. */
export async function readTexts(
  bytes: Uint8Array,
  limits: ArchiveLimits = usualArchiveLimits,
): Promise<Map<string, string>> {
  if (bytes.length > limits.packed)
    throw new ArchiveProblem(`it has ${mebibytes(bytes.length)}; ${mebibytes(limits.packed)} are read at most`);
  const tar = await inflate(bytes, limits.unpacked);
  const entries = await entriesOf(tar, { bytes: limits.unpacked - tar.length, files: limits.files });
  return new Map(
    entries.flatMap(({ path, data }) => {
      const text = textOf(data);
      return text === undefined ? [] : [[path, text]];
    }),
  );
}

/** Undefined for what is no text in UTF-8. */
export function textOf(data: Uint8Array): string | undefined {
  if (data.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return undefined;
  }
}

async function inflate(bytes: Uint8Array, limit: number): Promise<Buffer> {
  return new Promise((done, fail) =>
    gunzip(bytes, { maxOutputLength: Math.max(1, limit) }, (error, result) => {
      if (error === null) return done(result);
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') return fail(new ArchiveProblem('it unpacks to more than is read at most'));
      return fail(new ArchiveProblem(code === 'Z_BUF_ERROR' ? 'it is cut off' : 'it is not gzip, or damaged'));
    }),
  );
}

interface Entry {
  /** Below the chart's folder. */
  readonly path: string;
  readonly data: Uint8Array;
}

async function entriesOf(tar: Buffer, budget: Budget): Promise<readonly Entry[]> {
  const { unpackTar } = await import('modern-tar');
  const entries = await unpackTar(tar, { strict: true }).catch((error: unknown) => {
    const why = error instanceof Error && /truncated/.test(error.message) ? 'cut off' : 'damaged';
    throw new ArchiveProblem(`its tar archive is ${why}`);
  });
  const seen = new Set<string>();
  return entries.flatMap(({ header, data }): Entry[] => {
    const path = safePath(header.name);
    if (header.type === 'directory' || header.type === 'pax-global-header') return [];
    if (header.type !== 'file' || data === undefined)
      throw new ArchiveProblem(`${header.name} is a ${header.type ?? 'special file'}, not a file`);
    const below = path.split('/').slice(1).join('/');
    if (below === '') throw new ArchiveProblem(`${header.name} lies beside the chart's folder`);
    if (seen.has(below)) throw new ArchiveProblem(`${header.name} is in it twice`);
    seen.add(below);
    budget.files -= 1;
    if (budget.files < 0) throw new ArchiveProblem('it has more files than are read at most');
    return [{ path: below, data }];
  });
}

/** With `/` throughout, as archives from Windows have `\`; refuses what would lead out of a folder. */
function safePath(name: string): string {
  const path = name.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const isOut = path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..');
  if (isOut || path.includes('\0')) throw new ArchiveProblem(`${JSON.stringify(name)} leads out of the chart's folder`);
  return path;
}
