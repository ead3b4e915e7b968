import type { ValueMap } from '../../model/values.ts';

export const text: ValueMap = { type: 'string' };
const texts: ValueMap = { type: 'object', additionalProperties: text };
const time: ValueMap = { type: 'string', format: 'date-time' };
const int64: ValueMap = { type: 'integer', format: 'int64' };
const flag: ValueMap = { type: 'boolean' };
const closed = (properties: ValueMap, required: readonly string[] = []): ValueMap => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...(required.length > 0 ? { required } : {}),
});

/** ObjectMeta of Kubernetes' meta/v1: CRDs leave metadata open, because the API server knows its shape itself. */
export const objectMeta: ValueMap = closed({
  annotations: texts,
  creationTimestamp: time,
  deletionGracePeriodSeconds: int64,
  deletionTimestamp: time,
  finalizers: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
  generateName: text,
  generation: int64,
  labels: texts,
  name: text,
  namespace: text,
  resourceVersion: text,
  selfLink: text,
  uid: text,
  managedFields: {
    type: 'array',
    items: closed({
      apiVersion: text,
      fieldsType: text,
      fieldsV1: { type: 'object' },
      manager: text,
      operation: text,
      subresource: text,
      time,
    }),
  },
  ownerReferences: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['uid'],
    items: {
      ...closed({ apiVersion: text, blockOwnerDeletion: flag, controller: flag, kind: text, name: text, uid: text }, [
        'apiVersion',
        'kind',
        'name',
        'uid',
      ]),
      'x-kubernetes-map-type': 'atomic',
    },
  },
});
