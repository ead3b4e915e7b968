import { locateMerged } from '../../config/merge.ts';
import { minorOf } from '../../kubernetes/version.ts';
import type { DiagnosticCode } from '../../model/codes.ts';
import type { Diagnostic, Location } from '../../model/diagnostic.ts';
import type { ClusterPlan } from '../../model/model.ts';
import { noFact, unknownFact } from '../../plan/clusterFacts.ts';
import { isMap, textAt, valueAt } from '../../model/values.ts';
import { many } from '../../report/text.ts';
import type { Observed } from './observe.ts';
import {
  argocdNamespaces,
  balanced,
  bundledIngresses,
  defaultClasses,
  distributionOf,
  kubeletCertificates,
  loadBalancers,
  metricsService,
  otherGatewayApi,
  policyEnforcer,
} from './signs.ts';

/** One thing looked at, and what is wrong with it. */
export interface ClusterCheck {
  readonly name: string;
  readonly found: string;
  readonly problem?: Diagnostic;
}

interface Found {
  readonly found: string;
  readonly wrong?: {
    readonly code: DiagnosticCode;
    readonly severity?: 'warning';
    readonly message: string;
    readonly hint: string;
  };
}

type Look = (plan: ClusterPlan, observed: Observed) => Found;

const unseen = (what: string): Found => ({
  found: 'not seen',
  wrong: {
    code: 'cluster/unseen',
    severity: 'warning',
    message: `The account of this context may not look at ${what}.`,
    hint: 'Use one that may (the ClusterRole view, and get for what is cluster-wide), or look yourself.',
  },
});

/** What is looked at, with the key of the spec that a finding about it is placed at. */
const looks: Readonly<Record<string, readonly [pointer: string, look: Look]>> = {
  version: ['/kubernetes/version', version],
  distribution: ['/kubernetes/distribution', distribution],
  'default StorageClass': ['/storage/default', storage],
  'load balancer': ['/network/loadBalancer', loadBalancer],
  'ingress controller': ['/network/ingress', ingress],
  'Gateway API': ['/network/gatewayAPI', gatewayApi],
  NetworkPolicies: ['/network/policies', policies],
  'kubelet certificates': ['/kubernetes/kubeletCertificates', kubelets],
  'metrics API': ['/capabilities/monitoring', metrics],
  'Argo CD': ['/capabilities/gitops', argocd],
};

/** Compares a cluster with what its spec says of it, before anything is installed. Pure. */
export function checkCluster(plan: ClusterPlan, observed: Observed): readonly ClusterCheck[] {
  const { layers, merged, name: cluster, source } = plan.cluster;
  return Object.entries(looks).map(([name, [pointer, look]]) => {
    const { found, wrong } = look(plan, observed);
    if (wrong === undefined) return { name, found };
    // what the spec does not say is what the distribution brings
    const said = valueAt(merged, pointer) === undefined ? '/kubernetes' : pointer;
    const at: Location = locateMerged(layers, said, 'value') ?? source.at('/metadata/name');
    return { name, found, problem: { severity: 'error', ...wrong, cluster, at } };
  });
}

function version({ cluster }: ClusterPlan, observed: Observed): Found {
  const said = cluster.info.kubernetes.version;
  const found = minorOf(observed.version.replace(/^v/, ''));
  if (observed.version === '' || found === minorOf(said)) return { found: observed.version };
  return {
    found: observed.version,
    wrong: {
      code: 'cluster/differs',
      message: `The cluster runs Kubernetes ${found}, and the spec says ${said}: what was checked is not what it serves.`,
      hint: `Set kubernetes.version to "${found}", or name the context of the right cluster.`,
    },
  };
}

function distribution({ cluster }: ClusterPlan, observed: Observed): Found {
  const said = cluster.info.kubernetes.distribution;
  const found = distributionOf(observed);
  if (found === undefined || found === said) return { found: found ?? 'cannot be told' };
  return {
    found,
    wrong: {
      code: 'cluster/differs',
      ...(said === 'generic' ? { severity: 'warning' } : {}),
      message: `The nodes run ${found}, and the spec says ${said}.`,
      hint: `Set kubernetes.distribution to ${found}; what is missing is then known before the sync.`,
    },
  };
}

function storage({ cluster }: ClusterPlan, observed: Observed): Found {
  const said = cluster.info.storage.default;
  const found = defaultClasses(observed);
  if (found === undefined) return unseen('StorageClasses');
  const shown = found.length === 0 ? 'none' : found.join(', ');
  if (said === noFact || (said === unknownFact && found.length === 1) || (found.length === 1 && found[0] === said))
    return { found: shown };
  return {
    found: shown,
    wrong: {
      code: 'cluster/differs',
      message:
        found.length > 1
          ? `${found.length} StorageClasses are the default one; the newest of them counts.`
          : `The default StorageClass is ${shown}${said === unknownFact ? '' : `, and the spec says ${said}`}.`,
      hint: 'Annotate one class with storageclass.kubernetes.io/is-default-class: "true", and name it in storage.default.',
    },
  };
}

function loadBalancer({ cluster, components }: ClusterPlan, observed: Observed): Found {
  const contract = cluster.contracts.get('network.loadBalancer');
  const implementation = textAt(contract?.value, 'implementation');
  const found = loadBalancers(observed);
  const { all, served } = balanced(observed);
  const shown = `${found.length === 0 ? 'no trace of any' : found.join(', ')}; ${served} of ${many(all, 'Service')} served`;
  const isOurs = contract !== undefined && contract.by !== '';
  const others = found.filter((name) => name !== implementation);
  if (isOurs && others.length > 0)
    return {
      found: shown,
      wrong: {
        code: 'cluster/occupied',
        message: `${others.join(' and ')} gives addresses already, and ${implementation ?? contract.by} would fight over them.`,
        hint: `Switch ${others.join(' and ')} off, or leave ${implementation ?? contract.by} out.`,
      },
    };
  // null where the options do not ask for it
  const isNeeded = components.some((c) => isMap(valueAt(c.context, '/contracts/network/loadBalancer')));
  const isFound = implementation === undefined ? found.length > 0 : found.includes(implementation);
  if (!isNeeded || isOurs || served > 0 || isFound) return { found: shown };
  return {
    found: shown,
    wrong: {
      code: 'cluster/differs',
      severity: 'warning',
      message: `There is no trace of ${implementation ?? 'anything'} that gives Services of type LoadBalancer addresses, and the gateway needs one.`,
      hint: 'Make such a Service and see that it gets an address, before the bootstrap.',
    },
  };
}

function ingress({ cluster }: ClusterPlan, observed: Observed): Found {
  const found = bundledIngresses(observed);
  if (found === undefined) return unseen('IngressClasses');
  const shown = found.length === 0 ? 'none' : found.join(', ');
  if (found.length === 0 || cluster.info.network.ingress !== noFact) return { found: shown };
  return {
    found: shown,
    wrong: {
      code: 'cluster/differs',
      severity: 'warning',
      message: `The IngressClass ${shown} is there, and the spec says that no ingress controller came with the nodes.`,
      hint: 'See whether it listens on ports 80 and 443 of the nodes, and switch it off.',
    },
  };
}

function gatewayApi({ cluster }: ClusterPlan, observed: Observed): Found {
  const found = otherGatewayApi(observed);
  if (found === undefined || cluster.contracts.get('edge.crds') === undefined) return { found: found ?? 'none' };
  return {
    found,
    wrong: {
      code: 'cluster/occupied',
      message: `Definitions of Gateway API are there (${found}), and edge brings its own.`,
      hint: 'Switch off what keeps them (docs/distributions.md); definitions that nobody keeps are taken over.',
    },
  };
}

function policies({ cluster }: ClusterPlan, observed: Observed): Found {
  if (observed.daemonSets === undefined) return unseen('DaemonSets');
  const found = policyEnforcer(observed);
  if (found !== undefined || cluster.info.network.policies === noFact || cluster.tenants.length === 0)
    return { found: found ?? 'nobody known enforces them' };
  return {
    found: 'nobody known enforces them',
    wrong: {
      code: 'cluster/differs',
      message:
        'No network add-on that is known to enforce NetworkPolicies runs, and they are all that keeps the teams apart.',
      hint: 'Try it: a pod in a namespace with a policy that denies everything must not reach any other.',
      severity: 'warning',
    },
  };
}

function kubelets({ cluster }: ClusterPlan, observed: Observed): Found {
  const found = kubeletCertificates(observed);
  const said = cluster.info.kubernetes.kubeletCertificates;
  if (found === undefined || said === unknownFact || said === found) return { found: found ?? 'cannot be told' };
  return {
    found,
    wrong: {
      code: 'cluster/differs',
      message: `The serving certificates of the kubelets are ${found}, and the spec says ${said}: ${found === 'signed' ? 'metrics-server does not have to trust them blindly' : 'metrics-server would refuse them'}.`,
      hint: `Set kubernetes.kubeletCertificates to ${found}, or change the nodes.`,
      ...(found === 'signed' ? { severity: 'warning' as const } : {}),
    },
  };
}

function metrics({ components }: ClusterPlan, observed: Observed): Found {
  const found = metricsService(observed);
  if (found === undefined) return unseen('APIServices');
  const own = components.find((c) => c.name === 'metrics-server');
  if (found === null || own === undefined || observed.root !== null) return { found: found ?? 'none' };
  return {
    found,
    wrong: {
      code: 'cluster/occupied',
      message: `metrics.k8s.io is served by ${found} already, and this tree installs a metrics-server of its own.`,
      hint: 'Set monitoring.metricsServer.enabled to false, or take the other one away.',
    },
  };
}

function argocd({ cluster }: ClusterPlan, observed: Observed): Found {
  if (observed.deployments === undefined) return unseen('Deployments');
  const { namespace, hub } = cluster.info.argocd;
  const found = argocdNamespaces(observed);
  const shown = found.length === 0 ? 'none' : `in ${found.join(', ')}`;
  if (observed.root !== null && observed.root !== undefined)
    return { found: `${shown}; the root ${cluster.name} is there` };
  if (observed.root === undefined) return unseen('Applications');
  if (found.length === 0 || (hub !== null && found.every((n) => n !== namespace))) return { found: shown };
  return {
    found: shown,
    wrong: {
      code: 'cluster/occupied',
      message: `An Argo CD runs ${shown} already, and it is not this tree's: both would claim the same definitions${found.includes(namespace) ? ' and objects' : ''}.`,
      hint: 'Take it away first, or manage this cluster from a hub (argocd.hub).',
    },
  };
}
