import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterPlan, RenderedTree } from '../../model/model.ts';
import { applicationRules } from './applications.ts';
import { generatedNameRules } from './generatedNames.ts';
import { annotationRules } from './annotations.ts';
import { objectRules } from './objects.ts';
import { projectRules } from './projects.ts';
import { treeRules } from './trees.ts';

/** What Argo CD would do wrong with the tree, or ignore in silence; docs/argocd-rules.md has the list. */
export function lintTree(tree: RenderedTree, plan: ClusterPlan): Diagnostic[] {
  return [
    ...tree.objects.flatMap((object) => [
      ...annotationRules(object),
      ...objectRules(object, tree, plan),
      ...(object.kind === 'Application' ? applicationRules(object) : []),
    ]),
    ...generatedNameRules(tree),
    ...projectRules(tree),
    ...treeRules(tree, plan),
  ];
}
