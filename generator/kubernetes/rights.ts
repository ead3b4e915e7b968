import type { Value } from '../model/values.ts';
import { isList, isMap, pointerSteps } from '../model/values.ts';
import { allOfGroup } from './object.ts';

/** Kinds (`group/Kind`, or `group/*`) that decide what somebody may do, read or reach, or how much they get. */
const kindsOfRights: ReadonlySet<string> = new Set([
  'rbac.authorization.k8s.io/*',
  'admissionregistration.k8s.io/*',
  'apiregistration.k8s.io/*',
  'certificates.k8s.io/*',
  'ServiceAccount',
  'ResourceQuota',
  'LimitRange',
  'networking.k8s.io/NetworkPolicy',
  'policy.networking.k8s.io/*',
  'cilium.io/*',
  'crd.projectcalico.org/*',
  'projectcalico.org/*',
  'kyverno.io/*',
  'policies.kyverno.io/*',
  'templates.gatekeeper.sh/*',
  'constraints.gatekeeper.sh/*',
  'external-secrets.io/*',
  'generators.external-secrets.io/*',
  'bitnami.com/*',
  'gateway.networking.k8s.io/ReferenceGrant',
  'gateway.envoyproxy.io/SecurityPolicy',
  'kafka.strimzi.io/KafkaUser',
  'trust.cert-manager.io/*',
  'policy.cert-manager.io/*',
]);

/** Members of any object that decide what its pods, or others by it, may do. */
const membersOfRights: ReadonlySet<string> = new Set([
  'securityContext',
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'hostUsers',
  'hostPath',
  'serviceAccount',
  'serviceAccountName',
  'automountServiceAccountToken',
  'superuser',
  'enableSuperuserAccess',
  'authorization',
  'authentication',
  'allowedRoutes',
]);

/** ConfigMaps from which Argo CD reads who may do what. */
const configMaps: ReadonlySet<string> = new Set(['argocd-rbac-cm', 'argocd-cm', 'argocd-cmd-params-cm']);

/** Whether a change of a field of an object, or of what is in it, changes what somebody may do. */
export function isRight(
  kind: string,
  name: string,
  { pointer, before, after }: { readonly pointer: string; readonly before?: Value; readonly after?: Value },
): boolean {
  const steps = pointerSteps(pointer);
  const [first, second, third = ''] = steps;
  if (first === 'metadata') return second === 'labels' && /^(?:rbac\.authorization|pod-security)\./.test(third);
  if (kindsOfRights.has(kind) || kindsOfRights.has(allOfGroup(kind))) return true;
  if (kind === 'ConfigMap' && configMaps.has(name)) return true;
  return steps.some((step) => membersOfRights.has(step)) || holdsRights(before) || holdsRights(after);
}

/** Whether a member at any depth is one of those. */
function holdsRights(value: Value | undefined): boolean {
  if (isList(value)) return value.some(holdsRights);
  return isMap(value) && Object.entries(value).some(([key, item]) => membersOfRights.has(key) || holdsRights(item));
}
