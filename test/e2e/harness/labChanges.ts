import type { Change, Cluster, OwnedObject } from './drift.ts';
import { applyOwned, change, manager } from './drift.ts';

/** What somebody does to the lab, and where it has to be found. */
export interface Injected {
  readonly says: string;
  readonly by: string;
  /** `state Kind namespace/name pointer`. */
  readonly finds: readonly string[];
  /** False: nobody owns what is gone. */
  readonly owns?: false;
  /** True: only the server's prediction shows it. */
  readonly needsPrediction?: true;
  readonly does: (cluster: Cluster, by: string) => Promise<unknown>;
}

const apps = (kind: string, name: string): string => `/apis/apps/v1/namespaces/lab/${kind}/${name}`;
const core = (kind: string, name: string): string => `/api/v1/namespaces/lab/${kind}/${name}`;
const rbac = (path: string): string => `/apis/rbac.authorization.k8s.io/v1/${path}`;
const web = apps('deployments', 'web');
const second = apps('deployments', 'second');
const spec = '/spec/template/spec';
const first = `${spec}/containers/0`;

type Patch = Pick<Change, 'path' | 'type' | 'body'>;
const does = (patch: Patch) => (cluster: Cluster, by: string) => change(cluster, { ...patch, by });
const merge = (path: string, body: unknown): Injected['does'] => does({ path, type: 'merge', body });
const json = (path: string, ...body: unknown[]): Injected['does'] => does({ path, type: 'json', body });
const set = (path: string, pointer: string, value: unknown): Injected['does'] =>
  json(path, { op: 'add', path: pointer, value });
const replace = (path: string, pointer: string, value: unknown): Injected['does'] =>
  json(path, { op: 'replace', path: pointer, value });
const cut = (path: string, pointer: string): Injected['does'] => json(path, { op: 'remove', path: pointer });
const remove =
  (path: string): Injected['does'] =>
  async ({ plane }) =>
    plane.client.remove(path);
const create =
  (path: string, body: unknown): Injected['does'] =>
  async ({ plane }, by) =>
    plane.client.request('POST', `${path}?fieldManager=${by}`, body);

const changed = (kind: string, name: string, ...pointers: readonly string[]): string[] =>
  pointers.map((p) => `changed ${kind} ${name} ${p}`);
const inWeb = (...pointers: readonly string[]): string[] => changed('Deployment', 'lab/web', ...pointers);
const inSecond = (...pointers: readonly string[]): string[] => changed('Deployment', 'lab/second', ...pointers);

const track = (group: string, kind: string, name: string): Record<string, string> => ({
  'argocd.argoproj.io/tracking-id': `lab-lab-objects:${group}/${kind}:lab/${name}`,
});
const configMap = (name: string, metadata: Record<string, unknown>): Injected['does'] =>
  create('/api/v1/namespaces/lab/configmaps', { metadata: { name, ...metadata }, data: { a: 'b' } });
const owner = (uid: string): Record<string, unknown> => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', uid }],
});

const conf = '/data/web.conf';
const trackingPointer = '/metadata/annotations/argocd.argoproj.io~1tracking-id';
const policy = '/apis/networking.k8s.io/v1/namespaces/lab/networkpolicies/web';
const ingress = '/apis/networking.k8s.io/v1/namespaces/lab/ingresses/web';
const certificate = '/apis/cert-manager.io/v1/namespaces/lab/certificates/web';
const cronJob = '/apis/batch/v1/namespaces/lab/cronjobs/nightly';
const hook = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/lab';
const application = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/lab-lab-objects';

export const drifts: readonly Injected[] = [
  { says: 'scaled', by: 'kubectl-scale', finds: inWeb('/spec/replicas'), does: merge(web, { spec: { replicas: 5 } }) },
  {
    says: 'image',
    by: 'kubectl-set',
    finds: inWeb(`${first}/image`),
    does: replace(web, `${first}/image`, 'evil.example.com/web:1'),
  },
  {
    says: 'env value',
    by: 'kubectl-edit',
    finds: inWeb(`${first}/env/1/value`),
    does: replace(web, `${first}/env/1/value`, 'debug'),
  },
  {
    says: 'env gone',
    by: 'kubectl-edit',
    owns: false,
    finds: inSecond(`${first}/env/0`),
    does: cut(second, `${first}/env/0`),
  },
  {
    says: 'label',
    by: 'kubectl-label',
    finds: inWeb('/metadata/labels/team'),
    does: merge(web, { metadata: { labels: { team: 'other' } } }),
  },
  {
    says: 'annotation',
    by: 'kubectl-annotate',
    finds: inWeb('/metadata/annotations/example.com~1owner'),
    does: merge(web, { metadata: { annotations: { 'example.com/owner': 'me' } } }),
  },
  {
    says: 'annotation gone',
    by: 'kubectl-annotate',
    owns: false,
    finds: inWeb('/metadata/annotations/example.com~1tier'),
    does: merge(web, { metadata: { annotations: { 'example.com/tier': null } } }),
  },
  {
    says: 'argument',
    by: 'kubectl-edit',
    finds: inWeb(`${first}/args/1`),
    does: replace(web, `${first}/args/1`, '--quiet'),
  },
  {
    says: 'argument more',
    by: 'kubectl-edit',
    finds: inSecond(`${first}/args`),
    does: set(second, `${first}/args/-`, '--insecure'),
  },
  {
    says: 'cpu',
    by: 'kubectl-set',
    finds: inWeb(`${first}/resources/requests/cpu`),
    does: replace(web, `${first}/resources/requests/cpu`, '2'),
  },
  {
    says: 'limit gone',
    by: 'kubectl-edit',
    owns: false,
    finds: inWeb(`${first}/resources/limits`),
    does: cut(web, `${first}/resources/limits/memory`),
  },
  {
    says: 'probe',
    by: 'kubectl-edit',
    finds: inWeb(`${first}/readinessProbe/periodSeconds`),
    does: replace(web, `${first}/readinessProbe/periodSeconds`, 50),
  },
  {
    says: 'port name',
    by: 'kubectl-edit',
    finds: inWeb(`${first}/ports/1/name`),
    does: replace(web, `${first}/ports/1/name`, 'other'),
  },
  {
    says: 'mount moved',
    by: 'kubectl-edit',
    owns: false,
    finds: inSecond(`${first}/volumeMounts/1`),
    does: replace(second, `${first}/volumeMounts/0/mountPath`, '/etc/other'),
  },
  {
    says: 'node selector',
    by: 'kubectl-edit',
    finds: inWeb(`${spec}/nodeSelector/kubernetes.io~1os`),
    does: replace(web, `${spec}/nodeSelector/kubernetes.io~1os`, 'windows'),
  },
  {
    says: 'toleration',
    by: 'kubectl-edit',
    finds: inWeb(`${spec}/tolerations/0/value`),
    does: replace(web, `${spec}/tolerations/0/value`, 'all'),
  },
  {
    says: 'runs as root',
    by: 'kubectl-edit',
    finds: inWeb(`${spec}/securityContext/runAsNonRoot`),
    does: replace(web, `${spec}/securityContext/runAsNonRoot`, false),
  },
  {
    says: 'volume',
    by: 'kubectl-edit',
    finds: inWeb(`${spec}/volumes/0/configMap/name`),
    does: replace(web, `${spec}/volumes/0/configMap/name`, 'other'),
  },
  {
    says: 'account',
    by: 'kubectl-set',
    finds: inWeb(`${spec}/serviceAccountName`),
    does: does({
      path: web,
      type: 'strategic',
      body: { spec: { template: { spec: { serviceAccountName: 'default' } } } },
    }),
  },
  {
    says: 'surge',
    by: 'kubectl-edit',
    finds: inWeb('/spec/strategy/rollingUpdate/maxSurge'),
    does: merge(web, { spec: { strategy: { rollingUpdate: { maxSurge: 3 } } } }),
  },
  {
    says: 'StatefulSet scaled',
    by: 'kubectl-scale',
    finds: changed('StatefulSet', 'lab/db', '/spec/replicas'),
    does: merge(apps('statefulsets', 'db'), { spec: { replicas: 1 } }),
  },
  {
    says: 'StatefulSet image',
    by: 'kubectl-set',
    finds: changed('StatefulSet', 'lab/db', `${first}/image`),
    does: replace(apps('statefulsets', 'db'), `${first}/image`, 'registry.example.com/web:latest'),
  },
  {
    says: 'DaemonSet strategy',
    by: 'kubectl-edit',
    finds: changed('DaemonSet', 'lab/agent', '/spec/updateStrategy/type'),
    does: merge(apps('daemonsets', 'agent'), { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
  },
  {
    says: 'target port',
    by: 'kubectl-edit',
    finds: changed('Service', 'lab/web', '/spec/ports/0/targetPort'),
    does: replace(core('services', 'web'), '/spec/ports/0/targetPort', 8081),
  },
  {
    says: 'selector',
    by: 'kubectl-set',
    finds: changed('Service', 'lab/web', '/spec/selector/app'),
    does: merge(core('services', 'web'), { spec: { selector: { app: 'other' } } }),
  },
  {
    says: 'data',
    by: 'kubectl-edit',
    finds: changed('ConfigMap', 'lab/settings', '/data/level'),
    does: merge(core('configmaps', 'settings'), { data: { level: 'debug' } }),
  },
  {
    says: 'data gone',
    by: 'kubectl-edit',
    owns: false,
    finds: changed('ConfigMap', 'lab/settings', '/data/mode'),
    does: merge(core('configmaps', 'settings'), { data: { mode: null } }),
  },
  {
    says: 'file',
    by: 'kubectl-edit',
    finds: changed('ConfigMap', 'lab/settings', conf),
    does: merge(core('configmaps', 'settings'), { data: { 'web.conf': 'listen 81\n' } }),
  },
  {
    says: 'deleted',
    by: 'kubectl',
    owns: false,
    finds: ['missing ConfigMap lab/gone'],
    does: remove(core('configmaps', 'gone')),
  },
  {
    says: 'immutable, made anew',
    by: 'kubectl-create',
    finds: changed('ConfigMap', 'lab/frozen', '/data/a'),
    async does(cluster, by) {
      await cluster.plane.client.remove(core('configmaps', 'frozen'));
      const metadata = { name: 'frozen', annotations: track('', 'ConfigMap', 'frozen') };
      await create('/api/v1/namespaces/lab/configmaps', { metadata, immutable: true, data: { a: 'c' } })(cluster, by);
    },
  },
  {
    says: 'secret',
    by: 'kubectl-edit',
    finds: changed('Secret', 'lab/token', '/data/password'),
    does: merge(core('secrets', 'token'), { stringData: { password: 'changed-password' } }),
  },
  {
    says: 'secret gone',
    by: 'kubectl-edit',
    owns: false,
    finds: changed('Secret', 'lab/token', '/data/extra'),
    does: merge(core('secrets', 'token'), { data: { extra: null } }),
  },
  {
    says: 'token mounted',
    by: 'kubectl-edit',
    finds: changed('ServiceAccount', 'lab/web', '/automountServiceAccountToken'),
    does: merge(core('serviceaccounts', 'web'), { automountServiceAccountToken: true }),
  },
  {
    says: 'host',
    by: 'kubectl-edit',
    finds: changed('Ingress', 'lab/web', '/spec/rules/0/host'),
    does: replace(ingress, '/spec/rules/0/host', 'other.example.com'),
  },
  {
    says: 'class',
    by: 'kubectl-edit',
    finds: changed('Ingress', 'lab/web', '/spec/ingressClassName'),
    does: merge(ingress, { spec: { ingressClassName: 'other' } }),
  },
  {
    says: 'policy opened',
    by: 'kubectl-edit',
    finds: changed('NetworkPolicy', 'lab/web', '/spec/ingress/0/from', '/spec/ingress/0/ports'),
    does: merge(policy, { spec: { ingress: [{}] } }),
  },
  {
    says: 'autoscaler',
    by: 'kubectl-edit',
    finds: changed('HorizontalPodAutoscaler', 'lab/scaled', '/spec/maxReplicas'),
    does: merge('/apis/autoscaling/v2/namespaces/lab/horizontalpodautoscalers/scaled', { spec: { maxReplicas: 50 } }),
  },
  {
    says: 'budget',
    by: 'kubectl-edit',
    finds: changed('PodDisruptionBudget', 'lab/web', '/spec/minAvailable'),
    does: merge('/apis/policy/v1/namespaces/lab/poddisruptionbudgets/web', { spec: { minAvailable: 0 } }),
  },
  {
    says: 'quota',
    by: 'kubectl-edit',
    finds: changed('ResourceQuota', 'lab/quota', '/spec/hard/requests.cpu'),
    does: merge(core('resourcequotas', 'quota'), { spec: { hard: { 'requests.cpu': '40' } } }),
  },
  {
    says: 'limit range',
    by: 'kubectl-edit',
    finds: changed('LimitRange', 'lab/limits', '/spec/limits/0/default/cpu'),
    does: replace(core('limitranges', 'limits'), '/spec/limits/0/default/cpu', '900m'),
  },
  {
    says: 'stolen',
    by: 'kubectl-annotate',
    finds: changed('LimitRange', 'lab/limits', trackingPointer),
    does: merge(core('limitranges', 'limits'), {
      metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'other:/LimitRange:lab/limits' } },
    }),
  },
  {
    says: 'verbs',
    by: 'kubectl-edit',
    finds: changed('Role', 'lab/reader', '/rules/0/verbs'),
    does: set(rbac('namespaces/lab/roles/reader'), '/rules/0/verbs/-', 'delete'),
  },
  {
    says: 'subject',
    by: 'kubectl-edit',
    finds: changed('RoleBinding', 'lab/reader', '/subjects/0/name'),
    does: replace(rbac('namespaces/lab/rolebindings/reader'), '/subjects/0/name', 'default'),
  },
  {
    says: 'cluster role',
    by: 'kubectl-edit',
    finds: changed('ClusterRole', 'lab-viewer', '/rules/0/resources/0'),
    does: replace(rbac('clusterroles/lab-viewer'), '/rules/0/resources/0', 'secrets'),
  },
  {
    says: 'priority',
    by: 'kubectl-edit',
    finds: changed('PriorityClass', 'lab-high', '/description'),
    does: merge('/apis/scheduling.k8s.io/v1/priorityclasses/lab-high', { description: 'Other.' }),
  },
  {
    says: 'schedule',
    by: 'kubectl-edit',
    finds: changed('CronJob', 'lab/nightly', '/spec/schedule'),
    does: merge(cronJob, { spec: { schedule: '0 4 * * *' } }),
  },
  {
    says: 'command',
    by: 'kubectl-edit',
    finds: changed('CronJob', 'lab/nightly', '/spec/jobTemplate/spec/template/spec/containers/0/command/1'),
    does: replace(cronJob, '/spec/jobTemplate/spec/template/spec/containers/0/command/1', '--none'),
  },
  {
    says: 'webhook',
    by: 'kubectl-edit',
    finds: changed('ValidatingWebhookConfiguration', 'lab', '/webhooks/0/rules/0/operations/0'),
    does: replace(hook, '/webhooks/0/rules/0/operations/0', 'DELETE'),
  },
  {
    says: 'names',
    by: 'kubectl-edit',
    finds: changed('Certificate', 'lab/web', '/spec/dnsNames'),
    does: set(certificate, '/spec/dnsNames/-', 'evil.example.com'),
  },
  {
    says: 'duration',
    by: 'kubectl-edit',
    finds: changed('Certificate', 'lab/web', '/spec/duration'),
    does: merge(certificate, { spec: { duration: '24h' } }),
  },
  {
    says: 'key size',
    by: 'kubectl-patch',
    finds: changed('Certificate', 'lab/web', '/spec/privateKey/size'),
    does: merge(certificate, { spec: { privateKey: { size: 384 } } }),
  },
  {
    says: 'issuer deleted',
    by: 'kubectl',
    owns: false,
    finds: ['missing Issuer lab/ca'],
    does: remove('/apis/cert-manager.io/v1/namespaces/lab/issuers/ca'),
  },
  {
    says: 'namespace',
    by: 'kubectl-label',
    finds: changed('Namespace', 'lab', '/metadata/labels/team'),
    does: merge('/api/v1/namespaces/lab', { metadata: { labels: { team: 'other' } } }),
  },
  {
    says: 'Application',
    by: 'kubectl-edit',
    finds: changed('Application', 'argocd/lab-lab-objects', '/spec/syncPolicy/automated/selfHeal'),
    does: merge(application, { spec: { syncPolicy: { automated: { selfHeal: false } } } }),
  },
  {
    says: 'AppProject',
    by: 'kubectl-edit',
    finds: changed('AppProject', 'argocd/lab', '/spec/sourceRepos'),
    does: set('/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects/lab', '/spec/sourceRepos/-', '*'),
  },
  {
    says: 'left of an older revision',
    by: manager,
    needsPrediction: true,
    finds: changed('ConfigMap', 'lab/kept', '/data/old'),
    does: (cluster, by) => {
      const annotations = {
        'argocd.argoproj.io/sync-options': 'Prune=false',
        'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
        ...track('', 'ConfigMap', 'kept'),
      };
      const body = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kept', namespace: 'lab', annotations },
        data: { a: 'b', old: 'x' },
      };
      return change(cluster, { path: core('configmaps', 'kept'), type: 'apply', body, by });
    },
  },
  {
    says: 'extra',
    by: 'kubectl-create',
    owns: false,
    finds: ['extra ConfigMap lab/left'],
    does: configMap('left', { annotations: track('', 'ConfigMap', 'left') }),
  },
  {
    says: 'extra Service',
    by: 'kubectl-create',
    owns: false,
    finds: ['extra Service lab/left'],
    does: create('/api/v1/namespaces/lab/services', {
      metadata: { name: 'left', annotations: track('', 'Service', 'left') },
      spec: { ports: [{ port: 1 }] },
    }),
  },
  {
    says: 'extra Role',
    by: 'kubectl-create',
    owns: false,
    finds: ['extra Role lab/left'],
    does: create(rbac('namespaces/lab/roles'), {
      metadata: { name: 'left', annotations: track('rbac.authorization.k8s.io', 'Role', 'left') },
      rules: [],
    }),
  },
  {
    says: 'extra cluster role',
    by: 'kubectl-create',
    owns: false,
    finds: ['extra ClusterRole lab-left'],
    does: create(rbac('clusterroles'), {
      metadata: { name: 'lab-left', annotations: track('rbac.authorization.k8s.io', 'ClusterRole', 'lab-left') },
      rules: [],
    }),
  },
];

type NonDrift = Pick<Injected, 'says' | 'by' | 'does'>;

/** What controllers and people do that the tree says nothing of. */
export const nonDrifts: readonly NonDrift[] = [
  { says: 'label more', by: 'kubectl-label', does: merge(web, { metadata: { labels: { more: 'yes' } } }) },
  {
    says: 'restarted',
    by: 'kubectl-rollout',
    does: merge(web, {
      spec: {
        template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } },
      },
    }),
  },
  {
    says: 'status',
    by: 'kube-controller-manager',
    does: merge(`${web}/status`, { status: { observedGeneration: 1, replicas: 3 } }),
  },
  { says: 'cpu in another form', by: 'kubectl-edit', does: replace(web, `${first}/resources/requests/cpu`, '1000m') },
  {
    says: 'memory in another form',
    by: 'kubectl-edit',
    does: replace(web, `${first}/resources/requests/memory`, '1024Mi'),
  },
  {
    says: 'revision annotation',
    by: 'kube-controller-manager',
    does: merge(web, { metadata: { annotations: { 'deployment.kubernetes.io/revision': '4' } } }),
  },
  {
    says: 'history limit, not in the tree',
    by: 'kubectl-edit',
    does: merge(web, { spec: { revisionHistoryLimit: 3 } }),
  },
  {
    says: 'protocol written out',
    by: 'kubectl-edit',
    does: replace(web, `${first}/ports/0`, { name: 'http', containerPort: 8080, protocol: 'TCP' }),
  },
  { says: 'node port', by: 'kubectl-edit', does: set(core('services', 'web'), '/spec/ports/0/nodePort', 30080) },
  {
    says: 'session affinity',
    by: 'kubectl-edit',
    does: merge(core('services', 'web'), { spec: { sessionAffinity: 'ClientIP' } }),
  },
  {
    says: 'load balancer',
    by: 'cloud-controller',
    does: merge(`${ingress}/status`, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }),
  },
  {
    says: 'scaled by the autoscaler',
    by: 'horizontal-pod-autoscaler',
    does: merge(apps('deployments', 'scaled'), { spec: { replicas: 4 } }),
  },
  {
    says: 'sidecar',
    by: 'injector',
    does: does({
      path: apps('deployments', 'scaled'),
      type: 'strategic',
      body: {
        spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'registry.example.com/sidecar:1' }] } } },
      },
    }),
  },
  {
    says: 'authority of a webhook',
    by: 'cainjector',
    does: replace(hook, '/webhooks/0/clientConfig/caBundle', 'Cgo='),
  },
  {
    says: 'aggregated rules',
    by: 'clusterrole-aggregation-controller',
    does: merge(rbac('clusterroles/lab-aggregate'), {
      rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] }],
    }),
  },
  {
    says: 'manager that is trusted',
    by: 'node-tuner',
    does: replace(apps('daemonsets', 'agent'), `${first}/image`, 'registry.example.com/web:tuned'),
  },
  {
    says: 'order by key',
    by: 'kubectl-edit',
    does: replace(apps('statefulsets', 'db'), `${first}/env`, [
      { name: 'LEVEL', value: 'info' },
      { name: 'MODE', value: 'production' },
    ]),
  },
  {
    says: 'finalizer',
    by: 'kube-controller-manager',
    does: merge(core('persistentvolumeclaims', 'files'), {
      metadata: { finalizers: ['kubernetes.io/pvc-protection', 'example.com/more'] },
    }),
  },
  {
    says: 'volume bound',
    by: 'kube-controller-manager',
    does: merge(core('persistentvolumeclaims', 'files'), { spec: { volumeName: 'pv-1' } }),
  },
  {
    says: 'last applied',
    by: 'kubectl-client-side-apply',
    does: merge(core('configmaps', 'settings'), {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"gone":"x"}}' } },
    }),
  },
  {
    says: 'pull secrets',
    by: 'registry-operator',
    does: merge(core('serviceaccounts', 'web'), { imagePullSecrets: [{ name: 'registry' }] }),
  },
  {
    says: 'namespace annotations',
    by: 'openshift',
    does: merge('/api/v1/namespaces/lab', { metadata: { annotations: { 'openshift.io/sa.scc.uid-range': '1/1' } } }),
  },
  { says: 'certificate status', by: 'cert-manager', does: merge(`${certificate}/status`, { status: { revision: 3 } }) },
  { says: 'suspended, not in the tree', by: 'kubectl-edit', does: merge(cronJob, { spec: { suspend: true } }) },
  {
    says: 'secret with more keys',
    by: 'token-controller',
    does: merge(core('secrets', 'token'), { data: { more: 'eA==' } }),
  },
  {
    says: 'same value by another',
    by: 'other-operator',
    does: does({
      path: core('configmaps', 'settings'),
      type: 'apply',
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace: 'lab' },
        data: { level: 'info' },
      },
    }),
  },
  {
    says: 'Application refreshed',
    by: 'argocd-server',
    does: merge(application, {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
      operation: { initiatedBy: { username: 'admin' } },
    }),
  },
  {
    says: 'Application status',
    by: 'argocd-application-controller',
    does: merge(application, {
      status: { sync: { status: 'Synced', revision: 'abc' }, health: { status: 'Healthy' } },
    }),
  },
  {
    says: 'copied mark',
    by: 'some-controller',
    does: configMap('copied', { annotations: track('', 'ConfigMap', 'settings') }),
  },
  {
    says: 'extraneous is ignored',
    by: 'kubectl-create',
    does: configMap('ignored', {
      annotations: { ...track('', 'ConfigMap', 'ignored'), 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' },
    }),
  },
  {
    says: 'hook',
    by: 'kubectl-create',
    does: configMap('hook', {
      annotations: { ...track('', 'ConfigMap', 'hook'), 'argocd.argoproj.io/hook': 'PreSync' },
    }),
  },
  {
    says: 'owned by another',
    by: 'some-controller',
    does: configMap('owned', {
      annotations: track('', 'ConfigMap', 'owned'),
      ...owner('11111111-1111-1111-1111-111111111111'),
    }),
  },
  {
    says: 'of another Application',
    by: 'kubectl-create',
    does: configMap('foreign', { annotations: { 'argocd.argoproj.io/tracking-id': 'other:/ConfigMap:lab/foreign' } }),
  },
  { says: 'without a mark', by: 'kubectl-create', does: configMap('plain', {}) },
];

async function inTurn(cluster: Cluster, list: readonly NonDrift[]): Promise<void> {
  for (const item of list)
    await item.does(cluster, item.by).catch((error: unknown) => {
      throw new Error(`${item.says}: ${String(error)}`, { cause: error });
    });
}

export const applyDrifts = (cluster: Cluster): Promise<void> => inTurn(cluster, drifts);
export const applyNonDrifts = (cluster: Cluster): Promise<void> => inTurn(cluster, nonDrifts);

/** Takes back what was done, as Argo CD would. */
export async function restoreLab(cluster: Cluster, objects: readonly OwnedObject[]): Promise<void> {
  const left = [
    core('configmaps', 'left'),
    core('services', 'left'),
    rbac('namespaces/lab/roles/left'),
    rbac('clusterroles/lab-left'),
    core('configmaps', 'frozen'),
  ];
  for (const path of left) await cluster.plane.client.remove(path);
  for (const owned of objects) await applyOwned(cluster, owned);
}
