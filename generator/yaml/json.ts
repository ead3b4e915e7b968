import type { Diagnostic } from '../model/diagnostic.ts';
import { DiagnosticsError } from '../model/diagnostic.ts';
import type { ValueMap } from '../model/values.ts';
import { isMap } from '../model/values.ts';
import { readJson } from './limits.ts';
import { locate } from './locate.ts';
import { LineCounter } from 'yaml';
import { conflictIn } from './refuse.ts';

/** The map that a file of JSON holds. Throws DiagnosticsError yaml/merge-conflict or file/json, with the place. */
export function parseJsonFile(file: string, text: string): ValueMap {
  let value: unknown;
  try {
    value = readJson(text);
  } catch (error) {
    throw new DiagnosticsError([conflictIn(file, text) ?? notJson(file, text, error)]);
  }
  if (isMap(value)) return value;
  throw new DiagnosticsError([notJson(file, text, new Error('it is no map'))]);
}

function notJson(file: string, text: string, error: unknown): Diagnostic {
  const said = error instanceof Error ? error.message : String(error);
  const offset = Math.min(Number(/at position (\d+)/.exec(said)?.[1] ?? 0), Math.max(0, text.length - 1));
  const { excerpt: _excerpt, ...at } = locate(file, text, new LineCounter(), offset, offset + 1);
  return {
    code: 'file/json',
    severity: 'error',
    // the engine quotes a part of the text
    message: `${file} is no JSON that can be read: ${said.replace(/,? (?:"|\.\.\.)[^]*$/, '')}.`,
    at,
    hint: 'Take it from git, or write it anew with what made it (`slipway schema import`).',
  };
}
