import { annotationList, isSecret } from '../kubernetes/object.ts';
import type { ShapeResult } from '../kubernetes/shapes/apiShapes.ts';
import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { ClusterPlan, TreeObject } from '../model/model.ts';
import type { Value } from '../model/values.ts';
import { asList, asMap, pointerStep, listAt } from '../model/values.ts';
import { didYouMean } from '../util/suggest.ts';
import { locateMerged } from '../config/merge.ts';
import { nameMatcher } from '../util/glob.ts';
import { finding } from './findings.ts';

/** Sync options Argo CD v3.5 knows (sync-options.md); others it ignores in silence. */
export const syncOptions: ReadonlySet<string> = new Set([
  'Validate=false',
  'CreateNamespace=true',
  'PrunePropagationPolicy=foreground',
  'PrunePropagationPolicy=background',
  'PrunePropagationPolicy=orphan',
  'PruneLast=true',
  'Prune=false',
  'Prune=confirm',
  'Delete=false',
  'Delete=confirm',
  'Replace=true',
  'Replace=false',
  'Force=true',
  'ServerSideApply=true',
  'ServerSideApply=false',
  'ClientSideApplyMigration=true',
  'ClientSideApplyMigration=false',
  'ApplyOutOfSyncOnly=true',
  'ApplyOutOfSyncOnly=false',
  'RespectIgnoreDifferences=true',
  'FailOnSharedResource=true',
  'SkipDryRunOnMissingResource=true',
]);
const objectOnly: ReadonlySet<string> = new Set(['Force=true', 'ServerSideApply=false']);

/** What Slipway itself demands; without a verdict only what holds for objects that nobody checks, too. */
export function ruleFindings(object: TreeObject, verdict: ShapeResult | undefined, plan: ClusterPlan): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (verdict?.scope === 'Namespaced' && object.namespace === undefined) {
    found.push(
      finding(
        'tree/object',
        object,
        `${object.kind} ${object.name} has no metadata.namespace, but its kind is namespaced.`,
        'Write the namespace out.',
      ),
    );
  }
  if (verdict?.scope === 'Cluster' && object.namespace !== undefined) {
    found.push(
      finding(
        'tree/object',
        object,
        `${object.kind} ${object.name} has a metadata.namespace, but its kind is cluster-wide.`,
        'Remove the namespace.',
      ),
    );
  }
  if (
    isSecret(object.object) &&
    (hasMembers(object.object['data']) || hasMembers(object.object['stringData'])) &&
    !isPublic(object, plan)
  ) {
    found.push(
      finding(
        'tree/secret',
        object,
        `Secret ${object.name} would put its content into git.`,
        object.template === undefined
          ? 'Set the value that makes the chart use an existing Secret, deliver the component as a chart, or name the Secret in publicSecrets of component.yaml if its content is none.'
          : 'Contribute it (secrets: in contributes.yaml.hbs), so that it comes from the store.',
      ),
    );
  }
  for (const option of annotationList(object.object, 'argocd.argoproj.io/sync-options')) {
    if (!syncOptions.has(option))
      found.push(unknownOption(object, option, object.template === undefined ? plan : undefined));
  }
  if (object.kind === 'Application') {
    for (const option of listAt(object.object, 'spec', 'syncPolicy', 'syncOptions')) {
      if (!syncOptions.has(String(option)) || objectOnly.has(String(option)))
        found.push(unknownOption(object, String(option), plan));
    }
  }
  return found;
}

/** Whether the catalog says that the content of a chart's Secret is none. */
function isPublic(object: TreeObject, plan: ClusterPlan): boolean {
  const names = plan.components.find((c) => c.name === object.component)?.component.publicSecrets ?? [];
  return object.template === undefined && names.length > 0 && nameMatcher(names)(object.name);
}

function unknownOption(object: TreeObject, option: string, plan?: ClusterPlan): Diagnostic {
  const found = finding(
    'tree/sync-option',
    object,
    `Argo CD does not know the sync option "${option}" of ${object.kind} ${object.name}.${didYouMean(option, syncOptions)}`,
    'Options are compared letter by letter; unknown ones are ignored in silence.',
  );
  return plan === undefined ? found : { ...found, at: optionPlace(object, option, plan) };
}

/** Where the option of an Application is set: in the spec, or in the component. */
function optionPlace(object: TreeObject, option: string, plan: ClusterPlan): Location {
  const { overrides, layers } = plan.cluster;
  const own = locateMerged(layers, `/components/${pointerStep(object.component)}/syncOptions`, 'value');
  if (own !== undefined && asList(asMap(overrides[object.component])['syncOptions']).includes(option)) return own;
  const component = plan.components.find((c) => c.name === object.component)?.component;
  const index = component?.syncOptions.indexOf(option) ?? -1;
  return component === undefined || index === -1
    ? objectPlace(object.component, plan)
    : component.source.at(`/spec/syncOptions/${index}/option`);
}

/** The place of what no template renders: its component, or the cluster. */
export function objectPlace(component: string | undefined, plan: ClusterPlan): Location {
  const source = plan.components.find((c) => c.name === component)?.component.source ?? plan.cluster.source;
  return source.at('/metadata/name');
}

function hasMembers(value: Value | undefined): boolean {
  return Object.keys(asMap(value)).length > 0;
}
