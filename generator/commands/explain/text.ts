import type { Location } from '../../model/diagnostic.ts';
import type { Value } from '../../model/values.ts';

/** A value in one line, of so many characters at most. */
export function short(value: Value, most = 100): string {
  const text = JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 3)}…` : text;
}

/** As short, with what null means where layers of a spec are merged. */
export const shortSetting = (value: Value): string => (value === null ? 'null (removed or not set)' : short(value));

export const place = ({ file, line, col }: Location): { file: string; line: number; col: number } => ({
  file,
  line,
  col,
});

export const placeText = ({ file, line, col }: Location): string => `${file}:${line}:${col}`;
