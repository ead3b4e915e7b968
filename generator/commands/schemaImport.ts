import { UsageError } from '../model/diagnostic.ts';
import type { Invocation, Result } from './command.ts';
export async function importSchema(_invocation: Invocation, _file: string | undefined): Promise<Result> {
  throw new UsageError('schema import is not available yet.');
}
