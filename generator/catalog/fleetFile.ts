import type { Checker } from '../config/jsonSchema.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { CatalogSource, Fleet, FleetCatalog } from '../model/fleet.ts';
import type { Source } from '../model/source.ts';
import type { FleetFileFormat } from '../model/spec.gen.ts';
import { parseSource } from '../yaml/source.ts';
import { catalogSource, sourceForms, usualName } from './sources.ts';

export const fleetFile = 'slipway.yaml';

type FleetFile = FleetFileFormat.FleetFile;
type Entry = NonNullable<FleetFile['spec']['catalogs']>[number];

/** The fleet of a repository without slipway.yaml, or of one that names no catalogs: that of the program. */
export const usualCatalog = (own: CatalogSource): FleetCatalog => ({
  name: usualName(own),
  source: own,
  base: undefined,
  overrides: [],
  pointer: undefined,
});

/** Reads slipway.yaml. `own` is the source of the catalog that comes with the program. */
export function readFleet(text: string, own: CatalogSource, checker: Checker): Outcome<Fleet> {
  const outcome = parseSource(fleetFile, text);
  const file = outcome.value;
  if (file === undefined) return { diagnostics: outcome.diagnostics };
  const diagnostics = [...outcome.diagnostics, ...checker.check(file.value, (p, part) => file.at(p, part))];
  if (hasErrors(diagnostics)) return { diagnostics };
  const { spec } = file.value as unknown as FleetFile;
  const catalogs = (spec.catalogs ?? []).flatMap((entry, i) => entryOf(entry, i, file, diagnostics));
  diagnostics.push(...twins(catalogs, file));
  const [first = usualCatalog(own), ...rest] = catalogs;
  const value: Fleet = { file, catalogs: [first, ...rest], customOverrides: spec.custom?.overrides ?? [] };
  return hasErrors(diagnostics) ? { diagnostics } : { value, diagnostics };
}

const invalid = (file: Source, pointer: string, message: string, hint: string): Diagnostic => ({
  code: 'fleet/invalid',
  severity: 'error',
  message,
  at: file.at(pointer),
  hint,
});

function entryOf(entry: Entry, i: number, file: Source, diagnostics: Diagnostic[]): FleetCatalog[] {
  const pointer = `/spec/catalogs/${i}`;
  const read = (key: 'source' | 'base', text: string): CatalogSource | undefined => {
    const source = catalogSource(text);
    if (source === undefined)
      diagnostics.push(invalid(file, `${pointer}/${key}`, `"${text}" is no source of a catalog.`, sourceForms));
    return source;
  };
  const source = read('source', entry.source);
  const base = entry.base === undefined ? undefined : read('base', entry.base);
  if (source === undefined) return [];
  if (entry.base !== undefined && (source.kind !== 'folder' || base?.kind === 'folder'))
    diagnostics.push(
      invalid(
        file,
        `${pointer}/base`,
        'A base is what a folder was copied from: a package, a tag or a digest.',
        'Take it out, or name the folder as source.',
      ),
    );
  if (source.kind === 'folder' && /^(?:catalog|custom|clusters|environments|deploy|schemas)(?:\/|$)/.test(source.path))
    diagnostics.push(
      invalid(
        file,
        `${pointer}/source`,
        `./${source.path} belongs to the repository itself.`,
        'Put the catalog into a folder of its own, such as ./catalogs/main.',
      ),
    );
  const { name = usualName(source), overrides = [] } = entry;
  return [{ name, source, base, overrides, pointer }];
}

function twins(catalogs: readonly FleetCatalog[], file: Source): Diagnostic[] {
  const seen = new Set<string>();
  return catalogs.flatMap(({ name, pointer }) => {
    if (!seen.has(name)) return seen.add(name) && [];
    return [
      invalid(file, pointer ?? '', `Two catalogs are called "${name}".`, 'Give one of them another name: `name: …`.'),
    ];
  });
}
