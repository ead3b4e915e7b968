import type { Json } from './kubeClient.ts';
import type { Mutation } from './mutations.ts';
import type { Next } from './schemaObjects.ts';
import { pick, texts } from './schemaObjects.ts';

/** A place of an object, with the part of the schema that it stands at. */
interface Place {
  readonly steps: readonly (string | number)[];
  readonly parent: Json | unknown[];
  readonly key: string | number;
  readonly schema: Json | undefined;
  /** Of what it stands in. */
  readonly around: Json | undefined;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function childOf(schema: Json | undefined, key: string | number): Json | undefined {
  if (schema === undefined) return undefined;
  const below = typeof key === 'number' ? schema['items'] : (schema['properties'] as Json | undefined)?.[key];
  return (below ?? (typeof key === 'number' ? undefined : schema['additionalProperties'])) as Json | undefined;
}

function placesOf(value: unknown, schema: Json | undefined, steps: readonly (string | number)[] = []): Place[] {
  const entries: (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown, i) => [i, item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, item]) => {
    const child = childOf(schema, key);
    const own = {
      steps: [...steps, key],
      parent: value as Json,
      key,
      schema: isObject(child) ? child : undefined,
      around: schema,
    };
    return [own, ...placesOf(item, own.schema, own.steps)];
  });
}

type Change = readonly [how: string, applies: (place: Place) => boolean, change: (place: Place, next: Next) => void];

const valueAt = ({ parent, key }: Place): unknown => (parent as Json)[key];
const put = ({ parent, key }: Place, value: unknown): void => void ((parent as Json)[key] = value);
const isListItem = ({ parent }: Place): boolean => Array.isArray(parent);
const boundOf = (schema: Json | undefined, names: readonly string[]): number | undefined =>
  names.map((name) => schema?.[name]).find((bound): bound is number => typeof bound === 'number');

/** The same with the fields of maps in another order. */
const reordered = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).toReversed()) : structuredClone(value);

const changes: readonly Change[] = [
  [
    'removed',
    () => true,
    ({ parent, key }) => void (Array.isArray(parent) ? parent.splice(Number(key), 1) : delete (parent as Json)[key]),
  ],
  ['null', () => true, (place) => put(place, null)],
  [
    'other type',
    () => true,
    (place, next) => put(place, pick<unknown>(['text', 3, 1.5, true, ['a'], { a: 'b' }, [], {}], next)),
  ],
  ['other text', (place) => typeof valueAt(place) === 'string', (place, next) => put(place, pick(texts, next))],
  [
    'unknown field',
    (place) => isObject(valueAt(place)),
    (place) => put(place, { ...(valueAt(place) as Json), slipwayUnknown: 1 }),
  ],
  [
    'case',
    (place) => !isListItem(place),
    ({ parent, key }) => {
      const owner = parent as Json;
      owner[String(key).toUpperCase()] = owner[key];
      delete owner[key];
    },
  ],
  [
    'twice',
    isListItem,
    ({ parent, key }) => void (parent as unknown[]).push(reordered((parent as unknown[])[Number(key)])),
  ],
  ['bad enum', ({ schema }) => Array.isArray(schema?.['enum']), (place) => put(place, `${String(valueAt(place))}x`)],
  [
    'out of bounds',
    ({ schema }) => boundOf(schema, ['minimum', 'maximum']) !== undefined,
    (place, next) => {
      const [low, high] = [boundOf(place.schema, ['minimum']), boundOf(place.schema, ['maximum'])];
      put(place, pick([(low ?? 0) - 1, (high ?? 2 ** 31) + 1, (high ?? low ?? 0) + 0.5, low ?? high ?? 0], next));
    },
  ],
  [
    'number',
    (place) => typeof valueAt(place) === 'number',
    (place, next) => put(place, pick([0, -1, 1, 0.1, 0.3, 1e3, 2.5, 65536, 2 ** 31, 1e21], next)),
  ],
  [
    'length',
    ({ schema }) => boundOf(schema, ['minLength', 'maxLength']) !== undefined,
    ({ schema, ...place }, next) => {
      const max = boundOf(schema, ['maxLength']) ?? 64;
      const letter = pick(['a', '😀', 'ä'], next);
      put({ schema, ...place }, letter.repeat(Math.min(pick([max, max + 1, 0], next), 5000)));
    },
  ],
  [
    'many',
    (place) => Array.isArray(valueAt(place)) && (valueAt(place) as unknown[]).length > 0,
    (place) => {
      const list = valueAt(place) as unknown[];
      put(
        place,
        Array.from({ length: Math.min(Number(place.schema?.['maxItems'] ?? 70) + 1, 200) }, (_, i) =>
          structuredClone(list[i % list.length]),
        ),
      );
    },
  ],
  [
    'empty',
    (place) => typeof valueAt(place) === 'object',
    (place) => put(place, Array.isArray(valueAt(place)) ? [] : {}),
  ],
  [
    'without its default',
    ({ schema, parent }) => schema?.['default'] !== undefined && !Array.isArray(parent),
    ({ parent, key }) => void delete (parent as Json)[key],
  ],
];

/** apiVersion and kind choose the schema: those stay. A status is dropped before anybody looks at it. */
const kept = /^(?:apiVersion|kind|metadata|status(?:\..*)?)$/;

/** One change of an object that has something to do with its schema. */
export function mutateBySchema(object: Json, schema: Json | undefined, next: Next): Mutation {
  const copy = structuredClone(object);
  const places = placesOf(copy, schema).filter(({ steps }) => !kept.test(steps.join('.')));
  const place = pick(places, next);
  const [how, , change] = pick(
    changes.filter(([, applies]) => applies(place)),
    next,
  );
  const before = JSON.stringify(valueAt(place))?.slice(0, 80);
  change(place, next);
  return { object: copy, says: `${how} at ${place.steps.join('.')} (was ${before})` };
}
