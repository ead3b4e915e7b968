import type { ApiShapeChecker, ShapeResult } from '../kubernetes/shapes/apiShapes.ts';
import type { ShapeProblem } from '../kubernetes/shapes/shapeTypes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ClusterPlan, RenderedTree, TreeObject } from '../model/model.ts';
import { secondDefinitions, secondDefinitionText, usedDefinitions } from '../kubernetes/definitions.ts';
import { minorOf } from '../kubernetes/version.ts';
import type { ApiLifecycle, ApiStanding } from '../kubernetes/apiLifecycle.ts';
import { hostFindings } from './hosts.ts';
import { lintTree } from './lint/lint.ts';
import { tenantKindFindings } from './tenantKinds.ts';
import { treatmentOf } from './policy.ts';
import type { ObjectPolicy } from './policy.ts';
import { objectPlace, ruleFindings } from './rules.ts';
import { finding } from './findings.ts';
import { unreadRuleFindings } from './unreadRules.ts';
import { kindFindings, rejection } from './kinds.ts';
import type { Checked } from '../model/finished.ts';
import { patchOf, patchText } from '../model/patch.ts';
import { treeFileOf, treePath } from '../tree/paths.ts';
import { asList, isList, isMap, listAt, mapAt, member, pointerText, textAt } from '../model/values.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { describeObject } from '../kubernetes/object.ts';
import { computedTextFindings, kubernetesReader, mayBeComputed, secretsReader } from '../plan/computedText.ts';

/** What objects are checked against. */
export interface TreeChecks {
  readonly shapes: ApiShapeChecker;
  readonly lifecycle: ApiLifecycle;
  readonly policy: ObjectPolicy;
  /** A minor (`1.36`) in place of the cluster's. */
  readonly kubernetes?: string | undefined;
}

export interface ValidationReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly checked: Checked;
}

/** Checks everything the tree itself holds. `memo` keeps verdicts by object: what templates rendered alike is one object in a fleet. */
export function validateTree(
  tree: RenderedTree,
  plan: ClusterPlan,
  checks: TreeChecks,
  memo: Map<string, unknown>,
): ValidationReport {
  const minor = checks.kubernetes ?? minorOf(plan.cluster.info.kubernetes.version);
  const treatments = tree.objects.map((o) => treatmentOf(o.apiVersion, o.kind, checks.policy));
  const objects = tree.objects.filter((_o, i) => treatments[i] === 'check');
  const skipped = treatments.filter((t) => t === 'skip').length;
  const checked: Checked = { valid: 0, invalid: 0, skipped, noSchema: 0 };
  const diagnostics = tree.objects.flatMap((o, i) => (treatments[i] === 'reject' ? [rejection(o)] : []));
  checked.invalid += diagnostics.length;
  const reported = new Set<string>();
  const verdicts = checkAll(objects, minor, checks.shapes, memo);
  for (const object of tree.objects) {
    const verdict = verdicts.get(object.object);
    if (verdict === undefined) {
      diagnostics.push(...ruleFindings(object, undefined, plan));
      continue;
    }
    const standing = checks.lifecycle.standing(object.apiVersion, object.kind, minor);
    count(checked, verdict, standing, checks.policy);
    diagnostics.push(
      ...kindFindings(object, verdict, standing, minor, checks.policy, reported),
      ...shapeFindings(object, verdict, tree.cluster, checks.kubernetes),
      ...ruleFindings(object, verdict, plan),
    );
  }
  diagnostics.push(
    ...crdOrder(tree, plan),
    ...definitionFindings(tree),
    ...unreadRuleFindings(tree.objects, checks.shapes),
    ...lintTree(tree, plan),
    ...hostFindings(tree, plan),
    ...tenantKindFindings(plan),
    ...externalSecretTemplates(tree, plan),
    ...containerTexts(tree, plan),
  );
  const placed = diagnostics.map((d) => ({ ...d, at: d.at ?? objectPlace(d.component, plan), cluster: tree.cluster }));
  return { diagnostics: placed, checked };
}

/** External Secrets computes its templates with what is in the Secret. */
const externalSecretTemplates = (tree: RenderedTree, { cluster }: ClusterPlan): Diagnostic[] =>
  tree.objects.flatMap(({ object }) => {
    if (!textAt(object, 'apiVersion')?.startsWith('external-secrets.io/')) return [];
    const spec = mapAt(object, 'spec');
    const templates = [spec, mapAt(spec, 'externalSecretSpec')].map((of) => mapAt(mapAt(of, 'target'), 'template'));
    return templates.flatMap((template) => computedTextFindings(template, secretsReader, cluster));
  });

/** Kubernetes puts variables of a container into what it runs. */
const containerTexts = (tree: RenderedTree, { cluster }: ClusterPlan): Diagnostic[] =>
  (mayBeComputed(cluster) ? tree.objects : []).flatMap(({ object }) =>
    containersIn(object).flatMap((container) => {
      const env = listAt(container, 'env').map((entry) => member(entry, 'value') ?? null);
      const texts = [...listAt(container, 'command'), ...listAt(container, 'args'), ...env];
      return computedTextFindings(texts, kubernetesReader, cluster);
    }),
  );

/** Every map below `containers` and `initContainers`, wherever a pod template stands. */
function containersIn(node: Value): ValueMap[] {
  if (isList(node)) return node.flatMap(containersIn);
  if (!isMap(node)) return [];
  return Object.entries(node).flatMap(([key, item]) =>
    key === 'containers' || key === 'initContainers' ? asList(item).filter(isMap) : containersIn(item),
  );
}

/** The verdicts on these objects (and others of the same memo). */
function checkAll(
  objects: readonly TreeObject[],
  minor: string,
  shapes: ApiShapeChecker,
  memo: Map<string, unknown>,
): ReadonlyMap<object, ShapeResult> {
  const own = usedDefinitions(objects.map(({ object }) => object));
  if (own.length > 0) return checkAllWith(objects, minor, shapes.withDefinitions(own), new WeakMap());
  return checkAllWith(objects, minor, shapes, verdictsOf(minor, memo));
}

function checkAllWith(
  objects: readonly TreeObject[],
  minor: string,
  shapes: ApiShapeChecker,
  known: WeakMap<object, ShapeResult>,
): ReadonlyMap<object, ShapeResult> {
  const unseen = objects.filter(({ object }) => !known.has(object));
  shapes.expect(
    unseen.map(({ object }) => object),
    minor,
  );
  const verdicts = new Map<object, ShapeResult>();
  for (const { object } of objects) {
    let verdict = known.get(object);
    if (verdict === undefined) known.set(object, (verdict = shapes.check(object, minor)));
    verdicts.set(object, verdict);
  }
  return verdicts;
}

function count(
  checked: Checked,
  { status }: ShapeResult,
  standing: ApiStanding | undefined,
  policy: ObjectPolicy,
): void {
  if (status !== 'no-schema') checked[status] += 1;
  else if (standing !== undefined && standing.state !== 'deprecated') checked.invalid += 1;
  else checked[policy.ignoreMissingSchemas ? 'skipped' : 'noSchema'] += 1;
}

function verdictsOf(minor: string, memo: Map<string, unknown>): WeakMap<object, ShapeResult> {
  const key = `shapes|${minor}`;
  const known = memo.get(key) as WeakMap<object, ShapeResult> | undefined;
  if (known !== undefined) return known;
  const verdicts = new WeakMap<object, ShapeResult>();
  memo.set(key, verdicts);
  return verdicts;
}

/** Objects in git have no status: it belongs to controllers, and the API server drops it without a word. */
const ofStatus: ShapeProblem = {
  pointer: '/status',
  keyword: 'status',
  message: 'is what a controller writes, and has no place in git',
};

function shapeFindings(
  object: TreeObject,
  verdict: ShapeResult,
  cluster: string,
  kubernetes: string | undefined,
): Diagnostic[] {
  const where = `${treePath(cluster, object.path)}${kubernetes === undefined ? '' : `, in Kubernetes ${kubernetes}`}`;
  const problems = [...(verdict.dropsStatus === true ? [ofStatus] : []), ...verdict.problems];
  return problems.map((p) => {
    const patched = patchOf(object.patches ?? [], p.pointer);
    const found = finding(
      'tree/schema',
      object,
      `${object.kind} ${object.name} (${where}): ${p.pointer === '' ? 'the object' : pointerText(p.pointer)} ${p.message}.${p.suggestion === undefined ? '' : ` Did you mean "${p.suggestion}"?`}`,
      `Correct the template${object.component === 'root' ? '' : ` of component ${object.component}`}, or the option that feeds it.`,
    );
    if (patched === undefined) return found;
    const { related: _, ...own } = found;
    return { ...own, at: patched.field.at, hint: `Correct the patch (${patchText(patched.patch)}).` };
  });
}

/** Definitions of one kind under other names; those of one name are one object, which is found where it is rendered. */
const definitionFindings = (tree: RenderedTree): Diagnostic[] =>
  secondDefinitions(tree.objects, (o) => o.object).flatMap((second) => {
    const { about, first, isOneObject } = second;
    if (isOneObject) return [];
    const message = `${describeObject(about.object)} ${secondDefinitionText(second, first.name)}`;
    return [finding('tree/second-definition', about, message, 'Keep one of the two.')];
  });

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
      treeFileOf(object.path).kind !== 'manifest' ||
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
