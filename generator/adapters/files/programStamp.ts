import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What identifies a build of the program and the schemas beside it without reading them: paths, sizes, times and inodes. */
export function programStamp(code: string, home: string): string {
  const schemas = join(home, 'schemas');
  const files = existsSync(schemas)
    ? readdirSync(schemas, { recursive: true, encoding: 'utf8' }).map((path) => [path, stampOf(join(schemas, path))])
    : [];
  return JSON.stringify([process.version, stampOf(code), files.sort()]);
}

function stampOf(path: string): readonly number[] {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path);
  return [size, mtimeMs, ctimeMs, ino];
}
