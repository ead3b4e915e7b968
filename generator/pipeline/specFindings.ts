import { baseSchemas } from '../config/baseSchemas.ts';
import { settingsWithoutEffect } from '../config/componentSettings.ts';
import { unknownEnvironment } from '../config/layers.ts';
import { checkNamed, createSpecChecker, environmentsOf, pinOf } from '../config/specChecker.ts';
import type { SpecChecker } from '../config/specChecker.ts';
import { environmentOfFile, specName } from '../config/specFiles.ts';
import type { SpecFolder } from '../config/specFiles.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Catalog } from '../model/model.ts';
import type { Source } from '../model/source.ts';
import { valueAt } from '../model/values.ts';
import type { Context } from '../ports.ts';
import type { Tools } from '../template/tools.ts';

/** Two files of one name: `a.yaml` and `a.yml`. */
export function twins(files: readonly string[]): Diagnostic[] {
  const firsts = new Map<string, string>();
  return files.flatMap((file): Diagnostic[] => {
    const name = specName(file);
    const first = firsts.get(name);
    firsts.set(name, first ?? file);
    if (first === undefined) return [];
    return [
      {
        code: 'spec/duplicate-name',
        severity: 'error',
        message: `${file} and ${first} have the same name.`,
        at: { file, line: 1, col: 1 },
        hint: 'Delete one of the two.',
      },
    ];
  });
}

/** A folder that is called like a spec stands where somebody looks for one. */
export const foldersAsSpecs = (ctx: Context, folder: SpecFolder): Diagnostic[] =>
  ctx.files
    .folders(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({
      code: 'file/unreadable',
      severity: 'error',
      message: `${folder}/${name} is a folder, not a spec.`,
      at: { file: `${folder}/${name}`, line: 1, col: 1 },
      hint: 'Rename it, or move the spec that it was meant to be out of it.',
    }));

/** The checker of cluster specs for a catalog, made once per run. */
function clusterChecker(tools: Tools, catalog: Catalog): SpecChecker {
  const key = `cluster-checker|${catalog.digest}`;
  const known =
    (tools.memo.get(key) as SpecChecker | undefined) ?? createSpecChecker(baseSchemas.cluster, catalog, tools.checker);
  tools.memo.set(key, known);
  return known;
}

export function checkSpecs(
  tools: Tools,
  catalog: Catalog,
  catalogs: ReadonlyMap<string, Catalog>,
  clusters: readonly Source[],
  environments: ReadonlyMap<string, Source>,
  environmentFiles: readonly string[],
): Diagnostic[] {
  const checkerFor = (c: Catalog): SpecChecker => clusterChecker(tools, c);
  const environmentChecker = createSpecChecker(baseSchemas.environment, catalog, tools.checker);
  return [
    ...settingsWithoutEffect(catalog.source, catalog, '/spec/defaults'),
    ...[...environments.values()].flatMap((source) => checkNamed(source, environmentChecker, 'environments')),
    ...clusters.flatMap((source) => checkEnvironment(source, environments, environmentFiles)),
    ...clusters.flatMap((source) => {
      const pin = pinOf(source, environments);
      const own = pin === undefined ? catalog : catalogs.get(pin);
      return own === undefined ? [] : checkNamed(source, checkerFor(own), 'clusters');
    }),
  ];
}

/** Said here already, so that it stands beside the other findings of the spec. */
function checkEnvironment(
  source: Source,
  environments: ReadonlyMap<string, Source>,
  files: readonly string[],
): Diagnostic[] {
  const name = valueAt(source.value, '/spec/environment');
  if (typeof name !== 'string' || environments.has(name)) return [];
  if (files.some((f) => f === `environments/${name}.yaml` || f === `environments/${name}.yml`)) return []; // it has findings of its own
  return [unknownEnvironment(name, { source, pointer: '/spec/environment' }, environments)];
}

/** Without what is wrong with environments of other clusters, which is no concern of a run about some. */
export function findingsAbout(
  clusters: readonly Source[],
  environments: ReadonlyMap<string, Source>,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const used = new Set(clusters.flatMap((source) => environmentsOf(source, environments)));
  return diagnostics.filter(({ at }) => {
    const environment = environmentOfFile(at?.file);
    return environment === undefined || used.has(environment);
  });
}
