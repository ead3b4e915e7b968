import type { ApplicationVerdict, ObjectDrift } from '../model/drift.ts';
import type { ValueMap } from '../model/values.ts';
import { asMap, getAt, listAt, mapAt, textAt } from '../model/values.ts';
import type { TreeApplication } from './desired.ts';

/** What Argo CD wrote into the status of an Application; undefined: it is not there. */
export function verdictOf(
  application: TreeApplication,
  live: ValueMap | undefined,
  own: readonly ObjectDrift[],
  wasCompared: boolean,
): ApplicationVerdict {
  const status = mapAt(live, 'status');
  const sync = mapAt(status, 'sync');
  const health = mapAt(status, 'health');
  const operation = mapAt(status, 'operationState');
  const phase = textAt(operation, 'phase') ?? '';
  const revisions = listAt(sync, 'revisions').map(String);
  const verdict = {
    application: application.name,
    component: application.component,
    sync: live === undefined ? 'Missing' : (textAt(sync, 'status') ?? 'Unknown'),
    health: live === undefined ? 'Missing' : (textAt(health, 'status') ?? 'Unknown'),
    revision: textAt(sync, 'revision') ?? revisions.join(','),
    reconciledAt: textAt(status, 'reconciledAt') ?? '',
    conditions: listAt(status, 'conditions').map((item) => ({
      type: textAt(item, 'type') ?? '',
      message: textAt(item, 'message') ?? '',
    })),
    ...(phase === '' || phase === 'Succeeded' ? {} : { operation: `${phase}: ${textAt(operation, 'message') ?? ''}` }),
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
  return listAt(live, 'status', 'resources').flatMap((item): ObjectDrift[] => {
    const resource = asMap(item);
    if (resource['status'] !== 'OutOfSync' || resource['hook'] === true) return [];
    const group = textAt(resource, 'group') ?? '';
    const version = textAt(resource, 'version') ?? '';
    const isMissing = getAt(resource, 'health', 'status') === 'Missing';
    const state = resource['requiresPruning'] === true ? 'extra' : isMissing ? 'missing' : 'changed';
    return [
      {
        component: application.component,
        application: application.name,
        state,
        apiVersion: group === '' ? version : `${group}/${version}`,
        kind: textAt(resource, 'kind') ?? '',
        namespace: textAt(resource, 'namespace') ?? '',
        name: textAt(resource, 'name') ?? '',
        fields: [],
        by: 'argocd',
        note: 'Argo CD says so; which fields it does not say',
      },
    ];
  });
}
