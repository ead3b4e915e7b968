import type { Diagnostic, Location, Outcome } from '../model/diagnostic.ts';
import type {
  Capability,
  Catalog,
  ClusterInfo,
  Requirement,
  ResolvedCapability,
  ResolvedContract,
} from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { isMap, setMember } from '../model/values.ts';
import type { Cel } from '../template/cel.ts';
import { platformContracts } from './clusterFacts.ts';
import { renderStrings, TemplateError } from '../template/template.ts';
import { celDiagnostic } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';

interface ContractsInput {
  readonly capabilities: ReadonlyMap<string, ResolvedCapability>;
  readonly catalog: Catalog;
  readonly info: ClusterInfo;
  readonly enabled: ValueMap;
  readonly tenants: readonly Value[];
  locate(pointer: string): Location | undefined;
}

/** Which contracts the enabled capabilities fulfil, with their values; and which are required in vain. */
export function findContracts(input: ContractsInput, tools: Tools): Outcome<ReadonlyMap<string, ResolvedContract>> {
  const contracts = new Map<string, ResolvedContract>();
  const diagnostics: Diagnostic[] = [];
  for (const { capability, options } of input.capabilities.values()) {
    const context = { options, cluster: input.info, enabled: input.enabled, tenants: input.tenants };
    for (const provision of capability.provides) {
      const pointer = `/spec/provides/${provision.contract}`;
      try {
        if (provision.when !== undefined && !tools.cel.test(provision.when, context)) continue;
        const value = renderStrings(provision.value, tools.templates, context);
        const other = contracts.get(provision.contract);
        if (other !== undefined)
          diagnostics.push(ambiguous(provision.contract, other.capability, capability.name, input));
        contracts.set(provision.contract, {
          contract: provision.contract,
          by: provision.by,
          capability: capability.name,
          value,
        });
      } catch (error) {
        diagnostics.push(
          error instanceof TemplateError
            ? {
                code: error.code,
                severity: 'error',
                message: error.message,
                at: capability.source.at(pointer),
                hint: 'Contract values see options and cluster.',
              }
            : celDiagnostic(error, capability.source.at(pointer)),
        );
      }
    }
  }
  for (const { contract, value } of platformContracts(input.info))
    if (value !== undefined && !contracts.has(contract))
      contracts.set(contract, { contract, by: '', capability: '', value });
  for (const { capability, options } of input.capabilities.values())
    diagnostics.push(...missing(capability, options, contracts, input, tools));
  return { value: contracts, diagnostics };
}

function ambiguous(contract: string, a: string, b: string, { locate }: ContractsInput): Diagnostic {
  const at = locate(`/capabilities/${b}`);
  const other = locate(`/capabilities/${a}`);
  return {
    code: 'contract/ambiguous',
    severity: 'error',
    message: `Both ${a} and ${b} provide ${contract}.`,
    hint: `Switch one of them off.`,
    ...(at === undefined ? {} : { at }),
    ...(other === undefined ? {} : { related: [{ message: `${a} is switched on here`, at: other }] }),
  };
}

function missing(
  capability: Capability,
  options: ValueMap,
  contracts: ReadonlyMap<string, ResolvedContract>,
  input: ContractsInput,
  tools: Tools,
): Diagnostic[] {
  const context = { options, cluster: input.info, enabled: input.enabled, tenants: input.tenants };
  return capability.requires.flatMap((requirement, i): Diagnostic[] => {
    try {
      if (!isRequired(requirement, context, tools.cel)) return [];
    } catch (error) {
      return [celDiagnostic(error, capability.source.at(`/spec/requires/${i}/when`))];
    }
    if (requirement.optional || contracts.has(requirement.contract)) return [];
    const providers = [...input.catalog.capabilities.values()].filter((c) =>
      c.provides.some((p) => p.contract === requirement.contract),
    );
    const off = providers.filter((p) => !input.capabilities.has(p.name)).map((p) => p.name);
    const platform = platformContracts(input.info).find((p) => p.contract === requirement.contract);
    const { distribution } = input.info.kubernetes;
    const title = input.catalog.distributions.get(distribution)?.title ?? distribution;
    const at = input.locate(capability.list === undefined ? `/capabilities/${capability.name}` : `/${capability.list}`);
    return [
      {
        code: 'contract/missing',
        severity: 'error',
        ...(at === undefined ? {} : { at }),
        message: `${capability.name} requires ${requirement.contract}, which ${platform === undefined ? '' : `${title} does not bring and `}nothing in this cluster provides${requirement.when === undefined ? '' : ` (because ${requirement.when})`}.${platform === undefined ? '' : ` ${requirement.reason}`}`,
        hint:
          platform !== undefined
            ? platform.hint
            : off.length > 0
              ? `Add ${off.join(' or ')} to spec.capabilities.`
              : `Its provider ${providers.map((p) => p.name).join(', ')} is on, but its options leave this out.`,
      },
    ];
  });
}

/** Whether the options ask for a requirement: its `when`, which findContracts has found to be CEL that evaluates. */
export function isRequired(requirement: Requirement, context: ValueMap, cel: Cel): boolean {
  return requirement.when === undefined || cel.test(requirement.when, context);
}

/**
 * The contracts of one capability as templates see them: dots nest; null is what is optional and absent, and what the
 * options do not ask for.
 */
export function contractsFor(
  capability: Capability,
  contracts: ReadonlyMap<string, ResolvedContract>,
  context: ValueMap,
  cel: Cel,
): ValueMap {
  const out: MutableMap = {};
  const asked = new Set(capability.requires.filter((r) => isRequired(r, context, cel)).map((r) => r.contract));
  for (const { contract } of capability.requires) {
    let node = out;
    const steps = contract.split('.');
    for (const step of steps.slice(0, -1)) {
      if (!isMap(node[step])) node[step] = {};
      node = node[step] as MutableMap;
    }
    setMember(node, steps.at(-1) ?? '', asked.has(contract) ? (contracts.get(contract)?.value ?? null) : null);
  }
  return out;
}
