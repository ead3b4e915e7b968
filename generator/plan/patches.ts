import type { Diagnostic } from '../model/diagnostic.ts';
import type { ComponentPlan, ResolvedCluster } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, isMap, mapAt, textAt } from '../model/values.ts';
import { gatheredAt } from '../config/merge.ts';
import type { Place } from '../config/merge.ts';

/** A patch that a spec or environment has for the objects of a component. */
export interface PlannedPatch {
  /** `components.kafka-cluster.patches[0]`: with its place in the list of whoever wrote it. */
  readonly path: string;
  /** `cluster prod-eu`, `environment prod`. */
  readonly by: string;
  readonly target: PatchTarget;
  /** A strategic merge patch, or undefined. */
  readonly merge: ValueMap | undefined;
  /** Operations of RFC 6902, or undefined. */
  readonly operations: readonly Value[] | undefined;
  /** Consent to a change of rights: the reason. */
  readonly rights: string | undefined;
  readonly at: Place;
}

/** The objects that a patch is about; names may hold `*`. */
export interface PatchTarget {
  /** `group/Kind`, or `Kind` alone in the core group. */
  readonly kind: string;
  readonly name: string;
  /** Undefined: any, and cluster-wide objects. */
  readonly namespace: string | undefined;
  /** Labels that the object has to have. */
  readonly labels: ValueMap;
}

/** The patches of a component, those of the most general environment first. */
export function patchesOf({ layers }: ResolvedCluster, component: string): readonly PlannedPatch[] {
  return gatheredAt(layers, ['components', component, 'patches']).map(({ item, at, label, index }) => ({
    path: `components.${component}.patches[${index}]`,
    by: label,
    target: {
      kind: textAt(item, 'target', 'kind') ?? '',
      name: textAt(item, 'target', 'name') ?? '',
      namespace: textAt(item, 'target', 'namespace'),
      labels: mapAt(item, 'target', 'labels'),
    },
    merge: isMap(item['merge']) ? asMap(item['merge']) : undefined,
    operations: item['jsonPatch'] === undefined ? undefined : asList(item['jsonPatch']),
    rights: textAt(item, 'rights'),
    at,
  }));
}

/** Patches of components that reach Argo CD as a chart: Argo CD renders it, and nothing comes between. */
export function undeliverablePatches(cluster: ResolvedCluster, plans: readonly ComponentPlan[]): Diagnostic[] {
  const names = new Set(
    plans.filter((p) => p.chart !== undefined && p.delivery === 'chart').map((p) => p.component.name),
  );
  return [...names].flatMap((name) =>
    patchesOf(cluster, name).map((patch) => ({
      code: 'patch/delivery' as const,
      severity: 'error' as const,
      component: name,
      at: patch.at(),
      message: `"${name}" is delivered as a chart, which Argo CD renders: a patch cannot reach its objects.`,
      hint: `Use values, or deliver it rendered: components: { ${name}: { delivery: rendered } }.`,
    })),
  );
}
