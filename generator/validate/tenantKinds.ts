import { locateMerged } from '../config/merge.ts';
import { qualifiedKind } from '../kubernetes/object.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ClusterPlan } from '../model/model.ts';
import { asMap, listAt, mapAt, textAt } from '../model/values.ts';
import { contributionsOf } from '../plan/contributions.ts';

interface Decision {
  readonly given: boolean;
  readonly reason: string;
}

/** What the catalog says of the kinds that tenants are given on top, in their `kinds`. */
export function tenantKindFindings(plan: ClusterPlan): Diagnostic[] {
  const decisions = new Map(
    contributionsOf(plan, 'tenantKinds').flatMap((item) =>
      Object.keys(mapAt(item, 'kinds')).map((kind): readonly [string, Decision] => [
        qualifiedKind(textAt(item, 'group') ?? '', kind),
        { given: item['given'] === true, reason: textAt(item, 'reason') ?? '' },
      ]),
    ),
  );
  return plan.cluster.tenants.flatMap((tenant, i) =>
    listAt(tenant, 'kinds').flatMap((entry, j) => {
      const kind = qualifiedKind(textAt(entry, 'group') ?? '', textAt(entry, 'kind') ?? '');
      const decision = decisions.get(kind);
      if (decision === undefined) return [];
      const at = locateMerged(plan.cluster.layers, `/tenants/${i}/kinds/${j}`, 'value');
      const name = textAt(asMap(tenant), 'name') ?? '';
      return {
        code: 'spec/tenant-kind' as const,
        severity: 'warning' as const,
        names: [kind],
        ...(at === undefined ? {} : { at }),
        message: decision.given ? `Every tenant has ${kind}.` : `Tenant ${name} gets ${kind}. ${decision.reason}`,
        hint: decision.given ? 'Remove it from kinds.' : 'Leave it out, unless the team is trusted with that.',
      };
    }),
  );
}
