import type { Value, ValueMap } from '../model/values.ts';
import { isList, isMap } from '../model/values.ts';

/** A value of a chart that people usually set, with the default that the chart has for it. */
export interface UsualValue {
  /** Keys from the top of the values. */
  readonly path: readonly string[];
  readonly value: Value;
  /** What a component makes an option of; undefined: the value is offered as it is. */
  readonly role?: 'replicas' | 'storage' | 'monitor';
}

/** Maps of which some keys are offered; `*` is the map as a whole. */
const topics: Readonly<Record<string, readonly string[]>> = {
  image: ['registry', 'repository', 'tag', 'pullPolicy'],
  imagePullSecrets: ['*'],
  resources: ['*'],
  ingress: ['enabled', 'className', 'ingressClassName', 'annotations', 'hostname', 'hosts', 'tls'],
  persistence: ['enabled', 'size', 'storageClass', 'storageClassName', 'accessModes', 'existingClaim'],
  persistentVolume: ['enabled', 'size', 'storageClass', 'storageClassName', 'accessModes'],
  storage: ['enabled', 'size', 'storageClass', 'storageClassName', 'className'],
  metrics: ['enabled', 'serviceMonitor', 'podMonitor'],
  serviceMonitor: ['enabled', 'interval', 'labels', 'additionalLabels', 'namespace'],
  podMonitor: ['enabled', 'interval', 'labels', 'additionalLabels', 'namespace'],
  prometheusRule: ['enabled', 'labels', 'additionalLabels', 'namespace'],
  podSecurityContext: ['*'],
  securityContext: ['*'],
  containerSecurityContext: ['*'],
  podDisruptionBudget: ['*'],
  pdb: ['*'],
  autoscaling: ['enabled', 'minReplicas', 'maxReplicas'],
  serviceAccount: ['create', 'name', 'annotations'],
  nodeSelector: ['*'],
  tolerations: ['*'],
  affinity: ['*'],
  topologySpreadConstraints: ['*'],
  priorityClassName: ['*'],
  extraEnv: ['*'],
  logLevel: ['*'],
};

const replicas = /^(?:replicas|replicaCount)$/;
const sizes: readonly string[] = ['persistence', 'persistentVolume', 'storage'];

/** Parts of a chart (`controller`, `webhook`) may have the same values; they are looked for so deep. */
const maxDepth = 3;
/** Long defaults are examples and configuration of their own: nobody starts from them (characters). */
const maxLength = 400;

/**
 * The values of a chart that people usually set, in the order of its values.yaml, without those of subcharts. The first number
 * of replicas and the first size of a volume that is on have a role, and so has each switch of a ServiceMonitor.
 */
export function usualValues(values: ValueMap, subcharts: ReadonlySet<string>): readonly UsualValue[] {
  const found = Object.entries(values).flatMap(([key, value]) => (subcharts.has(key) ? [] : usualIn([key], value)));
  const first = (role: UsualValue['role']): UsualValue | undefined => {
    const all = found.filter((v) => v.role === role);
    return all.sort((a, b) => a.path.length - b.path.length)[0];
  };
  const only = new Set([first('replicas'), first('storage')]);
  return found.map((entry) => {
    if (entry.role === undefined || entry.role === 'monitor' || only.has(entry)) return entry;
    const { role: _role, ...rest } = entry;
    return rest;
  });
}

function usualIn(path: readonly string[], value: Value): UsualValue[] {
  const key = path.at(-1) ?? '';
  if (replicas.test(key) && typeof value === 'number') return [{ path, value, role: 'replicas' }];
  const offered = topics[key];
  if (offered !== undefined)
    return isMap(value) && !offered.includes('*') ? membersOf(path, value, offered) : whole(path, value);
  if (!isMap(value) || path.length >= maxDepth) return [];
  return Object.entries(value).flatMap(([name, child]) => usualIn([...path, name], child as Value));
}

function membersOf(path: readonly string[], map: ValueMap, offered: readonly string[]): UsualValue[] {
  const key = path.at(-1) ?? '';
  return Object.entries(map).flatMap(([name, child]) => {
    const inner = [...path, name];
    if (topics[name] !== undefined && isMap(child) && name !== key) return usualIn(inner, child);
    if (!offered.includes(name)) return [];
    if (name === 'enabled' && /Monitor$/.test(key) && child === false)
      return [{ path: inner, value: child, role: 'monitor' }];
    const isVolume = sizes.includes(key) && name === 'size' && map['enabled'] !== false;
    if (isVolume && typeof child === 'string' && child !== '') return [{ path: inner, value: child, role: 'storage' }];
    return whole(inner, child as Value);
  });
}

/** What is offered as it is; what holds a template of Helm would be read as one of Slipway's. */
function whole(path: readonly string[], value: Value): UsualValue[] {
  const printed = JSON.stringify(value);
  if (printed.length > maxLength || printed.includes('{{')) return [];
  return isList(value) || isMap(value) || value !== undefined ? [{ path, value }] : [];
}
