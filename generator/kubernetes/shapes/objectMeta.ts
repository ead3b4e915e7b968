import type { ValueMap } from '../../model/values.ts';

export const textShape: ValueMap = { type: 'string' };
const texts: ValueMap = { type: 'object', additionalProperties: textShape };
const time: ValueMap = { type: 'string', format: 'gotime' };
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
  finalizers: { type: 'array', items: textShape, 'x-kubernetes-list-type': 'set' },
  generateName: textShape,
  generation: int64,
  labels: texts,
  name: textShape,
  namespace: textShape,
  resourceVersion: textShape,
  selfLink: textShape,
  uid: textShape,
  managedFields: {
    type: 'array',
    items: closed({
      apiVersion: textShape,
      fieldsType: textShape,
      fieldsV1: { type: 'object' },
      manager: textShape,
      operation: textShape,
      subresource: textShape,
      time,
    }),
  },
  ownerReferences: {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['uid'],
    items: {
      ...closed(
        {
          apiVersion: textShape,
          blockOwnerDeletion: flag,
          controller: flag,
          kind: textShape,
          name: textShape,
          uid: textShape,
        },
        ['apiVersion', 'kind', 'name', 'uid'],
      ),
      'x-kubernetes-map-type': 'atomic',
    },
  },
});
