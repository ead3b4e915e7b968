import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { AcceptedChange, ClusterGuards, FieldGuard } from '../model/guard.ts';
import type { ClusterPlan, CatalogGuard, ComponentPlan, ResolvedCluster } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';
import { asString, textAt } from '../model/values.ts';
import { gathered, mergeLayers } from '../config/merge.ts';
import { celDiagnostic } from '../template/tools.ts';
import type { Tools } from '../template/tools.ts';
import { immutableFields } from '../kubernetes/immutableFields.ts';
import { didYouMean } from '../util/suggest.ts';
import { allAt } from '../yaml/pointer.ts';

/** What guards the fields of a cluster: the guards of the components it installs, and what its spec agrees to. */
export function guardsOf({ cluster, components }: ClusterPlan, tools: Tools): Outcome<ClusterGuards> {
  const diagnostics: Diagnostic[] = [];
  const written = withoutCatalog(cluster);
  const fields = components.flatMap((plan) =>
    plan.component.guards.flatMap((guard, i): FieldGuard[] => {
      try {
        if (guard.unless !== undefined && tools.cel.test(guard.unless, plan.context)) return [];
      } catch (error) {
        diagnostics.push(celDiagnostic(error, plan.component.source.at(`/spec/guards/${i}/unless`)));
        return [];
      }
      return [fieldGuard(guard, plan, written)];
    }),
  );
  diagnostics.push(...acceptanceFindings(cluster));
  return { value: { fields, accepted: acceptedOf(cluster) }, diagnostics };
}

/** What `acceptedChanges` names and does not exist: such an entry could never agree to anything. */
function acceptanceFindings({ name: cluster, catalog, layers }: ResolvedCluster): Diagnostic[] {
  const known = [...catalog.components.values()];
  const kinds = new Set(
    [
      ...known.flatMap((c) => c.guards.flatMap(({ kind }) => kind ?? [])),
      ...Object.keys(immutableFields),
      'argoproj.io/Application',
    ].map((kind) => kind.slice(kind.lastIndexOf('/') + 1)),
  );
  return gathered(layers, 'acceptedChanges').flatMap(({ item, at }): Diagnostic[] => {
    const component = textAt(item, 'component') ?? '';
    const kind = textAt(item, 'kind');
    const isKnown = known.some(
      (c) => c.name === component || (c.each !== undefined && component.startsWith(`${c.name}-`)),
    );
    const found = { severity: 'error', cluster } as const;
    return [
      ...(isKnown
        ? []
        : [
            {
              ...found,
              code: 'spec/unknown-component' as const,
              at: at('/component'),
              message: `There is no component "${component}".${didYouMean(component, catalog.components.keys())}`,
              hint: 'See `slipway catalog list`.',
            },
          ]),
      ...(kind === undefined || kinds.has(kind)
        ? []
        : [
            {
              ...found,
              code: 'spec/unknown-kind' as const,
              at: at('/kind'),
              message: `Nothing guards fields of a kind "${kind}".${didYouMean(kind, kinds)}`,
              hint: 'Write the kind as the finding has it, without its group, or leave it out.',
            },
          ]),
    ];
  });
}

function fieldGuard(guard: CatalogGuard, { name: plan, component }: ComponentPlan, written: ValueMap): FieldGuard {
  const { kind, name, field, match, allow, endless, because, hint, option } = guard;
  const isWritten = option === undefined || isSetEverywhere(written, `/capabilities/${component.capability}${option}`);
  const unsetOption = isWritten ? undefined : `capabilities.${component.capability}${option.replaceAll('/', '.')}`;
  return { component: plan, kind, name, field, match, allow, endless, because, hint, unsetOption };
}

/** What environments and the cluster write, without the defaults of the catalog. */
const withoutCatalog = ({ layers, catalog }: ResolvedCluster): ValueMap =>
  mergeLayers(layers.filter((layer) => layer.source !== catalog.source));

/** Whether an option is written down; of items of a list, in every one of them. */
function isSetEverywhere(written: ValueMap, pointer: string): boolean {
  const items = pointer.slice(0, pointer.lastIndexOf('/'));
  return allAt(written, pointer).length >= Math.max(1, allAt(written, items).length);
}

function acceptedOf({ layers }: ResolvedCluster): readonly AcceptedChange[] {
  return gathered(layers, 'acceptedChanges').map(({ item, at }) => {
    const optional = (key: 'kind' | 'name' | 'field'): Partial<AcceptedChange> => {
      const value = asString(item[key]);
      return value === undefined ? {} : { [key]: value };
    };
    return {
      component: textAt(item, 'component') ?? '',
      reason: textAt(item, 'reason') ?? '',
      at: at('/component'),
      ...optional('kind'),
      ...optional('name'),
      ...optional('field'),
    };
  });
}
