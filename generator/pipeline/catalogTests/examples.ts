import type { Context } from '../../ports.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { UsageError } from '../../model/diagnostic.ts';
import type { Catalog } from '../../model/model.ts';
import type { Source } from '../../model/source.ts';
import type { ValueMap } from '../../model/values.ts';
import { compareText, mapAt } from '../../model/values.ts';
import { mergeMaps } from '../../config/merge.ts';
import { didYouMean } from '../../util/suggest.ts';
import { emitYaml } from '../../yaml/emit.ts';
import { parseSource } from '../../yaml/source.ts';
import { withFleet } from '../overlay.ts';
import { movedTo } from './places.ts';
import { specFiles } from '../../config/specFiles.ts';

/** A partial cluster spec beside a capability. */
export interface Example {
  readonly capability: string;
  /** Folder of the capability: `catalog/<name>` or `custom/<name>`. */
  readonly folder: string;
  readonly name: string;
  /** Path of its file. */
  readonly file: string;
}

/** What an example or case need not say; it wins where it does. */
export const base: ValueMap = {
  domain: 'example.com',
  git: { repoURL: 'https://git.example.com/platform/fleet.git' },
};

/** The capabilities to test, sorted: all, or the one that is named. Throws UsageError for one there is not. */
export function testedCapabilities(catalog: Catalog, only?: string): readonly string[] {
  const known = [...catalog.capabilities.keys()].sort(compareText);
  if (only === undefined) return known;
  if (known.includes(only)) return [only];
  throw new UsageError(
    `There is no capability "${only}".${didYouMean(only, known)}`,
    'Examples and rules belong to capabilities; see `slipway catalog list`.',
  );
}

/** The folders that can hold something of a capability: a fleet adds to those of its catalog below custom/. */
export const capabilityFolders = (capability: string): readonly string[] =>
  ['catalog', 'custom'].map((top) => `${top}/${capability}`);

/** The examples of capabilities, sorted by file. */
export function examplesOf(ctx: Context, capabilities: readonly string[]): readonly Example[] {
  return capabilities.flatMap((capability) =>
    capabilityFolders(capability).flatMap((folder) =>
      ctx.files.list(`${folder}/examples`, ['.yaml']).map((file) => ({
        capability,
        folder,
        file,
        name: file.slice(`${folder}/examples/`.length, -'.yaml'.length),
      })),
    ),
  );
}

/** An example as a cluster spec, and what is wrong with its file. */
export interface ExampleSpec {
  readonly example: Example;
  readonly source: Source | undefined;
  /** Below clusters/; undefined when the file cannot be read. */
  readonly generated: Source | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The spec of an example as a cluster of this name. `defaults` are what the example may say otherwise, `over` it may not. */
export function exampleSpec(
  ctx: Context,
  example: Example,
  name: string,
  { defaults = {}, over = {} }: { defaults?: ValueMap; over?: ValueMap },
): ExampleSpec {
  const { value: source, diagnostics } = parseSource(example.file, ctx.files.read(example.file));
  const spec = [defaults, mapAt(source?.value, 'spec'), over].reduce(mergeMaps, base);
  const generated = source === undefined ? undefined : clusterSource(name, spec);
  return { example, source, generated, diagnostics };
}

/** A cluster spec as it would stand in clusters/. */
export function clusterSource(name: string, spec: ValueMap): Source | undefined {
  const text = emitYaml({ apiVersion: 'slipway.dev/v1alpha1', kind: 'Cluster', metadata: { name }, spec });
  return parseSource(`clusters/${name}.yaml`, text).value;
}

/** The finding at its place in the file of the example. */
export function atExample(finding: Diagnostic, { source, generated }: ExampleSpec): Diagnostic {
  if (source === undefined || generated === undefined) return finding;
  return movedTo(finding, generated, source);
}

/**
 * The repository with these texts in place of its clusters; its environments are there when a spec names one. Changes of
 * `texts` count in the next run.
 */
export function testContext(
  ctx: Context,
  specs: readonly { readonly generated: Source | undefined }[],
  texts: Record<string, string>,
): Context {
  if (specs.some(({ generated }) => generated?.has('/spec/environment') === true))
    for (const file of specFiles(ctx.files, 'environments')) texts[file] = ctx.files.read(file);
  return withFleet(ctx, texts);
}
