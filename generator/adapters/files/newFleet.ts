import { existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { ToolError, UsageError } from '../../model/diagnostic.ts';
import type { FleetFolder } from '../../ports.ts';
import { createGit } from '../git/git.ts';
import { runGit } from '../git/program.ts';
import { reason } from '../reason.ts';
import { settle } from './interrupted.ts';
import { isInside, sources } from './journal.ts';
import type { WriteChange } from './publish.ts';
import { publishChanges } from './publish.ts';

/**
 * The folder that a fleet is made in, which need not be there; what an interrupted run left of one is removed first. Throws
 * UsageError for what is no folder, ToolError file/write or file/unreadable.
 */
export async function openFleetFolder(
  folder: string,
  note: (notes: readonly Diagnostic[]) => void,
): Promise<FleetFolder> {
  const existing = realpathSync(nearestExisting(resolve(folder)));
  if (!statSync(existing).isDirectory())
    throw new UsageError(`${existing} is not a folder.`, 'Name a folder, or one that does not exist yet.');
  const missing = relative(nearestExisting(resolve(folder)), resolve(folder))
    .split(sep)
    .filter((step) => step !== '');
  const full = join(existing, ...missing);
  const git = await gitAround(existing, full);
  const prefix = git?.path ?? '';
  const top =
    git === undefined ? full : resolve(existing, ...prefix.split('/').flatMap((s) => (s === '' ? [] : ['..'])));
  if (existsSync(top)) note(settle(top));
  return {
    git,
    path: relative(top, full).split(sep).join('/'),
    name: basename(full),
    has: (path) => existsSync(join(top, path)),
    read: (path) => readText(join(top, path), path),
    write: (before, texts) => note(writeFleet(top, before, texts)),
  };
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

/** What git knows of the repository that the folder is in; one that ignores the folder is none of its. */
async function gitAround(existing: string, full: string): Promise<FleetFolder['git']> {
  const facts = await createGit(existing).facts();
  if (facts === undefined) return undefined;
  const ignored = await runGit(existing, ['check-ignore', '-q', '--', full]).catch(() => undefined);
  return ignored?.code === 0 ? undefined : facts;
}

function readText(full: string, path: string): string | undefined {
  if (!existsSync(full)) return undefined;
  try {
    return readFileSync(full, 'utf8');
  } catch (error) {
    throw new ToolError('file/unreadable', `${path} cannot be read: ${reason(error)}.`, 'Move it, or correct it.', {
      cause: error,
      file: path,
    });
  }
}

/** Where a file is: behind a link that leads nowhere else, it is written where it stands. Throws ToolError file/outside. */
function placeOf(top: string, path: string): string {
  const full = join(top, path);
  if (!existsSync(full)) return path;
  if (!isInside(full, realpathSync(top)))
    throw new ToolError('file/outside', `${path} leads out of the repository.`, 'Replace the link by a file.', {
      file: path,
    });
  return relative(realpathSync(top), realpathSync(full)).split(sep).join('/');
}

function writeFleet(
  top: string,
  before: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const changes = [...texts].map(([path, after]): WriteChange => {
    const text = before.get(path);
    return { path: placeOf(top, path), kind: text === undefined ? 'add' : 'modify', before: text, after };
  });
  try {
    mkdirSync(top, { recursive: true });
  } catch (error) {
    const hint = 'Check permissions and free space.';
    throw new ToolError('file/write', `${top} cannot be written: ${reason(error)}.`, hint, { cause: error });
  }
  return publishChanges(realpathSync(top), changes, sources);
}
