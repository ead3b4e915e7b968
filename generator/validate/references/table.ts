import type { MakesRule, ReferenceRule } from '../../model/references.ts';

const podVolumes: readonly ReferenceRule[] = [
  { member: 'volumes', at: '/*/secret', to: 'Secret', nameAt: 'secretName', keyAt: '/items/*/key' },
  { member: 'volumes', at: '/*/configMap', to: 'ConfigMap', keyAt: '/items/*/key' },
  { member: 'volumes', at: '/*/persistentVolumeClaim', to: 'PersistentVolumeClaim', nameAt: 'claimName' },
  { member: 'volumes', at: '/*/projected/sources/*/secret', to: 'Secret', keyAt: '/items/*/key' },
  { member: 'volumes', at: '/*/projected/sources/*/configMap', to: 'ConfigMap', keyAt: '/items/*/key' },
];

/** Members that mean the same wherever they stand: in pods, and in what operators make pods of. */
const anywhere: readonly ReferenceRule[] = [
  ...podVolumes,
  { member: 'secretKeyRef', at: '', to: 'Secret', keyAt: '/key', namespaceAt: 'namespace' },
  { member: 'configMapKeyRef', at: '', to: 'ConfigMap', keyAt: '/key', namespaceAt: 'namespace' },
  { member: 'secretRef', at: '', to: 'Secret', keyAt: '/key', namespaceAt: 'namespace' },
  { member: 'configMapRef', at: '', to: 'ConfigMap', namespaceAt: 'namespace' },
  { member: 'imagePullSecrets', at: '/*', to: 'Secret' },
  { member: 'priorityClassName', at: '', to: 'scheduling.k8s.io/PriorityClass' },
  { member: 'runtimeClassName', at: '', to: 'node.k8s.io/RuntimeClass' },
  { member: 'storageClassName', at: '', to: 'storage.k8s.io/StorageClass' },
  { member: 'ingressClassName', at: '', to: 'networking.k8s.io/IngressClass' },
  { member: 'resourceClaimTemplateName', at: '', to: 'resource.k8s.io/ResourceClaimTemplate' },
];

const workloads = ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'batch/Job'];
const webhooks = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].map(
  (kind) => `admissionregistration.k8s.io/${kind}`,
);
const bindings = ['rbac.authorization.k8s.io/RoleBinding', 'rbac.authorization.k8s.io/ClusterRoleBinding'];
const ingress = ['networking.k8s.io/Ingress'];

const kubernetes: readonly ReferenceRule[] = [
  { from: workloads, at: '/spec/template/spec/serviceAccountName', to: 'ServiceAccount' },
  { from: ['Pod'], at: '/spec/serviceAccountName', to: 'ServiceAccount' },
  { from: ['batch/CronJob'], at: '/spec/jobTemplate/spec/template/spec/serviceAccountName', to: 'ServiceAccount' },
  { from: ['apps/StatefulSet'], at: '/spec/serviceName', to: 'Service' },
  {
    from: bindings,
    at: '/roleRef',
    to: 'rbac.authorization.k8s.io/Role',
    kindAt: 'kind',
    groupAt: 'apiGroup',
  },
  { from: bindings, at: '/subjects/*', to: 'ServiceAccount', kindAt: 'kind', namespaceAt: 'namespace' },
  { from: webhooks, at: '/webhooks/*/clientConfig/service', to: 'Service', namespaceAt: 'namespace' },
  {
    from: ['apiextensions.k8s.io/CustomResourceDefinition'],
    at: '/spec/conversion/webhook/clientConfig/service',
    to: 'Service',
    namespaceAt: 'namespace',
  },
  { from: ['apiregistration.k8s.io/APIService'], at: '/spec/service', to: 'Service', namespaceAt: 'namespace' },
  { from: ingress, at: '/spec/rules/*/http/paths/*/backend/service', to: 'Service' },
  { from: ingress, at: '/spec/defaultBackend/service', to: 'Service' },
  { from: ingress, at: '/spec/tls/*/secretName', to: 'Secret' },
  {
    from: ['autoscaling/HorizontalPodAutoscaler'],
    at: '/spec/scaleTargetRef',
    to: 'apps/Deployment',
    kindAt: 'kind',
    apiVersionAt: 'apiVersion',
  },
  {
    from: ['admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding'],
    at: '/spec/policyName',
    to: 'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  },
  {
    from: ['storage.k8s.io/VolumeAttributesClass'],
    at: '/driverName',
    to: 'storage.k8s.io/CSIDriver',
  },
  {
    from: ['argoproj.io/Application'],
    at: '/spec/project',
    to: 'argoproj.io/AppProject',
  },
];

/** Where objects of Kubernetes and Argo CD name others; components of the catalog say it of their kinds (docs/catalog.md). */
export const builtInReferences: readonly ReferenceRule[] = [...anywhere, ...kubernetes];

/** What Kubernetes itself makes of objects. */
export const builtInMakes: readonly MakesRule[] = [
  {
    for: 'apps/StatefulSet',
    with: [],
    without: [],
    kind: 'PersistentVolumeClaim',
    kindAt: undefined,
    name: '{/spec/volumeClaimTemplates/*/metadata/name}-{/metadata/name}-*',
    namespace: undefined,
    keys: undefined,
  },
];
