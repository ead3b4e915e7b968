import { nameOf } from '../kubernetes/object.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { compareText, getAt, isMap, listAt, mapAt, textAt } from '../model/values.ts';
import { hookOf } from '../helm/hooks.ts';
import { isDefinition } from '../kubernetes/definitions.ts';
import { quantityOf } from '../kubernetes/quantity.ts';

/** Objects of one component, as Argo CD would apply them. */
export interface PreviewedComponent {
  readonly name: string;
  readonly wave: number;
  readonly objects: readonly ValueMap[];
}

export interface ObjectRow {
  readonly component: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Wave within its Application. */
  readonly wave: number;
  /** Argo CD's phases; empty for what is no hook. */
  readonly hook: string;
}

export function objectRows({ name, objects }: PreviewedComponent): ObjectRow[] {
  return objects.map((object) => {
    const metadata = mapAt(object, 'metadata');
    const { phases, wave } = hookOf(object);
    return {
      component: name,
      kind: textAt(object, 'kind') ?? '',
      name: nameOf(object),
      namespace: textAt(metadata, 'namespace') ?? '',
      wave,
      hook: phases.join(','),
    };
  });
}

export interface ImageUse {
  readonly image: string;
  /** `sha256:…` where the reference has one; empty otherwise. */
  readonly digest: string;
  readonly components: readonly string[];
}

/** Every image that an object names in a field called image, sorted; what operators add on their own is not known. */
export function imagesOf(components: readonly PreviewedComponent[]): ImageUse[] {
  const users = new Map<string, Set<string>>();
  for (const { name, objects } of components) {
    for (const image of objects.flatMap((object) => imagesIn(object)))
      users.set(image, (users.get(image) ?? new Set()).add(name));
  }
  return [...users]
    .sort(([a], [b]) => compareText(a, b))
    .map(([image, by]) => ({
      image,
      digest: /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? '',
      components: [...by].sort(compareText),
    }));
}

function imagesIn(value: Value): string[] {
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(imagesIn);
  if (!isMap(value) || isDefinition(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const isReference =
      key === 'image' && typeof item === 'string' && /^[\w.-]+(?::\d+)?(?:\/[\w./-]+)?[:@]/.test(item);
    return isReference ? [item] : imagesIn(item as Value);
  });
}

/** Sums of what pods ask for: CPU in cores, memory in bytes, everything else as its name says. */
export type Amounts = Readonly<Record<string, number>>;

export interface ResourceSum {
  readonly component: string;
  readonly pods: number;
  /** Of these, pods that run once on every node (DaemonSets), counted for one node. */
  readonly perNode: number;
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** Sums over the pods of workloads, with their replicas. What operators make of custom resources is not in it. */
export function resourcesOf({ name, objects }: PreviewedComponent): ResourceSum {
  const requests: Record<string, number> = {};
  const limits: Record<string, number> = {};
  let pods = 0;
  let perNode = 0;
  for (const object of objects) {
    const workload = workloadOf(object);
    if (workload === undefined) continue;
    pods += workload.replicas;
    if (object['kind'] === 'DaemonSet') perNode += 1;
    add(requests, podAmounts(workload.pod, 'requests'), workload.replicas);
    add(limits, podAmounts(workload.pod, 'limits'), workload.replicas);
  }
  return { component: name, pods, perNode, requests, limits };
}

export function totalOf(sums: readonly ResourceSum[], component: string): ResourceSum {
  const requests: Record<string, number> = {};
  const limits: Record<string, number> = {};
  for (const sum of sums) {
    add(requests, sum.requests, 1);
    add(limits, sum.limits, 1);
  }
  const count = (of: (sum: ResourceSum) => number): number => sums.reduce((total, sum) => total + of(sum), 0);
  return { component, pods: count((s) => s.pods), perNode: count((s) => s.perNode), requests, limits };
}

function workloadOf(object: ValueMap): { readonly pod: ValueMap; readonly replicas: number } | undefined {
  const spec = mapAt(object, 'spec');
  const template = mapAt(spec, 'template', 'spec');
  switch (object['kind']) {
    case 'Pod':
      return { pod: spec, replicas: 1 };
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return { pod: template, replicas: typeof spec['replicas'] === 'number' ? spec['replicas'] : 1 };
    case 'DaemonSet':
      return { pod: template, replicas: 1 };
    default:
      return undefined; // jobs come and go
  }
}

/** As the scheduler counts: containers together, or the largest init container where that asks for more; sidecars always. */
function podAmounts(pod: ValueMap, what: 'requests' | 'limits'): Amounts {
  const amounts = (container: Value): Amounts => {
    const listed = Object.entries(mapAt(container, 'resources', what));
    return Object.fromEntries(listed.map(([resource, quantity]) => [resource, quantityOf(quantity) ?? 0]));
  };
  const init = listAt(pod, 'initContainers');
  const isSidecar = (container: Value): boolean => getAt(container, 'restartPolicy') === 'Always';
  const running: Record<string, number> = {};
  for (const container of [...listAt(pod, 'containers'), ...init.filter(isSidecar)])
    add(running, amounts(container), 1);
  for (const container of init.filter((c) => !isSidecar(c)))
    for (const [resource, amount] of Object.entries(amounts(container)))
      running[resource] = Math.max(running[resource] ?? 0, amount);
  add(running, Object.fromEntries(Object.entries(mapAt(pod, 'overhead')).map(([r, q]) => [r, quantityOf(q) ?? 0])), 1);
  return running;
}

function add(sums: Record<string, number>, amounts: Amounts, times: number): void {
  for (const [resource, amount] of Object.entries(amounts)) sums[resource] = (sums[resource] ?? 0) + amount * times;
}

/** `250m`, `1.5`, `512Mi`, `3` of a resource. */
export function printAmount(resource: string, amount: number): string {
  if (resource === 'cpu')
    return amount < 1 ? `${Math.round(amount * 1000)}m` : String(Math.round(amount * 1000) / 1000);
  if (resource !== 'memory' && !resource.startsWith('hugepages') && resource !== 'ephemeral-storage')
    return String(amount);
  const [unit, size] = amount >= 2 ** 30 ? (['Gi', 2 ** 30] as const) : (['Mi', 2 ** 20] as const);
  return `${Math.round((amount / size) * 100) / 100}${unit}`;
}
