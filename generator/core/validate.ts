import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { ClusterPlan, RenderedTree, TreeObject } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, asString, pointerStep } from '../model/values.ts';
import { nameMatcher } from './select.ts';
import { locateLine } from '../source/locate.ts';
import { didYouMean } from '../source/suggest.ts';
import { minorOf } from './kubernetesVersion.ts';
import { locateMerged } from './merge.ts';

/** What validation asks of the API shapes (schemas/kubernetes, schemas/crds). */
export interface ShapeChecker {
  /** Says which objects are about to be checked. */
  expect(objects: readonly ValueMap[], kubernetesMinor: string): void;
  check(object: ValueMap, kubernetesMinor: string): ShapeVerdict;
}

export interface ShapeVerdict {
  readonly status: 'valid' | 'invalid' | 'no-schema';
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly problems: readonly {
    readonly pointer: string;
    readonly keyword: string;
    readonly message: string;
    readonly suggestion?: string;
  }[];
}

/** How many objects of a tree were checked, and with which result. */
export interface Checked {
  valid: number;
  invalid: number;
  noSchema: number;
}

export interface ValidationReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly checked: Checked;
}

/** Sync options Argo CD v3.5 knows (sync-options.md); others it ignores in silence. */
const syncOptions: ReadonlySet<string> = new Set([
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
  'Force=true',
  'ServerSideApply=true',
  'ServerSideApply=false',
  'ClientSideApplyMigration=false',
  'ApplyOutOfSyncOnly=true',
  'RespectIgnoreDifferences=true',
  'FailOnSharedResource=true',
  'SkipDryRunOnMissingResource=true',
]);
const objectOnly: ReadonlySet<string> = new Set(['Force=true', 'ServerSideApply=false']);

/** Checks everything the tree itself holds. `memo` keeps verdicts by object: what templates rendered alike is one object in a fleet. */
export function validateTree(
  tree: RenderedTree,
  plan: ClusterPlan,
  shapes: ShapeChecker,
  memo: Map<string, unknown>,
): ValidationReport {
  const minor = minorOf(plan.cluster.info.kubernetes.version);
  const verdicts = verdictsOf(minor, memo);
  const checked: Checked = { valid: 0, invalid: 0, noSchema: 0 };
  const diagnostics: Diagnostic[] = [];
  const unchecked = new Map<string, TreeObject>();
  const unseen = tree.objects.filter(({ object }) => !verdicts.has(object));
  shapes.expect(
    unseen.map(({ object }) => object),
    minor,
  );
  for (const object of tree.objects) {
    let verdict = verdicts.get(object.object);
    if (verdict === undefined) verdicts.set(object.object, (verdict = shapes.check(object.object, minor)));
    checked[verdict.status === 'no-schema' ? 'noSchema' : verdict.status] += 1;
    if (verdict.status === 'no-schema') unchecked.set(`${object.apiVersion} ${object.kind}`, object);
    diagnostics.push(...shapeFindings(object, verdict, tree.cluster), ...ruleFindings(object, verdict, plan));
  }
  for (const [kind, object] of unchecked) {
    const { component: _component, ...said } = finding(
      'tree/no-schema',
      object,
      `There is no schema for ${kind} in Kubernetes ${minor}: objects of this kind were not checked.`,
      'Import it: slipway schema import <crd file>.',
      'warning',
    );
    diagnostics.push(said);
  }
  diagnostics.push(...crdOrder(tree, plan));
  const placed = diagnostics.map((d) => ({ ...d, at: d.at ?? placeOf(d.component, plan), cluster: tree.cluster }));
  return { diagnostics: placed, checked };
}

function verdictsOf(minor: string, memo: Map<string, unknown>): WeakMap<object, ShapeVerdict> {
  const key = `shapes|${minor}`;
  const known = memo.get(key) as WeakMap<object, ShapeVerdict> | undefined;
  if (known !== undefined) return known;
  const verdicts = new WeakMap<object, ShapeVerdict>();
  memo.set(key, verdicts);
  return verdicts;
}

function shapeFindings(object: TreeObject, verdict: ShapeVerdict, cluster: string): Diagnostic[] {
  if (verdict.status === 'no-schema') {
    return []; // said once per kind, below
  }
  return verdict.problems.map((p) =>
    finding(
      'tree/schema',
      object,
      `${object.kind} ${object.name} (deploy/${cluster}/${object.path}): ${p.pointer === '' ? 'the object' : p.pointer.slice(1).replaceAll('/', '.')} ${p.message}.${p.suggestion === undefined ? '' : ` Did you mean "${p.suggestion}"?`}`,
      `Correct the template${object.component === 'root' ? '' : ` of component ${object.component}`}, or the option that feeds it.`,
    ),
  );
}

function ruleFindings(object: TreeObject, verdict: ShapeVerdict, plan: ClusterPlan): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (verdict.scope === 'Namespaced' && object.namespace === undefined) {
    found.push(
      finding(
        'tree/object',
        object,
        `${object.kind} ${object.name} has no metadata.namespace, but its kind is namespaced.`,
        'Write the namespace out.',
      ),
    );
  }
  if (verdict.scope === 'Cluster' && object.namespace !== undefined) {
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
    object.kind === 'Secret' &&
    object.apiVersion === 'v1' &&
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
  const annotations = asMap(asMap(object.object['metadata'])['annotations']);
  for (const option of (asString(annotations['argocd.argoproj.io/sync-options']) ?? '')
    .split(',')
    .filter((o) => o !== '')) {
    if (!syncOptions.has(option))
      found.push(unknownOption(object, option, object.template === undefined ? plan : undefined));
  }
  if (object.kind === 'Application') {
    for (const option of asList(asMap(asMap(object.object['spec'])['syncPolicy'])['syncOptions'])) {
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
    ? placeOf(object.component, plan)
    : component.source.at(`/spec/syncOptions/${index}/option`);
}

/** The place of what no template renders: its component, or the cluster. */
function placeOf(component: string | undefined, plan: ClusterPlan): Location {
  const source = plan.components.find((c) => c.name === component)?.component.source ?? plan.cluster.source;
  return source.at('/metadata/name');
}

/** A custom resource needs the component that brings its kind in an earlier wave. */
function crdOrder(tree: RenderedTree, plan: ClusterPlan): Diagnostic[] {
  const waves = new Map(plan.components.map((c) => [c.name, c.wave]));
  const bringers = new Map<string, string>();
  for (const c of plan.components) for (const crd of c.component.crds) bringers.set(crd, c.name);
  const seen = new Set<string>();
  return tree.objects.flatMap((object): Diagnostic[] => {
    const kind = `${object.apiVersion.split('/')[0] ?? ''}/${object.kind}`;
    const bringer = bringers.get(kind);
    const key = `${object.component}|${kind}`;
    if (
      bringer === undefined ||
      bringer === object.component ||
      object.path.startsWith('apps/') ||
      object.path === 'root.yaml' ||
      seen.has(key)
    )
      return [];
    if ((waves.get(bringer) ?? 0) < (waves.get(object.component) ?? 0)) return [];
    seen.add(key);
    return [
      finding(
        'graph/crd-order',
        object,
        `"${object.component}" renders a ${object.kind}, whose definition "${bringer}" brings, but does not come after it.`,
        `Add ${bringer} to needs of ${object.component}.`,
      ),
    ];
  });
}

function finding(
  code: Diagnostic['code'],
  object: TreeObject,
  message: string,
  hint: string,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic {
  const at =
    object.template === undefined
      ? undefined
      : locateLine(object.template.file, object.template.text, kindLine(object), 1);
  return { code, severity, component: object.component, message, hint, ...(at === undefined ? {} : { at }) };
}

/** The template's line that names the kind; the best place there is for an object that a template rendered. */
function kindLine(object: TreeObject): number {
  const lines = object.template?.text.split('\n') ?? [];
  const index = lines.findIndex((l) => l.trim() === `kind: ${object.kind}`);
  return index === -1 ? 1 : index + 1;
}

function hasMembers(value: Value | undefined): boolean {
  return Object.keys(asMap(value)).length > 0;
}
