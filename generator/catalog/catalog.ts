import type { Need } from '../model/need.ts';
import { guardsIn } from './guards.ts';
import { guardPatternFindings } from './patterns.ts';
import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type {
  Capability,
  Catalog,
  CatalogComponent,
  CatalogFiles,
  Chart,
  TemplateFile,
  TemplateLibrary,
} from '../model/model.ts';
import type { CapabilityFileFormat, CatalogFileFormat, ComponentFileFormat } from '../model/spec.gen.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { compareText } from '../model/values.ts';
import type { KindRules } from '../model/references.ts';
import type { Source } from '../model/source.ts';
import { refuseText } from '../yaml/refuse.ts';
import { parseSource } from '../yaml/source.ts';
import { programFindings } from './layers.ts';
import { distributionsFile, readDistributions } from './distributions.ts';
import { checkCatalogNames } from './names.ts';
import { lockFile, parseLock } from '../charts/lock.ts';
import { sha } from '../util/digest.ts';
import { closeSchema } from '../config/options.ts';
import { joinKinds, kindsFile, looseKindsFiles, readKinds, strayKinds } from './kinds.ts';
import { isLibraryFile, libraryReader, reservedFolders } from './library.ts';
import { readPlainManifests } from './plainManifests.ts';
import type { Checker } from '../config/jsonSchema.ts';

export interface CatalogSchemas {
  readonly catalog: Checker;
  readonly capability: Checker;
  readonly component: Checker;
  readonly kinds: Checker;
  readonly distributions: Checker;
}

type CatalogFile = CatalogFileFormat.CatalogFile;
type CapabilityFile = CapabilityFileFormat.CapabilityFile;
type ComponentFile = ComponentFileFormat.ComponentFile;

/**
 * Builds the catalog from its files. A folder below `catalog/` or `custom/` with a capability.yaml is a capability, a
 * folder below it with a component.yaml is one of its components; nothing else registers them.
 */
export function buildCatalog(files: CatalogFiles, schemas: CatalogSchemas, pin?: string): Outcome<Catalog> {
  const diagnostics: Diagnostic[] = [];
  const read = (file: string, checker: Checker): Source | undefined => {
    const text = files.get(file);
    const outcome = text === undefined ? { diagnostics: [] } : parseSource(file, text);
    diagnostics.push(...outcome.diagnostics);
    const source = outcome.value;
    if (source === undefined) return undefined;
    const found = checker.check(source.value, (p, part) => source.at(p, part));
    diagnostics.push(...found);
    return found.length === 0 ? source : undefined;
  };
  for (const [file, text] of files) {
    const refused = file.endsWith('.hbs') || isLibraryFile(file) ? refuseText(file, text) : undefined;
    if (refused !== undefined) diagnostics.push(refused);
  }
  const root = read('catalog/catalog.yaml', schemas.catalog);
  if (root === undefined) {
    if (diagnostics.length === 0)
      diagnostics.push({
        code: 'catalog/invalid',
        severity: 'error',
        message: 'catalog/catalog.yaml does not exist.',
        at: { file: 'catalog/catalog.yaml', line: 1, col: 1 },
        hint: 'Run in a repository made by `slipway init`, or pass its folder with --root.',
      });
    return { diagnostics };
  }
  diagnostics.push(...programFindings(root));
  const readKindsFile = (file: string): Source | undefined => (files.has(file) ? read(file, schemas.kinds) : undefined);
  const components = readComponents(files, (file) => read(file, schemas.component), readKindsFile, diagnostics);
  const loose = looseKindsFiles.flatMap((file) => readKindsFile(file) ?? []);
  diagnostics.push(...strayKinds(files.keys()));
  const capabilities = readCapabilities(files, components, (file) => read(file, schemas.capability), diagnostics);
  const { spec } = root.value as unknown as CatalogFile;
  const lockText = files.get(lockFile);
  const lock = lockText === undefined ? { diagnostics: [] } : parseLock(lockText);
  diagnostics.push(...lock.diagnostics);
  const value: Catalog = {
    pin,
    source: root,
    capabilities,
    components,
    digest: digestOf(files),
    version: spec.version,
    minimumKubernetes: spec.kubernetes.minimum,
    maximumKubernetes: spec.kubernetes.maximum,
    testedKubernetes: spec.kubernetes.tested ?? [],
    argocd: { version: spec.argocd.version, helm: spec.argocd.helm },
    defaults: (spec.defaults ?? {}) as ValueMap,
    distributions: readDistributions(read(distributionsFile, schemas.distributions)),
    kinds: joinKinds([readKinds(loose, diagnostics), ...components.values()]),
    lock: lock.value,
  };
  diagnostics.push(...checkCatalogNames(value, files.keys()));
  return { value, diagnostics };
}

const digestOf = (files: CatalogFiles): string =>
  sha(
    [...files]
      .sort(([a], [b]) => compareText(a, b))
      .map(([path, text]) => `${path}\0${text}`)
      .join('\0'),
  );

function readComponents(
  files: CatalogFiles,
  read: (file: string) => Source | undefined,
  readKindsFile: (file: string) => Source | undefined,
  diagnostics: Diagnostic[],
): Map<string, CatalogComponent> {
  const found = new Map<string, CatalogComponent>();
  const libraryOf = libraryReader(files, diagnostics);
  for (const file of [...files.keys()].sort(compareText)) {
    const match = /^(?:catalog|custom)\/([^/]+)\/([^/]+)\/component\.yaml$/.exec(file);
    const source = match === null ? undefined : read(file);
    if (match === null || source === undefined) continue;
    const [, capability = '', folder = ''] = match;
    const base = file.slice(0, -'component.yaml'.length);
    const beside = readKindsFile(`${base}${kindsFile}`);
    const component: CatalogComponent = {
      ...componentOf(source, capability, files, base, libraryOf(capability, base), diagnostics),
      ...readKinds(beside === undefined ? [source] : [source, beside], diagnostics),
    };
    const invalid = (message: string, pointer: string, hint: string): void => {
      diagnostics.push({ code: 'catalog/invalid', severity: 'error', message, at: source.at(pointer), hint });
    };
    if (reservedFolders.has(folder))
      invalid(
        `The folder "${folder}" of a capability holds no component.`,
        '/metadata/name',
        'Name the component and its folder otherwise.',
      );
    diagnostics.push(...guardPatternFindings(component));
    if (component.name !== folder)
      invalid(
        `The component is called "${component.name}" but its folder "${folder}".`,
        '/metadata/name',
        'Give both the same name.',
      );
    const twin = found.get(component.name);
    if (twin !== undefined)
      invalid(
        `Component "${component.name}" exists twice: also in ${twin.source.file}.`,
        '/metadata/name',
        'Component names are unique in the whole catalog.',
      );
    if (component.chart !== undefined && component.manifests.length + component.plain.length > 0)
      invalid(
        'A component has a chart or manifests, not both.',
        '/spec/chart',
        'Make the manifests a component of their own.',
      );
    if (component.values !== undefined && component.chart === undefined)
      invalid('values.yaml.hbs needs a chart.', '/spec', 'Add spec.chart or delete values.yaml.hbs.');
    if (component.removal === 'keep' && (source.value as unknown as ComponentFile).spec.removalReason === undefined)
      invalid('removal: keep needs a removalReason.', '/spec/removal', 'Say why its objects stay.');
    if (!component.blocking && (source.value as unknown as ComponentFile).spec.blockingReason === undefined)
      invalid('blocking: false needs a blockingReason.', '/spec/blocking', 'Say why later waves may go on without it.');
    if (twin === undefined) found.set(component.name, component);
  }
  return found;
}

/** `source` has passed the component schema. */
function componentOf(
  source: Source,
  capability: string,
  files: CatalogFiles,
  folder: string,
  library: TemplateLibrary,
  diagnostics: Diagnostic[],
): Omit<CatalogComponent, keyof KindRules> {
  const { metadata, spec } = source.value as unknown as ComponentFile;
  const templates = (part: string): TemplateFile[] =>
    [...files.keys()]
      .filter((f) => f.startsWith(`${folder}${part}/`) && f.endsWith('.hbs'))
      .sort(compareText)
      .map((file) => ({ file, text: files.get(file) ?? '' }));
  const template = (part: string): TemplateFile | undefined =>
    files.has(`${folder}${part}`) ? { file: `${folder}${part}`, text: files.get(`${folder}${part}`) ?? '' } : undefined;
  return {
    name: metadata.name,
    capability,
    source,
    summary: spec.summary,
    when: spec.when,
    each: spec.each,
    chart: chartOf(spec.chart),
    delivery: spec.delivery ?? 'chart',
    release: spec.release ?? metadata.name,
    namespace: spec.namespace,
    platform: spec.platform === true,
    blocking: spec.blocking !== false,
    needs: needsOf(spec),
    crds: spec.crds ?? [],
    silence: (spec.silence ?? []) as readonly ValueMap[],
    removal: spec.removal ?? 'delete',
    dataHolding: spec.dataHolding === true,
    guards: guardsIn(spec),
    impure: (spec.impure ?? []).map((i) => ({ function: i.function, value: i.value })),
    publicSecrets: (spec.publicSecrets ?? []).map((s) => s.name),
    withoutEffect: (spec.withoutEffect ?? []).map((v) => v.value),
    syncOptions: (spec.syncOptions ?? []).map((o) => o.option),
    ignoreDifferences: (spec.ignoreDifferences ?? []) as readonly ValueMap[],
    health: (spec.health ?? []) as readonly ValueMap[],
    values: template('values.yaml.hbs'),
    manifests: templates('manifests'),
    plain: readPlainManifests(files, `${folder}manifests/`, diagnostics),
    argocd: templates('argocd'),
    contributes: template('contributes.yaml.hbs'),
    library,
  };
}

const needsOf = ({ needs }: ComponentFileFormat.ComponentFile['spec']): readonly Need[] =>
  (needs ?? []).map(({ component, optional, when, reason }) => ({
    component,
    optional: optional === true,
    when,
    reason,
  }));

function chartOf(chart: ComponentFile['spec']['chart']): Chart | undefined {
  if (chart === undefined) return undefined;
  const { repository, name, version } = chart;
  return { repository, name, version, skipCrds: chart.skipCrds === true };
}

function readCapabilities(
  files: CatalogFiles,
  components: ReadonlyMap<string, CatalogComponent>,
  read: (file: string) => Source | undefined,
  diagnostics: Diagnostic[],
): Map<string, Capability> {
  const found = new Map<string, Capability>();
  for (const file of [...files.keys()].sort(compareText)) {
    const match = /^(?:catalog|custom)\/([^/]+)\/capability\.yaml$/.exec(file);
    const source = match === null ? undefined : read(file);
    if (match === null || source === undefined) continue;
    const capability = capabilityOf(
      source,
      [...components.values()].filter((c) => c.capability === match[1]),
    );
    const twin = found.get(capability.name);
    if (capability.name !== match[1] || twin !== undefined) {
      diagnostics.push({
        code: 'catalog/invalid',
        severity: 'error',
        at: source.at('/metadata/name'),
        ...(twin === undefined
          ? {
              message: `The capability is called "${capability.name}" but its folder "${match[1] ?? ''}".`,
              hint: 'Give both the same name.',
            }
          : {
              message: `Capability "${capability.name}" exists twice: also in ${twin.source.file}.`,
              hint: 'Name it otherwise; components for a capability of the catalog need no capability.yaml beside them.',
            }),
      });
    }
    if (twin === undefined) found.set(capability.name, capability);
  }
  return found;
}

/** `source` has passed the capability schema. */
function capabilityOf(source: Source, components: readonly CatalogComponent[]): Capability {
  const { metadata, spec } = source.value as unknown as CapabilityFile;
  return {
    name: metadata.name,
    source,
    components,
    summary: spec.summary,
    list: spec.list,
    options: closeSchema({ type: 'object', properties: {}, ...(spec.options as ValueMap) }),
    rules: (spec.rules ?? []).map((r) => ({
      rule: r.rule,
      when: r.when,
      each: r.each,
      path: r.path ?? '',
      message: r.message,
      hint: r.hint,
      severity: r.severity ?? 'error',
    })),
    provides: Object.entries(spec.provides ?? {}).map(([contract, p]) => ({
      contract,
      by: p.by,
      when: p.when,
      value: (p.value ?? {}) as Value,
    })),
    requires: (spec.requires ?? []).map((r) => ({
      contract: r.contract,
      optional: r.optional === true,
      reason: r.reason ?? '',
      when: r.when,
      for: r.for,
    })),
  };
}
