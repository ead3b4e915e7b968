import { immutableFields } from '../kubernetes/immutableFields.ts';
import type { FieldGuard } from '../model/guard.ts';

/** What moves the objects of a component that holds data somewhere else, and leaves the data behind. */
const movesData: readonly string[] = [
  'spec.destination.namespace',
  'spec.destination.server',
  'spec.destination.name',
  'spec.source.helm.releaseName',
];

const refusal = (kind: string, field: string): FieldGuard => ({
  component: '',
  kind,
  name: undefined,
  field,
  match: undefined,
  allow: 'nothing',
  endless: undefined,
  because: 'the API server refuses to change it',
  hint: 'Give the object another name, or delete it on the cluster first.',
  unsetOption: undefined,
});

const relocation = (component: string, field: string): FieldGuard => ({
  component,
  kind: 'argoproj.io/Application',
  name: undefined,
  field,
  match: undefined,
  allow: 'nothing',
  endless: undefined,
  because: 'it holds data, which stays where it was while everything is made anew without it',
  hint: 'Keep what stands, or move the data first.',
  unsetOption: undefined,
});

/** Fields that the API server guards, whatever the catalog says. */
export const guardsOfKubernetes: readonly FieldGuard[] = [
  ...Object.entries(immutableFields).flatMap(([kind, fields]) => fields.map((field) => refusal(kind, field))),
  { ...refusal('PersistentVolumeClaim', 'spec.resources.requests.storage'), allow: 'increase' },
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind): FieldGuard => ({
    ...refusal(`apps/${kind}`, 'spec.template.spec.volumes[*].persistentVolumeClaim.claimName'),
    allow: 'increase',
    because: 'what was written stays in the claim, and pods start without it',
    hint: 'Keep the claim, or copy what is in it first.',
  })),
];

/** The version of the chart, as a number or behind the name of a tag. */
const olderChart = (component: string): FieldGuard => ({
  ...relocation(component, 'spec.source.targetRevision'),
  match: '^(?:refs/tags/\\D*)?v?(\\d+\\.\\d+(?:\\.\\d+)*)',
  allow: 'increase',
  because: 'it holds data, and an older version may not read what the newer one wrote',
  hint: 'Keep the version, or read in the release notes of the chart that the way back is open.',
});

/** Those of a component that holds data. */
export const relocations = (component: string): readonly FieldGuard[] => [
  ...movesData.map((field) => relocation(component, field)),
  olderChart(component),
];
