/** A fleet of one cluster whose tree has an object of every sort that drifts, for test/e2e/drift.test.ts. */
import { labVersions } from './programs.ts';

const head = (kind: string, name: string): string =>
  `apiVersion: slipway.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;

const labels = 'labels: { app: web }';
const container = `
        - name: web
          image: registry.example.com/web:1.2.3
          args: [--port=8080, --verbose]
          env:
            - { name: MODE, value: production }
            - { name: LEVEL, value: info }
          ports:
            - { name: http, containerPort: 8080 }
            - { name: metrics, containerPort: 9090 }
          resources:
            requests: { cpu: "1", memory: 1Gi }
            limits: { memory: 2Gi }
          readinessProbe: { httpGet: { path: /ready, port: http }, periodSeconds: 5 }
          volumeMounts:
            - { name: config, mountPath: /etc/web }`;

const workload = (kind: string, name: string, more: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: lab
  annotations: { example.com/owner: platform, example.com/tier: gold }
  labels: { app: web, team: platform }
spec:
${more}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      serviceAccountName: web
      nodeSelector: { kubernetes.io/os: linux }
      tolerations:
        - { key: dedicated, operator: Equal, value: web, effect: NoSchedule }
      securityContext: { runAsNonRoot: true }
      volumes:
        - { name: config, configMap: { name: settings } }
        - { name: scratch, emptyDir: {} }
      containers:${container}`;

export const labObjects: readonly string[] = [
  workload('Deployment', 'web', '  replicas: 3\n  strategy: { rollingUpdate: { maxSurge: 1 } }'),
  workload('Deployment', 'second', '  replicas: 2'),
  workload('Deployment', 'scaled', '  replicas: 2'),
  workload('DaemonSet', 'agent', '  updateStrategy: { type: RollingUpdate }'),
  workload(
    'StatefulSet',
    'db',
    '  serviceName: db\n  replicas: 3\n  volumeClaimTemplates:\n    - metadata: { name: data }\n      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 10Gi } } }',
  ),
  `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: lab, ${labels} }\nspec:\n  type: NodePort\n  selector: { app: web }\n  ports:\n    - { name: http, port: 80, targetPort: http }\n    - { name: metrics, port: 9090 }`,
  `apiVersion: v1\nkind: Service\nmetadata: { name: db, namespace: lab }\nspec: { clusterIP: None, selector: { app: db }, ports: [{ name: sql, port: 5432 }] }`,
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: lab }\ndata:\n  level: info\n  mode: fast\n  web.conf: |\n    listen 80\n    root /srv`,
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: gone, namespace: lab }\ndata: { a: b }`,
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: frozen, namespace: lab }\nimmutable: true\ndata: { a: b }`,
  `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web, namespace: lab }\nautomountServiceAccountToken: false`,
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web, namespace: lab }\nspec:\n  ingressClassName: nginx\n  rules:\n    - host: web.example.com\n      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { name: http } } } }] }`,
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web, namespace: lab }\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - namespaceSelector: { matchLabels: { team: platform } }\n      ports: [{ port: 8080 }]`,
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: scaled, namespace: lab }\nspec:\n  minReplicas: 2\n  maxReplicas: 5\n  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: scaled }\n  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 80 } } }]`,
  `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web, namespace: lab }\nspec: { minAvailable: 1, selector: { matchLabels: { app: web } } }`,
  `apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: quota, namespace: lab }\nspec: { hard: { requests.cpu: "20", requests.memory: 64Gi } }`,
  `apiVersion: v1\nkind: LimitRange\nmetadata: { name: limits, namespace: lab }\nspec: { limits: [{ type: Container, default: { cpu: 500m, memory: 256Mi } }] }`,
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: reader, namespace: lab }\nrules:\n  - { apiGroups: [""], resources: [pods], verbs: [get, list] }`,
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: reader, namespace: lab }\nroleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader }\nsubjects:\n  - { kind: ServiceAccount, name: web, namespace: lab }`,
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: lab-aggregate }\naggregationRule: { clusterRoleSelectors: [{ matchLabels: { lab.example.com/aggregate: "true" } }] }\nrules: []`,
  `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: lab-viewer, labels: { lab.example.com/aggregate: "true" } }\nrules:\n  - { apiGroups: [apps], resources: [deployments], verbs: [get] }`,
  `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: lab-high }\nvalue: 1000\ndescription: For the lab.`,
  `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: nightly, namespace: lab }\nspec:\n  schedule: "0 3 * * *"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: OnFailure\n          containers: [{ name: job, image: "registry.example.com/job:1", command: [run, --all] }]`,
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: { name: lab }\nwebhooks:\n  - name: one.lab.example.com\n    admissionReviewVersions: [v1]\n    sideEffects: None\n    clientConfig: { service: { name: web, namespace: lab }, caBundle: Cg== }\n    rules: [{ apiGroups: [lab.example.com], apiVersions: [v1], operations: [CREATE], resources: [things] }]`,
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: files, namespace: lab }\nspec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 5Gi } } }`,
  `apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: web, namespace: lab }\nspec:\n  secretName: web-tls\n  duration: 2160h\n  dnsNames: [web.example.com, www.example.com]\n  issuerRef: { name: ca, kind: Issuer }\n  privateKey: { algorithm: ECDSA, size: 256 }`,
  `apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: { name: ca, namespace: lab }\nspec: { ca: { secretName: ca } }`,
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kept\n  namespace: lab\n  annotations: { argocd.argoproj.io/sync-options: "Prune=false" }\ndata: { a: b }`,
];

/** A Secret with its content is refused by render; its file is laid into the tree after it. */
export const labSecret = {
  path: 'deploy/lab/manifests/lab-objects/secret-lab-token.yaml',
  text: `apiVersion: v1\nkind: Secret\nmetadata: { name: token, namespace: lab }\nstringData: { user: admin, password: initial-password }\ndata: { extra: c2VjcmV0LWV4dHJh }\n`,
};

const reason = 'Nothing of it is needed to compare.';

/** What the objects name although nothing here provides it, and the volume that may go with them. */
const beside = `  externals:
    - { kind: networking.k8s.io/IngressClass, name: nginx, reason: ${reason} }
    - { kind: storage.k8s.io/StorageClass, name: fast, reason: ${reason} }
    - { kind: Secret, namespace: lab, name: ca, reason: ${reason} }
    - { kind: apiextensions.k8s.io/CustomResourceDefinition, name: cert-manager.io/*, reason: The test brings them. }
  silence:
    - { code: argocd/unprotected, name: files, reason: ${reason} }
`;

export function labFiles(): Record<string, string> {
  const files: Record<string, string> = {
    'catalog/catalog.yaml': `${head('Catalog', 'lab')}spec:\n  version: 1.0.0\n  kubernetes: { minimum: "1.33" }\n  argocd: { version: ${labVersions.argocd} }\n`,
    'catalog/lab/capability.yaml': `${head('Capability', 'lab')}spec:\n  summary: Objects that drift.\n  options: { type: object, properties: {} }\n`,
    'catalog/lab/lab-objects/component.yaml': `${head('Component', 'lab-objects')}spec:
  summary: Objects.
  namespace: lab
  ignoreDifferences:
    - { group: apps, kind: Deployment, name: scaled, jsonPointers: [/spec/replicas], reason: An autoscaler sets it. }
    - { group: admissionregistration.k8s.io, kind: ValidatingWebhookConfiguration, jqPathExpressions: [".webhooks[]?.clientConfig.caBundle"], reason: A controller fills it in. }
    - { group: apps, kind: DaemonSet, managedFieldsManagers: [node-tuner], reason: A controller of the platform. }
`,
    'catalog/lab/lab-objects/contributes.yaml.hbs': 'namespaces:\n  - { name: lab, labels: { team: platform } }\n',
    'clusters/lab.yaml': `${head('Cluster', 'lab')}spec:\n  domain: lab.example.com\n  kubernetes: { version: "1.34" }\n  git: { repoURL: "https://git.example.com/fleet.git" }\n  capabilities: { lab: {} }\n${beside}`,
  };
  for (const [i, text] of labObjects.entries())
    files[`catalog/lab/lab-objects/manifests/${String(i).padStart(2, '0')}.yaml.hbs`] = `${text}\n`;
  return files;
}

/** A component whose chart stands in the repository, with a hook that is run and not kept. */
export const labChart: Readonly<Record<string, string>> = {
  'catalog/lab/lab-chart/component.yaml': `${head('Component', 'lab-chart')}spec:\n  summary: A chart.\n  namespace: lab\n  chart: { repository: ./charts/web, name: web, version: 1.0.0 }\n`,
  'catalog/lab/lab-chart/values.yaml.hbs': 'replicas: 2\n',
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'charts/web/values.yaml': 'replicas: 1\n',
  'charts/web/templates/deployment.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: charted, annotations: null }\nspec:\n  replicas: {{ .Values.replicas }}\n  selector: { matchLabels: { app: charted } }\n  template:\n    metadata: { labels: { app: charted } }\n    spec: { containers: [{ name: web, image: "registry.example.com/web:{{ .Chart.Version }}" }] }\n',
  'charts/web/templates/role.yaml':
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: charted }\nrules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]\n',
  'charts/web/templates/hook.yaml':
    'apiVersion: batch/v1\nkind: Job\nmetadata: { name: charted, annotations: { helm.sh/hook: pre-install } }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: job, image: "registry.example.com/job:1" }] } } }\n',
};
