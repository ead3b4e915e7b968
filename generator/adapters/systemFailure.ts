import { isAbsolute, relative } from 'node:path';
import { ToolError } from '../model/diagnostic.ts';
import { reason } from './reason.ts';

/** What the operating system refused, where nobody nearer has said what it is about; undefined for any other exception. */
export function systemFailure(error: unknown, root: string): ToolError | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { path, syscall = 'a call' } = error as NodeJS.ErrnoException;
  const inside = path !== undefined && isAbsolute(path) ? relative(root, path) : path;
  const file = inside === '' ? '.' : inside?.startsWith('..') === true ? path : inside;
  return new ToolError(
    'tool/system',
    `The operating system refuses ${syscall}${file === undefined ? '' : ` of ${file}`}: ${reason(error)}.`,
    'Check permissions, space and limits of this machine, then run again.',
    { cause: error, ...(file === undefined ? {} : { file }) },
  );
}
