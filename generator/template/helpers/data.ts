import type { ValueMap } from '../../model/values.ts';
import { compareText, isList, isMap, member } from '../../model/values.ts';
import type { HelperDeclaration } from './arguments.ts';
import { list, map, number, same, text } from './arguments.ts';

export const dataHelpers = {
  object: { args: '[k=v …]', gives: 'A map of the named arguments.', run: (_, hash) => hash },
  list: { args: '[item …]', gives: 'A list of the arguments.', run: (args) => [...args] },
  merge: {
    args: 'map …',
    gives: 'One map of all; later ones win, null counts as empty.',
    run: (args) => Object.assign({}, ...args.map((a) => (a === null ? {} : map(a, 'merge')))) as ValueMap,
  },
  concat: {
    args: 'list …',
    gives: 'One list of all; null counts as empty.',
    run: (args) => args.flatMap((a) => (a === null ? [] : [...list(a, 'concat')])),
  },
  keys: { args: 'map', gives: 'Its keys, sorted.', run: ([m]) => Object.keys(map(m, 'keys')).sort(compareText) },
  values: {
    args: 'map',
    gives: 'Its values, in the order of their keys.',
    run: ([m]) =>
      Object.keys(map(m, 'values'))
        .sort(compareText)
        .map((k) => member(m, k) ?? null),
  },
  get: {
    args: 'map key',
    gives: 'The value of the key, null when it is absent or the map is null.',
    run: ([m, key]) => (m === null ? null : (member(map(m, 'get'), text(key, 'get')) ?? null)),
  },
  first: { args: 'list', gives: 'Its first item, null of an empty list.', run: ([l]) => list(l, 'first')[0] ?? null },
  len: {
    args: 'value',
    gives: 'How many items, keys or characters it has; 0 of everything else.',
    run: ([v]) => (typeof v === 'string' || isList(v) ? v.length : isMap(v) ? Object.keys(v).length : 0),
  },
  where: {
    args: 'list key value',
    gives: 'The items whose key has the value.',
    run: ([l, key, value]) => list(l, 'where').filter((i) => same(member(i, text(key, 'where')), value)),
  },
  pluck: {
    args: 'list key',
    gives: 'The value of the key in each item.',
    run: ([l, key]) => list(l, 'pluck').map((i) => member(i, text(key, 'pluck')) ?? null),
  },
  uniq: {
    args: 'list',
    gives: 'The list with each item once.',
    run: ([l]) => list(l, 'uniq').filter((a, i, all) => all.findIndex((b) => same(a, b)) === i),
  },
  sortBy: {
    args: 'list key',
    gives: 'The items, sorted by the text of a key.',
    run: ([l, key]) => {
      const of = (item: unknown): string => text(member(item as ValueMap, text(key, 'sortBy')), 'sortBy');
      return [...list(l, 'sortBy')].sort((a, b) => compareText(of(a), of(b)));
    },
  },
  chunk: {
    args: 'list n',
    gives: 'Lists of at most n of its items.',
    run: ([l, n]) => {
      const [items, size] = [list(l, 'chunk'), Math.max(1, number(n, 'chunk'))];
      return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
    },
  },
  range: {
    args: 'n',
    gives: 'The numbers from 0 to n - 1.',
    run: ([n]) => Array.from({ length: Math.max(0, Math.min(10_000, number(n, 'range'))) }, (_, i) => i),
  },
} satisfies Readonly<Record<string, HelperDeclaration>>;
