import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { asMap, asString, isMap, mapAt, setMember } from '../model/values.ts';

export const trackingAnnotation = 'argocd.argoproj.io/tracking-id';
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Fields of metadata that the server writes, and that say nothing about what somebody wanted. */
const ofServer = [
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** What of an object is compared: without status, without what only the server writes. */
export function comparable(object: ValueMap): ValueMap {
  const { status: _status, metadata, ...rest } = object;
  const kept: MutableMap = { ...asMap(metadata) };
  for (const name of ofServer) delete kept[name];
  const { [lastApplied]: _applied, ...annotations } = mapAt(kept, 'annotations');
  for (const [name, map] of [
    ['annotations', annotations],
    ['labels', mapAt(kept, 'labels')],
  ] as const) {
    if (Object.keys(map).length === 0) delete kept[name];
    else kept[name] = map;
  }
  return { ...rest, metadata: kept };
}

/** A Secret as the server stores it: `stringData` is written into `data`. */
export function storedForm(object: ValueMap): ValueMap {
  if (object['kind'] !== 'Secret' || object['apiVersion'] !== 'v1' || !isMap(object['stringData'])) return object;
  const { stringData, ...rest } = object;
  const data: MutableMap = { ...mapAt(rest, 'data') };
  for (const [key, text] of Object.entries(stringData))
    setMember(data, key, Buffer.from(asString(text) ?? '').toString('base64'));
  return { ...rest, data };
}

/** A ClusterRole whose rules a controller of the cluster collects from others. */
export function isAggregated(object: ValueMap): boolean {
  return object['kind'] === 'ClusterRole' && isMap(object['aggregationRule']);
}

/** One line of JSON, not longer than people read. */
export function printable(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value);
  return text.length <= 160 ? text : `${text.slice(0, 157)}...`;
}
