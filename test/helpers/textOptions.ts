import type { Value, ValueMap } from '../../generator/model/values.ts';
import { isList, isMap, mapAt } from '../../generator/model/values.ts';

/** A string option: its place below its capability, with lists (`*`), values of maps (`{}`) and their keys (`#`). */
export interface TextOption {
  readonly path: string;
  readonly schema: ValueMap;
}

/** The string options below a schema; choices are none. */
export function textOptions(schema: ValueMap, path: string): TextOption[] {
  const type = schema['type'];
  const isText = type === 'string' || (isList(type) && type.includes('string'));
  const own = isText && schema['enum'] === undefined && schema['const'] === undefined ? [{ path, schema }] : [];
  const below = (child: Value | undefined, step: string): TextOption[] =>
    isMap(child) ? textOptions(child, `${path}/${step}`) : [];
  const keys = schema['propertyNames'];
  return [
    ...own,
    ...(isMap(keys) && keys['enum'] === undefined ? [{ path: `${path}/#`, schema: keys }] : []),
    ...Object.entries(mapAt(schema, 'properties')).flatMap(([name, child]) => below(child, name)),
    ...below(schema['items'], '*'),
    ...below(schema['additionalProperties'], '{}'),
  ];
}

type Step = string | number;

/** Where an option stands in a spec: steps from the top to each of its values, or keys. */
export function sitesOf(path: string, spec: ValueMap): { readonly steps: readonly Step[]; readonly text: string }[] {
  const [capability = '', ...rest] = path.split('/');
  const isOnTop = spec[rest[0] ?? ''] !== undefined && capability === rest[0];
  const start = isOnTop ? [rest.shift() ?? ''] : ['capabilities', capability];
  let found: { steps: Step[]; value: unknown }[] = [{ steps: start, value: at(spec, start) }];
  for (const step of rest)
    found = found.flatMap(({ steps, value }) =>
      next(step, value).map(([key, item]) => ({ steps: [...steps, key], value: item })),
    );
  return found.flatMap(({ steps, value }) => (typeof value === 'string' ? [{ steps, text: value }] : []));
}

function next(step: string, value: unknown): [Step, unknown][] {
  if (step === '*') return isList(value) ? value.map((item, i) => [i, item]) : [];
  if (!isMap(value)) return [];
  if (step === '#') return Object.keys(value).map((key) => [key, key]);
  if (step === '{}') return Object.entries(value);
  return Object.hasOwn(value, step) ? [[step, value[step]]] : [];
}

const at = (root: unknown, steps: readonly Step[]): unknown =>
  steps.reduce<unknown>((value, step) => (isMap(value) || isList(value) ? (value as never)[step] : undefined), root);

/** The same spec with another text at a site; `isKey`: in the key that the last step names. */
export function withText(node: Value, [step, ...rest]: readonly Step[], text: string, isKey: boolean): Value {
  const last = rest.length === 0;
  if (isList(node)) return node.map((item, i) => (i !== step ? item : last ? text : withText(item, rest, text, isKey)));
  if (!isMap(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, item]) => {
      if (key !== step) return [key, item];
      if (!last) return [key, withText(item, rest, text, isKey)];
      return isKey ? [text, item] : [key, text];
    }),
  );
}
