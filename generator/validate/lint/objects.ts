import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterPlan, RenderedTree, TreeObject } from '../../model/model.ts';
import { getAt, listAt, mapAt } from '../../model/values.ts';
import { kindsOf } from '../../catalog/kinds.ts';
import { nameMatcher } from '../../util/glob.ts';
import { contributionsOf } from '../../plan/contributions.ts';
import { annotationList, kindOf, splitKind } from '../../kubernetes/object.ts';
import { finding } from '../findings.ts';
import { applicationPath, componentOf, treeFileOf } from '../../tree/paths.ts';

/** Annotations of one object together; client-side apply keeps the whole object in one. */
const annotationLimit = 262_144;

/** What is wrong with one object of the tree, however it is applied. */
export function objectRules(object: TreeObject, tree: RenderedTree, plan: ClusterPlan): Diagnostic[] {
  const kind = kindOf(object.object);
  const about = `${object.kind} ${object.name}`;
  const options = optionsOf(object);
  const found: Diagnostic[] = [];
  const kinds = kindsOf(plan.cluster.catalog);
  if (kinds.isExcluded(kind) || isContributed(kind, plan))
    found.push(
      finding(
        'argocd/excluded-kind',
        object,
        `${about} is of a kind that Argo CD leaves alone.`,
        'Take it out: it is never applied (resource.exclusions of Argo CD).',
      ),
    );
  if (kinds.isData(kind)) {
    if (options.has('Replace=true') && options.has('Force=true'))
      found.push(
        finding(
          'argocd/force-replace',
          object,
          `${about} would be deleted and made anew when it changes.`,
          'Take Replace=true and Force=true off what holds data.',
        ),
      );
    if (!isProtected(options) && !losesData(object, plan))
      found.push(
        finding(
          'argocd/unprotected',
          object,
          `${about} holds data, and Argo CD would delete it once it leaves the tree.`,
          'Annotate it with argocd.argoproj.io/sync-options: Prune=false,Delete=false.',
        ),
      );
  }
  const size = object.kind === 'CustomResourceDefinition' ? (tree.files.get(object.path)?.length ?? 0) : 0;
  if (size > annotationLimit && !appliesOnServer(object, tree))
    found.push(
      finding(
        'argocd/crd-size',
        object,
        `${about} has ${size} bytes, more than an annotation holds (${annotationLimit}).`,
        'Apply it on the server (ServerSideApply=true).',
      ),
    );
  return found;
}

/** Whether a component asks Argo CD to leave the kind alone; that of another cluster is not asked. */
function isContributed(kind: string, plan: ClusterPlan): boolean {
  if (plan.cluster.info.argocd.hub !== null) return false;
  const { group, kind: name } = splitKind(kind);
  return contributionsOf(plan, 'resourceExclusions').some((item) => {
    const matches = (field: string, text: string): boolean => nameMatcher(listAt(item, field).map(String))(text);
    const isEverywhere = item['clusters'] === undefined || listAt(item, 'clusters').includes('*');
    return isEverywhere && matches('apiGroups', group) && matches('kinds', name);
  });
}

function optionsOf({ object }: TreeObject): ReadonlySet<string> {
  return new Set(annotationList(object, 'argocd.argoproj.io/sync-options'));
}

const isProtected = (options: ReadonlySet<string>): boolean =>
  ['Prune', 'Delete'].every((what) => options.has(`${what}=false`) || options.has(`${what}=confirm`));

/** Hooks are deleted by their own policy. */
function losesData({ component, object, template }: TreeObject, plan: ClusterPlan): boolean {
  const isHook = getAt(object, 'metadata', 'annotations', 'argocd.argoproj.io/hook') !== undefined;
  const own = plan.components.find((c) => c.name === component);
  // what a chart makes cannot be annotated from here: dataHolding of its component asks before it goes
  const isOfChart = template === undefined && own?.component.dataHolding === true;
  return isHook || isOfChart || own?.losesData === true;
}

function appliesOnServer(object: TreeObject, tree: RenderedTree): boolean {
  if (optionsOf(object).has('ServerSideApply=true')) return true;
  const path = applicationPath(componentOf(treeFileOf(object.path)) ?? '');
  const application = tree.objects.find((o) => o.path === path);
  const policy = mapAt(application?.object, 'spec', 'syncPolicy');
  return (
    listAt(policy, 'syncOptions').includes('ServerSideApply=true') && !optionsOf(object).has('ServerSideApply=false')
  );
}
