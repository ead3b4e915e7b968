import type { Diagnostic, Outcome } from '../model/diagnostic.ts';
import type { ComponentPlan } from '../model/model.ts';
import type { MutableMap, Value, ValueMap } from '../model/values.ts';
import { getAt, isMap, mapAt, setMember, textAt } from '../model/values.ts';
import { isDefinition, kindIn } from '../kubernetes/definitions.ts';
import { convertHook } from './hooks.ts';

/** One object that Helm made, no list, and the template it came from. */
export interface ChartDocument {
  readonly source: string;
  readonly object: ValueMap;
  /** Numbers of its document that cannot be kept to the digit. */
  readonly inexact?: readonly string[];
}

/** What a chart becomes in the tree. */
export interface RenderedChart {
  /** CustomResourceDefinitions, which get an Application of their own; empty when the chart has nothing else. */
  readonly definitions: readonly ValueMap[];
  readonly objects: readonly ValueMap[];
}

export type ScopeOf = (apiVersion: string, kind: string) => 'Namespaced' | 'Cluster' | undefined;

/**
 * Plain manifests of a component: namespaces written out, Helm's hooks turned into Argo CD's, and what
 * Argo CD would never apply left out.
 */
export function plainManifests(
  documents: readonly ChartDocument[],
  plan: ComponentPlan,
  scopeOf: ScopeOf,
): Outcome<RenderedChart> {
  const diagnostics: Diagnostic[] = [];
  const all = documents.map(({ source, object }) => ({ source, object: storedObject(object) }));
  const scope = withOwnDefinitions(
    all.map((d) => d.object),
    scopeOf,
  );
  const objects: ValueMap[] = [];
  for (const { source, object } of all) {
    const converted = convertHook(object);
    const lost = converted?.lost ?? hookEvents(object);
    if (lost.some((event) => !event.startsWith('test'))) diagnostics.push(lostHook(object, source, lost, plan));
    if (converted !== undefined) objects.push(withNamespace(converted.object, plan.namespace, scope));
  }
  diagnostics.push(...documents.flatMap((document) => inexactFinding(document, plan) ?? []));
  const definitions = objects.filter(isDefinition);
  const others = objects.filter((o) => !isDefinition(o));
  diagnostics.push(...undeclared(definitions, others, plan));
  const apart = plan.definitions !== undefined && others.length > 0;
  return { value: apart ? { definitions, objects: others } : { definitions: [], objects }, diagnostics };
}

/**
 * The API server reads a null in a map as no value; in a schema of a definition it may mean something (a default). The status of
 * a definition, and one that says nothing, are left from where the object was printed: it drops them.
 */
export function storedObject(object: ValueMap): ValueMap {
  if (isDefinition(object)) {
    const { status: _status, metadata, ...rest } = object;
    return metadata === undefined ? rest : { ...rest, metadata: strip(metadata) };
  }
  const { status, ...rest } = strip(object) as ValueMap;
  return status === undefined || !isEmpty(status) ? { ...rest, ...(status === undefined ? {} : { status }) } : rest;
}

/** Whether there is no value in it: `kubectl create --dry-run=client` prints `status: { loadBalancer: {} }`. */
const isEmpty = (value: Value): boolean =>
  isMap(value) ? Object.values(value).every(isEmpty) : Array.isArray(value) && value.length === 0;

function strip(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(strip);
  if (!isMap(value)) return value;
  const out: MutableMap = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) setMember(out, key, strip(item as Value));
  return out;
}

function withOwnDefinitions(objects: readonly ValueMap[], scopeOf: ScopeOf): ScopeOf {
  const own = new Map<string, 'Namespaced' | 'Cluster'>();
  for (const object of objects.filter(isDefinition)) {
    own.set(kindIn(object), getAt(object, 'spec', 'scope') === 'Cluster' ? 'Cluster' : 'Namespaced');
  }
  return (apiVersion, kind) => own.get(`${apiVersion.split('/')[0] ?? ''}/${kind}`) ?? scopeOf(apiVersion, kind);
}

/** As Argo CD does before it applies: the destination's namespace where none is written, none where the kind has none. */
export function withNamespace(object: ValueMap, namespace: string, scopeOf: ScopeOf): ValueMap {
  const metadata = mapAt(object, 'metadata');
  const scope = scopeOf(textAt(object, 'apiVersion') ?? '', textAt(object, 'kind') ?? '');
  const { namespace: own, ...others } = metadata;
  if (scope === 'Cluster') return own === undefined ? object : { ...object, metadata: others };
  if (scope === undefined || (own !== undefined && own !== null && own !== '')) return object;
  return { ...object, metadata: { ...metadata, namespace } };
}

const hookEvents = (object: ValueMap): string[] =>
  (textAt(object, 'metadata', 'annotations', 'helm.sh/hook') ?? '').split(',').map((e) => e.trim());

function describe(object: ValueMap): string {
  return `${textAt(object, 'kind') ?? 'object'} ${textAt(object, 'metadata', 'name') ?? ''}`.trim();
}

function lostHook(object: ValueMap, source: string, lost: readonly string[], plan: ComponentPlan): Diagnostic {
  return {
    code: 'delivery/hook',
    severity: 'warning',
    component: plan.name,
    at: plan.component.source.at('/metadata/name'),
    message: `${describe(object)} (${source}) is a Helm hook for ${lost.join(', ')}, for which Argo CD has nothing.`,
    hint: 'It does not run for that event, in either delivery; switch the hook off in the values if the chart allows it.',
  };
}

/** Argo CD would keep the digits of a chart that it renders; a file of the tree would not. */
function inexactFinding({ object, source, inexact = [] }: ChartDocument, plan: ComponentPlan): Diagnostic | undefined {
  const [number] = inexact;
  if (number === undefined) return undefined;
  return {
    code: 'yaml/number',
    severity: 'error',
    component: plan.name,
    at: plan.component.source.at('/metadata/name'),
    message: `${describe(object)} (${source}) has the number ${number}, which cannot be kept to the digit.`,
    hint: 'Set the value it comes from to text or a smaller number, or deliver the component as a chart.',
  };
}

/** Definitions that the catalog does not know of cannot come earlier: which wave they need is planned before Helm runs. */
function undeclared(
  definitions: readonly ValueMap[],
  others: readonly ValueMap[],
  { component, name }: ComponentPlan,
): Diagnostic[] {
  if (others.length === 0) return [];
  const unknown = definitions.map(kindIn).filter((kind) => !component.crds.includes(kind));
  if (unknown.length === 0) return [];
  return [
    {
      code: 'delivery/undeclared-crds',
      severity: 'error',
      component: name,
      at: component.source.at(component.crds.length > 0 ? '/spec/crds' : '/metadata/name'),
      message: `The chart of "${name}" brings ${unknown.join(', ')}, which component.yaml does not list.`,
      hint: 'List them in spec.crds: definitions are delivered in an earlier wave, which is planned from that list.',
    },
  ];
}
