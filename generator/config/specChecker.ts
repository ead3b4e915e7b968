import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { Catalog } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { fleetTree, isDnsLabel } from '../model/names.ts';
import { asMap, asString, getAt, isList, isMap, mapAt, pointerStep, valueAt } from '../model/values.ts';
import type { Source } from '../model/source.ts';
import { didYouMean } from '../util/suggest.ts';
import { takeAdded } from './addedLists.ts';
import { partialSchema, withoutNulls } from './options.ts';
import type { Checker } from './jsonSchema.ts';
import { specName } from './specFiles.ts';
import { settingsWithoutEffect } from './componentSettings.ts';

/** Checkers of one format (cluster or environment) for one catalog: the options of each capability are compiled when used. */
export interface SpecChecker {
  check(source: Source): Diagnostic[];
}

export function createSpecChecker(
  base: ValueMap,
  catalog: Catalog,
  checker: (schema: ValueMap) => Checker,
): SpecChecker {
  const schemas = new Map([...catalog.capabilities].map(([name, c]) => [name, partialSchema(c.options)]));
  // made once: a schema is compiled once per object
  const lists = [...catalog.capabilities.values()].flatMap(({ name, list }) => {
    const items = list === undefined ? undefined : getAt(schemas.get(name), 'properties', list);
    if (list === undefined || !isMap(items)) return [];
    return [{ list, schema: { type: 'object', properties: { [list]: items } } }];
  });
  return {
    check(source) {
      const locate = (pointer: string, part: 'key' | 'value'): Location => source.at(pointer, part);
      const root = withoutNulls(source.value);
      const found = [...blankKeys(source, source.value), ...checker(base).check(root, locate)];
      const checkOptions = (options: ValueMap, schema: ValueMap, pointer: string): Diagnostic[] => {
        const at = (inner: string): Location => locate(`${pointer}${inner}`, 'key');
        const { plain, added, diagnostics } = takeAdded(options, schema, partialSchema, at);
        return [
          ...diagnostics,
          ...checker(schema).check(plain, locate, pointer),
          ...added.flatMap((list) => checker(list.schema).check(list.value, locate, `${pointer}${list.pointer}`)),
        ];
      };
      const spec = mapAt(root, 'spec');
      for (const section of ['capabilities', 'defaults']) {
        for (const [name, options] of Object.entries(asMap(spec[section]))) {
          const schema = schemas.get(name);
          const pointer = `/spec/${section}/${pointerStep(name)}`;
          if (schema === undefined) found.push(unknownCapability(name, catalog, locate(pointer, 'key')));
          else if (isMap(options)) found.push(...checkOptions(options, schema, pointer));
        }
      }
      for (const { list, schema } of lists) {
        const own = Object.entries(spec).filter(([key]) => key === list || key === `+${list}`);
        if (own.length > 0) found.push(...checkOptions(Object.fromEntries(own), schema, '/spec'));
      }
      return [...found, ...settingsWithoutEffect(source, catalog)];
    },
  };
}

/**
 * Keys with nothing behind them. YAML reads them as null, which removes what an environment set: `kafka:` would switch
 * Kafka off where it was meant to switch it on.
 */
function blankKeys(source: Source, value: Value, pointer = ''): Diagnostic[] {
  if (isMap(value)) {
    return Object.entries(value).flatMap(([key, item]): Diagnostic[] => {
      const at = `${pointer}/${pointerStep(key)}`;
      if (item !== null) return blankKeys(source, item, at);
      if (!source.isBlank(at)) return [];
      return [
        {
          code: 'yaml/blank-value',
          severity: 'error',
          message: `"${key}" has no value.`,
          at: source.at(at, 'key'),
          hint: `Write the value; {} for a map with nothing but defaults; null to remove what an environment or a default sets.`,
        },
      ];
    });
  }
  return isList(value) ? value.flatMap((item, i) => blankKeys(source, item, `${pointer}/${i}`)) : [];
}

function unknownCapability(name: string, catalog: Catalog, at: Location): Diagnostic {
  const known = [...catalog.capabilities.keys()].sort();
  return {
    code: 'spec/unknown-capability',
    severity: 'error',
    at,
    message: `There is no capability "${name}".${didYouMean(name, known)}`,
    hint: `Capabilities: ${known.join(', ')}.`,
  };
}

/** A parsed spec or environment against its schema; its file is named after it. */
export function checkNamed(source: Source, checker: SpecChecker, folder: string): Diagnostic[] {
  const diagnostics = checker.check(source);
  const name = asString(valueAt(source.value, '/metadata/name'));
  const file = specName(source.file);
  if (name !== undefined && (name !== file || (folder === 'clusters' && name === fleetTree))) {
    diagnostics.push({
      code: 'file/name',
      severity: 'error',
      message:
        name === file
          ? `A cluster cannot be called ${fleetTree}: deploy/${fleetTree}/ holds the roots of hubs.`
          : `The file is called ${file}, but metadata.name is "${name}".`,
      at: source.at('/metadata/name'),
      hint: name === file ? 'Choose another name.' : renaming(folder, file, name),
    });
  }
  return diagnostics;
}

/** Only what is a name can be offered as one. */
function renaming(folder: string, file: string, name: string): string {
  const ways = [
    ...(isDnsLabel(name) ? [`the file to ${folder}/${name}.yaml`] : []),
    ...(isDnsLabel(file) ? [`the name to ${file}`] : []),
  ];
  return ways.length === 0
    ? 'Use lower-case letters, digits and - in both, at most 63 characters.'
    : `Change ${ways.join(', or ')}.`;
}

/** Names of the environments that a cluster is made of, the nearest first, also those that are not there. */
export function environmentsOf(cluster: Source, environments: ReadonlyMap<string, Source>): readonly string[] {
  const found: string[] = [];
  let next = asString(valueAt(cluster.value, '/spec/environment'));
  while (next !== undefined && !found.includes(next)) {
    found.push(next);
    next = asString(valueAt(environments.get(next)?.value, '/spec/extends'));
  }
  return found;
}

/** The catalog pin of a cluster: its own, or that of the nearest environment that sets one. */
export function pinOf(cluster: Source, environments: ReadonlyMap<string, Source>): string | undefined {
  const chain = environmentsOf(cluster, environments).map((name) => environments.get(name));
  for (const source of [cluster, ...chain]) {
    const pin: unknown = valueAt(source?.value, '/spec/catalog');
    if (pin === null) return undefined;
    if (typeof pin === 'string') return pin;
  }
  return undefined;
}
