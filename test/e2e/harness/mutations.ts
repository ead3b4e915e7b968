import type { Json } from './kubeClient.ts';

/** Numbers from 0 to 1 that are the same at every run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Mutation {
  readonly object: Json;
  /** What was done where, for the report of a failure. */
  readonly says: string;
}

type Steps = readonly (string | number)[];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function placesOf(value: unknown, at: Steps = []): Steps[] {
  const below = Array.isArray(value)
    ? value.flatMap((item, i) => placesOf(item, [...at, i]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, item]) => placesOf(item, [...at, key]))
      : [];
  return at.length === 0 ? below : [at, ...below];
}

/** apiVersion and kind choose the schema, and the name and namespace the address: those stay. */
const kept = /^(?:apiVersion|kind|metadata|metadata\.(?:name|namespace))$/;

/** Whether there is anything to break beside the name. */
export function canMutate(object: Json): boolean {
  return placesOf(object).some((steps) => !kept.test(steps.join('.')));
}

/** One random change: a typo in a key, a value of another type or out of bounds, an entry twice, something missing. */
export function mutate(object: Json, next: () => number): Mutation {
  const copy = structuredClone(object);
  const places = placesOf(copy).filter((steps) => !kept.test(steps.join('.')));
  const steps = places[Math.floor(next() * places.length)] ?? [];
  const parent = steps.slice(0, -1).reduce<unknown>((node, step) => (node as Json)[step], copy) as Json;
  const last = steps.at(-1) ?? '';
  const value = parent[last];
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(next() * choices.length)] as T;
  const set = (to: unknown): void => void (parent[last] = to);
  const changes: [string, () => void][] = [
    ['other type', (): void => set(otherType(value, pick))],
    ['other value', (): void => set(otherValue(value, pick))],
  ];
  if (Array.isArray(parent)) {
    changes.push(['twice', (): void => void (parent as unknown[]).push(structuredClone(value))]);
    changes.push(['removed', (): void => void (parent as unknown[]).splice(Number(last), 1)]);
  } else {
    changes.push(['removed', (): void => void delete parent[last]]);
    changes.push(['typo', (): void => (rename(parent, String(last), pick), undefined)]);
    changes.push(['unknown key', (): void => void (parent['slipwayUnknown'] = value)]);
  }
  const [how, change] = pick(changes);
  change();
  return { object: copy, says: `${how} at ${steps.join('.')} (was ${JSON.stringify(value)?.slice(0, 80)})` };
}

function rename(parent: Json, key: string, pick: <T>(choices: readonly T[]) => T): void {
  const value = parent[key];
  delete parent[key];
  parent[pick([`${key}x`, key.slice(1), key.toUpperCase(), `${key} `])] = value;
}

function otherType(value: unknown, pick: <T>(choices: readonly T[]) => T): unknown {
  const all: unknown[] = ['text', 3, 1.5, true, ['a'], { a: 'b' }, [], {}];
  return pick(all.filter((other) => typeof other !== typeof value || Array.isArray(other) !== Array.isArray(value)));
}

function otherValue(value: unknown, pick: <T>(choices: readonly T[]) => T): unknown {
  if (typeof value === 'string')
    return pick([`${value}x`, '', value.toUpperCase(), `${value} `, `-${value}`, 'x'.repeat(300), '1', 'true', 'a/b']);
  if (typeof value === 'number') return pick([-1, 0, value + 1, 2 ** 31, 2 ** 53, -(2 ** 40), 65536]);
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return pick([[], [...value, ...value], value.slice(1), [null], [{}]]);
  return pick([{}, { ...(value as Json), a: 1 }, { a: {} }]);
}
