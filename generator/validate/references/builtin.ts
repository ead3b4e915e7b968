/** What every Kubernetes has without anybody putting it there. Names may hold globs. */
export interface BuiltIn {
  readonly kind: string;
  /** `*`: in every namespace; undefined: the kind has none. */
  readonly namespace?: string;
  readonly name: string;
  readonly keys?: readonly string[];
}

const role = 'rbac.authorization.k8s.io/ClusterRole';

export const builtIns: readonly BuiltIn[] = [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) => ({ kind: 'Namespace', name })),
  { kind: 'ServiceAccount', namespace: '*', name: 'default' },
  { kind: 'ServiceAccount', namespace: 'kube-system', name: '*' },
  { kind: 'ConfigMap', namespace: '*', name: 'kube-root-ca.crt', keys: ['ca.crt'] },
  { kind: 'ConfigMap', namespace: 'kube-system', name: 'extension-apiserver-authentication' },
  { kind: 'Service', namespace: 'default', name: 'kubernetes' },
  { kind: 'Service', namespace: 'kube-system', name: 'kube-dns' },
  { kind: 'scheduling.k8s.io/PriorityClass', name: 'system-cluster-critical' },
  { kind: 'scheduling.k8s.io/PriorityClass', name: 'system-node-critical' },
  ...['cluster-admin', 'admin', 'edit', 'view', 'system:*'].map((name) => ({ kind: role, name })),
  {
    kind: 'rbac.authorization.k8s.io/Role',
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
  },
  { kind: 'rbac.authorization.k8s.io/Role', namespace: 'kube-system', name: 'system:*' },
];

/** API groups that the API server itself has; the kinds of all others need a definition. */
export const builtInGroups: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
]);
