import type { ApplicationVerdict, ObjectDrift } from '../model/drift.ts';
import type { ValueMap } from '../model/values.ts';
import { asList, asMap, asString } from '../model/values.ts';
import type { TreeApplication } from './desired.ts';

/** What Argo CD wrote into the status of an Application; undefined: it is not there. */
export function verdictOf(
  application: TreeApplication,
  live: ValueMap | undefined,
  own: readonly ObjectDrift[],
  wasCompared: boolean,
): ApplicationVerdict {
  const status = asMap(live?.['status']);
  const sync = asMap(status['sync']);
  const health = asMap(status['health']);
  const operation = asMap(status['operationState']);
  const phase = asString(operation['phase']) ?? '';
  const revisions = asList(sync['revisions']).map(String);
  const verdict = {
    application: application.name,
    component: application.component,
    sync: live === undefined ? 'Missing' : (asString(sync['status']) ?? 'Unknown'),
    health: live === undefined ? 'Missing' : (asString(health['status']) ?? 'Unknown'),
    revision: asString(sync['revision']) ?? revisions.join(','),
    reconciledAt: asString(status['reconciledAt']) ?? '',
    conditions: asList(status['conditions']).map((item) => ({
      type: asString(asMap(item)['type']) ?? '',
      message: asString(asMap(item)['message']) ?? '',
    })),
    ...(phase === '' || phase === 'Succeeded'
      ? {}
      : { operation: `${phase}: ${asString(operation['message']) ?? ''}` }),
  };
  const disagreement = wasCompared ? disagreementOf(verdict.sync, own) : undefined;
  return { ...verdict, ...(disagreement === undefined ? {} : { disagreement }) };
}

function disagreementOf(sync: string, own: readonly ObjectDrift[]): string | undefined {
  const count = `${own.length} object${own.length === 1 ? '' : 's'}`;
  if (sync === 'Synced' && own.length > 0)
    return `Argo CD says Synced, and ${count} of it differ${own.length === 1 ? 's' : ''} from the tree`;
  if (sync === 'OutOfSync' && own.length === 0)
    return 'Argo CD says OutOfSync, and nothing of it differs from the tree';
  return undefined;
}

/** Objects that Argo CD itself says are not as they should be; for charts that nobody here can render. */
export function reportedDrift(application: TreeApplication, live: ValueMap): ObjectDrift[] {
  return asList(asMap(live['status'])['resources']).flatMap((item): ObjectDrift[] => {
    const resource = asMap(item);
    if (resource['status'] !== 'OutOfSync' || resource['hook'] === true) return [];
    const group = asString(resource['group']) ?? '';
    const version = asString(resource['version']) ?? '';
    const isMissing = asMap(resource['health'])['status'] === 'Missing';
    const state = resource['requiresPruning'] === true ? 'extra' : isMissing ? 'missing' : 'changed';
    return [
      {
        component: application.component,
        application: application.name,
        state,
        apiVersion: group === '' ? version : `${group}/${version}`,
        kind: asString(resource['kind']) ?? '',
        namespace: asString(resource['namespace']) ?? '',
        name: asString(resource['name']) ?? '',
        fields: [],
        by: 'argocd',
        note: 'Argo CD says so; which fields it does not say',
      },
    ];
  });
}
