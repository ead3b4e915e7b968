import { locateMerged } from '../config/merge.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Exclusive, FinishedCluster } from '../model/finished.ts';
import type { ClusterPlan } from '../model/model.ts';
import { compareText, textAt } from '../model/values.ts';
import { contributionsOf } from '../plan/contributions.ts';
import { optionPointer } from '../plan/rules.ts';

/** What components of a cluster say that no other cluster may have. */
export function exclusiveOf(plan: ClusterPlan): readonly Exclusive[] {
  return contributionsOf(plan, 'exclusive').map((item) => {
    const capability = plan.cluster.capabilities.get(textAt(item, 'capability') ?? '')?.capability;
    const pointer = capability === undefined ? '' : optionPointer(capability, textAt(item, 'option') ?? '');
    const at = locateMerged(plan.cluster.layers, pointer, 'value');
    return {
      component: textAt(item, 'component') ?? '',
      what: textAt(item, 'what') ?? '',
      value: textAt(item, 'value') ?? '',
      because: textAt(item, 'because') ?? '',
      ...(at === undefined ? {} : { at }),
    };
  });
}

/** One error for each cluster that has what an earlier one has, in the order of names. */
export function exclusiveFindings(clusters: readonly FinishedCluster[]): Diagnostic[] {
  const owners = new Map<string, { readonly cluster: string; readonly item: Exclusive }>();
  const all = [...clusters].sort((a, b) => compareText(a.name, b.name));
  return all.flatMap(({ name, facts }) =>
    (facts?.exclusive ?? []).flatMap((item): Diagnostic[] => {
      const key = `${item.what}\0${item.value}`;
      const first = owners.get(key);
      if (first === undefined) owners.set(key, { cluster: name, item });
      if (first === undefined || first.cluster === name) return [];
      const where = first.item.at;
      return [
        {
          code: 'spec/shared',
          severity: 'error',
          cluster: name,
          component: item.component,
          message: `${item.what} ${item.value} is that of cluster ${first.cluster} too: ${item.because}.`,
          hint: 'Give each cluster its own.',
          ...(item.at === undefined ? {} : { at: item.at }),
          ...(where === undefined ? {} : { related: [{ message: `${first.cluster} names it here`, at: where }] }),
        },
      ];
    }),
  );
}
