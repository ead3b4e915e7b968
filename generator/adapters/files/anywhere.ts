import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ToolError } from '../../model/diagnostic.ts';
import { reason } from '../reason.ts';
import type { Anywhere } from '../../ports.ts';
import { writeWhole } from './temporary.ts';

export const anywhere: Anywhere = {
  listAnywhere(path) {
    if (!existsSync(path))
      throw new ToolError('file/unreadable', `${path} does not exist.`, 'Check the path.', { file: path });
    if (!statSync(path).isDirectory()) return [path];
    const entries = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return entries
      .filter((f) => /\.(?:ya?ml|json)(?:\.gz)?$/.test(f))
      .sort()
      .map((f) => join(path, f));
  },
  readAnywhere(path) {
    try {
      const bytes = readFileSync(path);
      return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    } catch (error) {
      throw new ToolError('file/unreadable', `${path} cannot be read: ${reason(error)}.`, 'Check what it is.', {
        cause: error,
        file: path,
      });
    }
  },
  writeAnywhere(path, text, from) {
    const full = resolve(from, path);
    try {
      writeWhole(full, text);
    } catch (error) {
      throw new ToolError('file/write', `${path} cannot be written: ${reason(error)}.`, 'Name another file.', {
        cause: error,
        file: path,
      });
    }
  },
  existsAnywhere: existsSync,
  absolute: (path, from) => resolve(from, path),
  readInput: () => readFileSync(0, 'utf8'),
};
