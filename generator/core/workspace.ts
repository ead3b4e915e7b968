import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { Catalog } from '../model/model.ts';
import { asString, valueAt } from '../model/values.ts';
import type { Source } from '../source/source.ts';
import { withoutNulls } from './options.ts';
import type { Checker } from './schema.ts';

/** A parsed spec or environment against its schema; its file is named after it. */
export function checkNamed(source: Source, checker: Checker, folder: string): Diagnostic[] {
  const diagnostics = checker
    .check(withoutNulls(source.value), (pointer, part) => source.at(pointer, part))
    .map(unknownCapability);
  const name = asString(valueAt(source.value, '/metadata/name'));
  const file = source.file.slice(folder.length + 1).replace(/\.ya?ml$/, '');
  if (name !== undefined && name !== file) {
    diagnostics.push({
      code: 'file/name',
      severity: 'error',
      message: `The file is called ${file}, but metadata.name is "${name}".`,
      at: source.at('/metadata/name'),
      hint: `Rename the file to ${folder}/${name}.yaml, or the name to ${file}.`,
    });
  }
  return diagnostics;
}

/** An unknown key right below `capabilities` is an unknown capability. */
function unknownCapability(diagnostic: Diagnostic): Diagnostic {
  const match = /^Unknown key "(.*)" in "spec\.(?:capabilities|defaults)"\.(.*)$/.exec(diagnostic.message);
  if (diagnostic.code !== 'schema/unknown-key' || match === null) return diagnostic;
  const hint = diagnostic.hint?.replace('Known keys', 'Capabilities');
  return {
    ...diagnostic,
    code: 'spec/unknown-capability',
    message: `There is no capability "${match[1] ?? ''}".${match[2] ?? ''}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Pins that clusters name, each once. */
export function pinsOf(
  clusters: readonly Source[],
  environments: ReadonlyMap<string, Source>,
  catalogDefaults?: Catalog,
): ReadonlyMap<string, Source> {
  const pins = new Map<string, Source>();
  for (const source of clusters) {
    const pin = pinOf(source, environments) ?? asString(catalogDefaults?.defaults['catalog']);
    if (pin !== undefined && !pins.has(pin)) pins.set(pin, source);
  }
  return pins;
}

/** The catalog pin of a cluster: its own, or that of the nearest environment that sets one. */
export function pinOf(cluster: Source, environments: ReadonlyMap<string, Source>): string | undefined {
  let source: Source | undefined = cluster;
  let next = asString(valueAt(cluster.value, '/spec/environment'));
  for (let hops = 0; source !== undefined && hops < 100; hops += 1) {
    const pin: unknown = valueAt(source.value, '/spec/catalog');
    if (pin === null) return undefined;
    if (typeof pin === 'string') return pin;
    source = next === undefined ? undefined : environments.get(next);
    next = asString(valueAt(source?.value, '/spec/extends'));
  }
  return undefined;
}

/** Turns a thrown finding into an outcome; anything else is thrown on. */
export function outcomeOf<T>(run: () => Outcome<T>, diagnose: (error: unknown) => Diagnostic | undefined): Outcome<T> {
  try {
    return run();
  } catch (error) {
    const diagnostic = diagnose(error);
    if (diagnostic === undefined) throw error;
    return { diagnostics: [diagnostic] };
  }
}
