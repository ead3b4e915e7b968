import type { HelperDeclaration } from './helpers/arguments.ts';
import { dataHelpers } from './helpers/data.ts';
import { logicHelpers } from './helpers/logic.ts';
import { numberHelpers } from './helpers/numbers.ts';
import { outputHelpers } from './helpers/output.ts';
import { textHelpers } from './helpers/texts.ts';

export type HelperGroup = Readonly<Record<string, HelperDeclaration>>;

/** The helpers of templates, in the groups of docs/catalog.md (which is written from them). */
export const helperGroups: Readonly<Record<string, HelperGroup>> = {
  Output: outputHelpers,
  Logic: logicHelpers,
  'Lists and maps': dataHelpers,
  Text: textHelpers,
  Numbers: numberHelpers,
};

/** Every helper by name. */
export const helpers: HelperGroup = Object.assign({}, ...Object.values(helperGroups)) as HelperGroup;

/** How many arguments a helper takes, by its declaration; named ones are `hash`. */
export function arityOf({ args }: HelperDeclaration): { min: number; max: number; hash: boolean } {
  const words = args.match(/\[[^\]]*\]|\S+/g) ?? [];
  const isHash = (word: string): boolean => word.includes('=');
  const plain = words.filter((word) => !isHash(word) && word !== '…');
  const min = plain.filter((word) => !word.startsWith('[')).length;
  const isOpen = words.some((word, i) => /…/.test(word) && !isHash(word) && !isHash(words[i - 1] ?? ''));
  return { min, max: isOpen ? Infinity : plain.length, hash: words.some(isHash) };
}
