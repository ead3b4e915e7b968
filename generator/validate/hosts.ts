import { locateMerged } from '../config/merge.ts';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { ClusterPlan, RenderedTree, TreeObject } from '../model/model.ts';
import { compareText, textAt } from '../model/values.ts';
import { textsAt } from '../yaml/pointer.ts';
import { kindOf } from '../kubernetes/object.ts';
import { kindsOf } from '../catalog/kinds.ts';
import { contributionsOf } from '../plan/contributions.ts';
import { optionPointer } from '../plan/rules.ts';
import { objectLocation } from './findings.ts';

/** A host name of a cluster, and whose it is. */
export interface HostClaim {
  /** `shop.example.com`, or `*.example.com` for every name below. */
  readonly host: string;
  /** Capabilities and tenants; claims with a common owner do not collide. */
  readonly owners: readonly string[];
  readonly component: string;
  readonly at: Location | undefined;
}

/**
 * Host names that two have: of what components contribute, tenants among them, and of what routes, listeners and certificates in
 * the tree name. The gateway serves all of them, and of two routes for one host the older one wins; a wildcard has every name
 * below it. Who has a certificate for a host can pass for it.
 */
export function hostFindings(tree: RenderedTree, plan: ClusterPlan): Diagnostic[] {
  const claims = hostClaims(tree, plan);
  const byHost = new Map<string, readonly HostClaim[]>();
  for (const claim of claims) byHost.set(claim.host, [...(byHost.get(claim.host) ?? []), claim]);
  for (const [host, group] of byHost) byHost.set(host, withSharedOwners(group));
  return [...byHost]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([host, group]) => {
      const wider = wildcardsOver(host).flatMap((wildcard) => byHost.get(wildcard) ?? []);
      return [
        ...group.flatMap((claim, i) => group.slice(i + 1).map((other) => [claim, other] as const)),
        ...group.flatMap((claim) => wider.map((other) => [claim, other] as const)),
      ];
    })
    .filter(([a, b]) => !a.owners.some((owner) => b.owners.includes(owner)))
    .map(([a, b]) => collision(a, b));
}

/** Every host name that a cluster serves or has a certificate for, with its owners; more than once where several objects name it. */
export function hostClaims(tree: RenderedTree, plan: ClusterPlan): readonly HostClaim[] {
  const tenants = tenantsOf(plan);
  const contributed = contributedClaims(plan, tenants);
  // What is contributed too is said where the option stands.
  const known = new Set(contributed.flatMap(({ host, owners }) => owners.map((owner) => `${owner} ${host}`)));
  const room = roomOf(tree, plan);
  const routes = tree.objects.flatMap((object) => (room.has(object) ? [] : routeClaims(object, plan, tenants)));
  return [...contributed, ...routes.filter((r) => !r.owners.some((owner) => known.has(`${owner} ${r.host}`)))];
}

/** `*.b.c` and `*.c` for `a.b.c`; for `*.b.c` only `*.c`. */
function wildcardsOver(host: string): readonly string[] {
  const labels = host.replace(/^\*\./, '').split('.');
  return labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join('.')}`);
}

/** Whoever has a host together with somebody (a function in the namespace of a tenant) has it together with his others too. */
function withSharedOwners(group: readonly HostClaim[]): readonly HostClaim[] {
  let claims = group;
  for (let i = 1; i < group.length; i++)
    claims = claims.map((claim) => {
      const friends = claims.filter((other) => other.owners.some((owner) => claim.owners.includes(owner)));
      return { ...claim, owners: [...new Set(friends.flatMap((f) => f.owners))].sort(compareText) };
    });
  return claims;
}

/** Namespace → `tenant <name>`, as the namespaces are labelled. */
function tenantsOf(plan: ClusterPlan): ReadonlyMap<string, string> {
  return new Map(
    plan.namespaces.flatMap(({ name, labels }) => {
      const tenant = textAt(labels, 'slipway.dev/tenant');
      return tenant === undefined ? [] : [[name, `tenant ${tenant}`] as const];
    }),
  );
}

function contributedClaims(plan: ClusterPlan, tenants: ReadonlyMap<string, string>): HostClaim[] {
  return contributionsOf(plan, 'hosts').map((item) => {
    const name = textAt(item, 'capability') ?? '';
    const capability = plan.cluster.capabilities.get(name)?.capability;
    const pointer = capability === undefined ? '' : optionPointer(capability, textAt(item, 'option') ?? '');
    return {
      host: textAt(item, 'host') ?? '',
      owners: [textAt(item, 'owner') ?? `capability ${name}`, ...ofTenant(textAt(item, 'namespace'), tenants)],
      component: textAt(item, 'component') ?? '',
      at: locateMerged(plan.cluster.layers, pointer, 'value'),
    };
  });
}

const ofTenant = (namespace: string | undefined, tenants: ReadonlyMap<string, string>): readonly string[] =>
  namespace === undefined || !tenants.has(namespace) ? [] : [tenants.get(namespace) ?? ''];

function routeClaims(object: TreeObject, plan: ClusterPlan, tenants: ReadonlyMap<string, string>): HostClaim[] {
  const hosts = hostsOf(object, plan);
  if (hosts.length === 0) return [];
  const capability = plan.components.find((c) => c.name === object.component)?.component.capability ?? '';
  const owners = [`capability ${capability}`, ...ofTenant(object.namespace, tenants)];
  return hosts.map((host) => ({ host, owners, component: object.component, at: objectLocation(object) }));
}

/** The host names that an object takes; those inside the cluster are nobody's but the namespace's. */
function hostsOf(object: TreeObject, plan: ClusterPlan): readonly string[] {
  const pointers = kindsOf(plan.cluster.catalog).hostsAt(kindOf(object.object));
  const hosts = pointers.flatMap((pointer) => textsAt(object.object, pointer));
  return [...new Set(hosts)].filter((host) => host.includes('.') && !/\.(?:svc|local|internal)(?:\.|$)/.test(host));
}

/** The shared gateway, with its listeners and certificates: the room that all the others are in. */
function roomOf(tree: RenderedTree, plan: ClusterPlan): ReadonlySet<TreeObject> {
  const shared = plan.cluster.contracts.get('edge.gateway')?.value;
  const [name, namespace] = [textAt(shared, 'name'), textAt(shared, 'namespace')];
  if (name === undefined) return new Set();
  const listeners = tree.objects.filter(
    (o) => ['Gateway', 'ListenerSet'].includes(o.kind) && o.name === name && o.namespace === namespace,
  );
  const secrets = listeners.flatMap((o) => textsAt(o.object, '/spec/listeners/*/tls/certificateRefs/*/name'));
  const certificates = tree.objects.filter(
    (o) =>
      o.kind === 'Certificate' &&
      o.namespace === namespace &&
      textsAt(o.object, '/spec/secretName').some((s) => secrets.includes(s)),
  );
  return new Set([...listeners, ...certificates]);
}

/** Said at the tenant where one has the host of the platform, else at the later of the two. */
function collision(a: HostClaim, b: HostClaim): Diagnostic {
  const isOfTenant = (claim: HostClaim): boolean => claim.owners.every((owner) => owner.startsWith('tenant '));
  const [claim, other] = isOfTenant(a) && !isOfTenant(b) ? [a, b] : [b, a];
  const relation =
    claim.host === other.host
      ? `is that of ${other.owners.join(' and ')} too`
      : claim.host.startsWith('*.') && wildcardsOver(other.host).includes(claim.host)
        ? `covers ${other.host} of ${other.owners.join(' and ')}`
        : `is covered by ${other.host} of ${other.owners.join(' and ')}`;
  return {
    code: 'spec/host',
    severity: 'error',
    component: claim.component,
    names: [claim.host],
    message: `Host ${claim.host} of ${claim.owners.join(' and ')} ${relation}.`,
    hint: 'Give every host to one of them: the gateway would send it to whoever came first, and who has a certificate passes for it.',
    ...(claim.at === undefined ? {} : { at: claim.at }),
    ...(other.at === undefined ? {} : { related: [{ message: `${other.host} is named here`, at: other.at }] }),
  };
}
