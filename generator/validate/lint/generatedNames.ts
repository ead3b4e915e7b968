import type { Diagnostic } from '../../model/diagnostic.ts';
import type { RenderedTree, TreeObject } from '../../model/model.ts';
import { listAt } from '../../model/values.ts';
import { applicationPath } from '../../tree/paths.ts';
import { finding } from '../findings.ts';
import { generatedNameProblems, hasGeneratedName } from '../generatedNames.ts';

/** Objects of each Application that have a generateName in place of a name. */
export function generatedNameRules(tree: RenderedTree): Diagnostic[] {
  const objects = tree.objects.filter((o) => hasGeneratedName(o.object));
  const components = [...new Set(objects.map((o) => o.component))];
  return components.flatMap((component) =>
    generatedNameProblems(
      objects.filter((o) => o.component === component),
      (o: TreeObject) => o.object,
      replaces(component, tree),
    ).map(({ about, severity, problem, hint }) =>
      finding('argocd/generated-name', about, `${about.kind} ${about.name} ${problem}`, hint, severity),
    ),
  );
}

const replaces = (component: string, tree: RenderedTree): boolean => {
  const application = tree.objects.find((o) => o.path === applicationPath(component));
  return listAt(application?.object, 'spec', 'syncPolicy', 'syncOptions').includes('Replace=true');
};
