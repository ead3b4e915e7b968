import { platformContractNames } from './distributions.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Capability, Catalog } from '../model/model.ts';
import { listAt, pointerSteps } from '../model/values.ts';
import type { Source } from '../model/source.ts';
import { schemaAt } from '../config/options.ts';

type Report = (source: Source, pointer: string, message: string, severity?: 'error' | 'warning') => void;

/** The names that the folders of a catalog make known, whether or not their files could be read. */
interface Known {
  readonly capabilities: ReadonlySet<string>;
  /** capability/component */
  readonly components: readonly string[];
}

/** Names inside the catalog that point nowhere. `files` are the paths of all its files. */
export function checkCatalogNames(catalog: Catalog, files: Iterable<string>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (source, pointer, message, severity = 'error') => {
    diagnostics.push({
      code: 'catalog/invalid',
      severity,
      message,
      at: source.at(pointer),
      hint: 'Correct the name, or add the folder.',
    });
  };
  const known = knownNames(files);
  checkComponents(catalog, known, report);
  const provided = new Set<string>([
    ...platformContractNames,
    ...[...catalog.capabilities.values()].flatMap((c) => c.provides.map((p) => p.contract)),
  ]);
  const isWhole = known.capabilities.size === catalog.capabilities.size;
  for (const capability of catalog.capabilities.values())
    checkCapability(capability, known, isWhole ? provided : undefined, report);
  return diagnostics;
}

function knownNames(files: Iterable<string>): Known {
  const capabilities = new Set<string>();
  const components: string[] = [];
  for (const file of files) {
    const [, capability = '', ...rest] = file.split('/');
    if (rest.join('/') === 'capability.yaml') capabilities.add(capability);
    if (rest.length === 2 && rest[1] === 'component.yaml') components.push(`${capability}/${rest[0] ?? ''}`);
  }
  return { capabilities, components };
}

function checkComponents(catalog: Catalog, known: Known, report: Report): void {
  const names = new Set([...known.components.map((c) => c.split('/')[1]), ...catalog.components.keys()]);
  for (const { source, capability, needs, each } of catalog.components.values()) {
    const owner = catalog.capabilities.get(capability);
    if (!known.capabilities.has(capability))
      report(source, '/metadata/name', `There is no capability "${capability}" for this component.`);
    if (each !== undefined && owner !== undefined && !isNamedList(owner, each))
      report(source, '/spec/each', `"${each}" is not a list of options whose items require a name.`);
    needs.forEach(({ component }, i) => {
      if (!names.has(component)) report(source, `/spec/needs/${i}/component`, `There is no component "${component}".`);
    });
  }
}

function isNamedList(capability: Capability, pointer: string): boolean {
  const steps = pointerSteps(pointer).map((step) => (step === '*' ? '0' : step));
  return listAt(schemaAt(capability.options, [...steps, '0']), 'required').includes('name');
}

/** `provided` is left out when some capability could not be read: it may be the one that provides. */
function checkCapability(
  { name, source, provides, requires }: Capability,
  known: Known,
  provided: ReadonlySet<string> | undefined,
  report: Report,
): void {
  const isOwn = (component: string): boolean => known.components.includes(`${name}/${component}`);
  for (const { contract, by } of provides)
    if (!isOwn(by)) report(source, `/spec/provides/${contract}/by`, `"${by}" is not a component of ${name}.`);
  requires.forEach(({ contract, optional, for: only }, i) => {
    if (provided !== undefined && !provided.has(contract))
      report(
        source,
        `/spec/requires/${i}/contract`,
        `No capability provides "${contract}".`,
        optional ? 'warning' : 'error',
      );
    only?.forEach((component, j) => {
      if (!isOwn(component))
        report(source, `/spec/requires/${i}/for/${j}`, `"${component}" is not a component of ${name}.`);
    });
  });
}
