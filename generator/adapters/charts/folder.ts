import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { kubernetesValue } from '../../yaml/kubernetesYaml.ts';
import { parseIgnore } from '../../charts/ignore.ts';
import type { Ignore } from '../../charts/ignore.ts';
import { compareText, textAt } from '../../model/values.ts';
import { ArchiveProblem, usualArchiveLimits } from './archive.ts';

/** What a package has beside, or in place of, the files of the folder. */
export interface PackedChanges {
  /** By path below the chart. */
  readonly added: ReadonlyMap<string, Uint8Array>;
  readonly removed: ReadonlySet<string>;
}

/**
 * Packs the folder of a chart. The same files give the same bytes on every machine and in every version of Node.js: sorted,
 * without times, owners and modes, and stored rather than compressed. Throws ArchiveProblem.
 */
export async function packFolder(
  folder: string,
  { added, removed }: PackedChanges = { added: new Map(), removed: new Set() },
): Promise<Buffer> {
  if (!existsSync(join(folder, 'Chart.yaml'))) throw new ArchiveProblem('it is no chart: it has no Chart.yaml');
  const name = chartName(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
  const ignore = readIgnore(join(folder, '.helmignore'));
  const own = filesBelow(folder, '', ignore).filter((path) => !removed.has(path) && !added.has(path));
  const files = [...own, ...added.keys()].sort(compareText);
  if (files.length > usualArchiveLimits.files) throw new ArchiveProblem('it has more files than are read at most');
  let left = usualArchiveLimits.packed;
  const entries = files.map((path) => {
    const given = added.get(path);
    left -= given === undefined ? lstatSync(join(folder, path)).size : given.length;
    if (left < 0) throw new ArchiveProblem('it is larger than is read at most; see .helmignore');
    const body = given ?? readFileSync(join(folder, path));
    const header = { name: `${name}/${path}`, size: body.length, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 };
    return { header, body };
  });
  const { packTar } = await import('modern-tar');
  return stored(await packTar(entries));
}

function chartName(text: string): string {
  const metadata = kubernetesValue(text);
  if (metadata === undefined) throw new ArchiveProblem('it is no chart: its Chart.yaml is not YAML');
  const name = textAt(metadata, 'name');
  if (name !== undefined && /^[\w.-]+$/.test(name) && !name.startsWith('.')) return name;
  throw new ArchiveProblem('it is no chart: its Chart.yaml has no name');
}

function readIgnore(file: string): Ignore {
  try {
    return parseIgnore(existsSync(file) ? readFileSync(file, 'utf8') : '');
  } catch (error) {
    throw new ArchiveProblem(`its .helmignore cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
}

function filesBelow(folder: string, path: string, ignore: Ignore): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (below === '.git' || ignore(below, entry.isDirectory())) return [];
    if (entry.isDirectory()) return filesBelow(folder, below, ignore);
    if (!entry.isFile()) throw new ArchiveProblem(`${below} is a link or a special file; links are not followed`);
    return [below];
  });
}

const blockSize = 65_535;

/** Gzip without compression: what a compressor makes differs between versions of zlib, this does not. */
function stored(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    const head = Buffer.alloc(5);
    head[0] = at + blockSize >= bytes.length ? 1 : 0;
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ 0xffff, 3);
    parts.push(head, block);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes), 0);
  tail.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([...parts, tail]);
}
