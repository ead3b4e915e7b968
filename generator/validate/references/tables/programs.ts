import type { MakesRule, ReferenceRule } from '../../../model/references.ts';
import { keysAt, made, namesAt } from './rule.ts';

// KEDA v2.20.2: apis/keda/v1alpha1, apis/eventing/v1alpha1; what a ClusterTriggerAuthentication names is where the operator
// runs, pkg/scaling/resolver/scale_resolvers.go
const scaled = ['keda.sh/ScaledObject', 'keda.sh/ScaledJob'];
const authentications = ['keda.sh/ClusterTriggerAuthentication', 'keda.sh/TriggerAuthentication'];
const authentication = { to: 'keda.sh/TriggerAuthentication', kindAt: 'kind' };
const keda: readonly ReferenceRule[] = [
  { from: scaled, at: '/spec/triggers/*/authenticationRef', ...authentication },
  { from: ['eventing.keda.sh/CloudEventSource'], at: '/spec/authenticationRef', ...authentication },
  { from: ['eventing.keda.sh/ClusterCloudEventSource'], at: '/spec/authenticationRef', ...authentication },
  {
    from: ['keda.sh/ScaledObject'],
    at: '/spec/scaleTargetRef',
    to: 'apps/Deployment',
    kindAt: 'kind',
    apiVersionAt: 'apiVersion',
  },
  ...namesAt(['keda.sh/ScaledJob'], ['/spec/jobTargetRef/template/spec/serviceAccountName'], 'ServiceAccount'),
  ...keysAt(authentications, ['/spec/secretTargetRef/*']),
  ...keysAt(authentications, ['/spec/configMapTargetRef/*'], 'ConfigMap'),
  ...namesAt(authentications, ['/spec/boundServiceAccountToken/*/serviceAccountName'], 'ServiceAccount'),
];

// Knative Serving v1.23.0: config/core/300-resources. What triggers and sources call is mostly not in this repository.
const knative: readonly ReferenceRule[] = [
  ...namesAt(
    ['serving.knative.dev/Configuration', 'serving.knative.dev/Service'],
    ['/spec/template/spec/serviceAccountName'],
    'ServiceAccount',
  ),
  ...namesAt(['serving.knative.dev/DomainMapping'], ['/spec/tls/secretName']),
];

// Fission v1.27.0: pkg/mqtrigger/scalermanager.go
const fission: readonly ReferenceRule[] = namesAt(['fission.io/MessageQueueTrigger'], ['/spec/secret']);

// GPU operator v26.7.0: controllers/object_controls.go, in the namespace of the operator
const gpu: readonly ReferenceRule[] = [
  ...namesAt(
    ['nvidia.com/ClusterPolicy'],
    [
      '/spec/dcgmExporter/config',
      '/spec/devicePlugin/config',
      '/spec/driver/certConfig',
      '/spec/driver/kernelModuleConfig',
      '/spec/driver/licensingConfig/configMapName',
      '/spec/driver/repoConfig/configMapName',
      '/spec/migManager/config',
    ],
    'ConfigMap',
  ),
  ...namesAt(['nvidia.com/ClusterPolicy'], ['/spec/driver/licensingConfig/secretName']),
];

export const programReferences: readonly ReferenceRule[] = [...keda, ...knative, ...fission, ...gpu];

export const programMakes: readonly MakesRule[] = [
  // Knative Serving v1.23.0: K8sService in pkg/reconciler/route/resources/names
  made('serving.knative.dev/Service', 'Service', '{/metadata/name}'),
];
