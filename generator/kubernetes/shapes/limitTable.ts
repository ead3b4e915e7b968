/** One limit of the API server, or of a program that reads the object; what schemas say themselves (maxItems, maxLength) is not here. */
export interface Limit {
  /** group/Kind; nothing before the slash for the core group. */
  readonly kinds: readonly string[];
  /** JSON pointers, `*` for every item or member. */
  readonly at: readonly string[];
  /** Only where the value at a pointer is one of these. */
  readonly where?: { readonly at: string; readonly is: readonly string[] };
  readonly counts: 'characters' | 'bytes' | 'entries';
  readonly max: number;
  /** Ends a sentence: "… 52 are allowed: its Jobs add 11 characters". */
  readonly because: string;
  /** Where it was read. */
  readonly source: string;
}

const workloads = ['apps/DaemonSet', 'apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'batch/Job'];
const podKinds = ['/Pod', ...workloads, 'batch/CronJob'];
const podSpecs = ['/spec', '/spec/template/spec', '/spec/jobTemplate/spec/template/spec'];
const inPods = (...pointers: readonly string[]): string[] => podSpecs.flatMap((pod) => pointers.map((p) => pod + p));

const core = 'kubernetes 1.36, pkg/apis/core/validation';
const label = 'it is the value of a label';

/** Names that are shorter than those of other kinds. */
const names: readonly Limit[] = [
  {
    kinds: ['batch/CronJob'],
    at: ['/metadata/name'],
    counts: 'characters',
    max: 52,
    because: 'its Jobs add 11, and have 63',
    source: 'kubernetes 1.36, pkg/apis/batch/validation, ValidateCronJobCreate',
  },
  {
    kinds: ['batch/Job'],
    at: ['/metadata/name'],
    counts: 'characters',
    max: 63,
    because: 'its pods carry it as a label (job-name)',
    source: 'kubernetes 1.36, pkg/apis/batch/validation, validateGeneratedSelector',
  },
  {
    kinds: ['apps/StatefulSet'],
    at: ['/metadata/name'],
    counts: 'characters',
    max: 52,
    because:
      'its pods carry it with a hash of 10 as a label (controller-revision-hash), and are refused with more than 63',
    source:
      'kubernetes 1.36, pkg/controller/statefulset, setPodRevision; pkg/controller/history, ControllerRevisionName',
  },
  {
    kinds: ['postgresql.cnpg.io/Cluster'],
    at: ['/metadata/name'],
    counts: 'characters',
    max: 50,
    because: 'Services and pods are named after it',
    source: 'cloudnative-pg 1.30, internal/webhook/v1/cluster_webhook.go',
  },
  {
    kinds: ['kafka.strimzi.io/KafkaUser'],
    at: ['/metadata/name'],
    where: { at: '/spec/authentication/type', is: ['tls', 'tls-external'] },
    counts: 'characters',
    max: 64,
    because: 'it is the common name of a certificate',
    source: 'strimzi 1.2, user-operator, KafkaUserModel',
  },
  {
    kinds: ['cert-manager.io/Certificate'],
    at: ['/spec/commonName'],
    counts: 'bytes',
    max: 64,
    because: 'X.509 has no room for more',
    source: 'cert-manager 1.21, internal/apis/certmanager/validation/certificate.go',
  },
];

/** Names inside of objects. */
const parts: readonly Limit[] = [
  {
    kinds: podKinds,
    at: inPods('/containers/*/name', '/initContainers/*/name', '/volumes/*/name', '/hostname', '/subdomain'),
    counts: 'characters',
    max: 63,
    because: 'it is a DNS label',
    source: `${core}, ValidateDNS1123Label`,
  },
  {
    kinds: podKinds,
    at: inPods('/containers/*/ports/*/name', '/initContainers/*/ports/*/name'),
    counts: 'characters',
    max: 15,
    because: 'it is a service name of IANA',
    source: 'apimachinery 0.36, pkg/util/validation, IsValidPortName',
  },
  {
    kinds: ['/Service'],
    at: ['/spec/ports/*/name'],
    counts: 'characters',
    max: 63,
    because: 'it is a DNS label',
    source: `${core}, validateServicePort`,
  },
  {
    kinds: [...workloads, '/PersistentVolumeClaim', 'policy/PodDisruptionBudget'],
    at: ['/spec/selector/matchLabels/*'],
    counts: 'characters',
    max: 63,
    because: label,
    source: 'apimachinery 0.36, pkg/apis/meta/v1/validation, ValidateLabelSelector',
  },
  {
    kinds: ['networking.k8s.io/NetworkPolicy'],
    at: ['/spec/podSelector/matchLabels/*'],
    counts: 'characters',
    max: 63,
    because: label,
    source: 'apimachinery 0.36, pkg/apis/meta/v1/validation, ValidateLabelSelector',
  },
  {
    kinds: ['/Service'],
    at: ['/spec/selector/*'],
    counts: 'characters',
    max: 63,
    because: label,
    source: `${core}, ValidateService`,
  },
  {
    kinds: podKinds,
    at: inPods('/nodeSelector/*'),
    counts: 'characters',
    max: 63,
    because: label,
    source: `${core}, ValidatePodSpec`,
  },
];

/** Lists and maps whose length no schema says. */
const lengths: readonly Limit[] = [
  {
    kinds: podKinds,
    at: inPods('/dnsConfig/nameservers'),
    counts: 'entries',
    max: 3,
    because: 'resolvers read no more',
    source: `${core}, MaxDNSNameservers`,
  },
  {
    kinds: podKinds,
    at: inPods('/dnsConfig/searches'),
    counts: 'entries',
    max: 32,
    because: 'resolvers read no more',
    source: `${core}, MaxDNSSearchPaths`,
  },
  {
    kinds: ['batch/Job', 'batch/CronJob'],
    at: ['/spec', '/spec/jobTemplate/spec'].map((job) => `${job}/podFailurePolicy/rules`),
    counts: 'entries',
    max: 20,
    because: 'the API server takes no more',
    source: 'kubernetes 1.36, pkg/apis/batch/validation, maxPodFailurePolicyRules',
  },
  {
    kinds: ['storage.k8s.io/StorageClass'],
    at: ['/parameters'],
    counts: 'entries',
    max: 512,
    because: 'the API server takes no more',
    source: 'kubernetes 1.36, pkg/apis/storage/validation, maxProvisionerParameterLen',
  },
  {
    kinds: ['networking.k8s.io/IngressClass'],
    at: ['/spec/controller'],
    counts: 'characters',
    max: 250,
    because: 'the API server takes no more',
    source: 'kubernetes 1.36, pkg/apis/networking/validation, maxLenIngressClassController',
  },
];

export const limits: readonly Limit[] = [...names, ...parts, ...lengths];
