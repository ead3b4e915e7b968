import type { TemplateFile } from '../../model/model.ts';
import type { Conditions, MakesRule, Offered, ReferenceRule } from '../../model/references.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { asMap, asString, isList, isMap, mapAt, member, textAt, valueAt } from '../../model/values.ts';
import { allOfGroup, kindOf, qualifiedKind, splitKind } from '../../kubernetes/object.ts';
import type { KindTable } from '../../kubernetes/kindTable.ts';
import { fill, isAt, allAt, textsAt } from '../../yaml/pointer.ts';

/** An object and what renders it: a template of the catalog, or a template of a chart. */
export interface NamedObject {
  readonly component: string;
  readonly object: ValueMap;
  readonly template?: TemplateFile | undefined;
  /** Template of the chart it comes from. */
  readonly source?: string;
  /** It stands in the cluster of Argo CD, which may be another one. */
  readonly isBeside?: boolean;
}

/** A name that an object holds. */
export interface Wanted {
  readonly by: NamedObject;
  /** `group/Kind` of what is named. */
  readonly kind: string;
  /** Undefined: the object has none, and names none. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly key?: string;
  /** Last step of the pointer to it, for finding its line. */
  readonly member: string;
}

/** What the objects of a component, or of a tree, name and are. */
export interface Names {
  readonly wanted: readonly Wanted[];
  readonly offered: readonly Offered[];
}

type Raw = Omit<Wanted, 'by'>;
interface Facts {
  readonly wanted: readonly Raw[];
  readonly offered: readonly Offered[];
}

/** Rules by what they are looked up with, made once per catalog. */
export interface Rules {
  readonly byKind: ReadonlyMap<string, readonly ReferenceRule[]>;
  readonly byMember: ReadonlyMap<string, readonly ReferenceRule[]>;
  readonly makes: ReadonlyMap<string, readonly MakesRule[]>;
  readonly kinds: KindTable;
  /** What was found in an object before: a fleet repeats most of its objects. */
  readonly known: WeakMap<object, Facts>;
}

export function indexRules(references: readonly ReferenceRule[], makes: readonly MakesRule[], kinds: KindTable): Rules {
  const byKind = new Map<string, ReferenceRule[]>();
  const byMember = new Map<string, ReferenceRule[]>();
  const made = new Map<string, MakesRule[]>();
  const add = <T>(map: Map<string, T[]>, key: string, rule: T): void =>
    void map.set(key, [...(map.get(key) ?? []), rule]);
  for (const rule of references) {
    if (rule.member !== undefined) add(byMember, rule.member, rule);
    else for (const kind of rule.from ?? []) add(byKind, kind, rule);
  }
  for (const rule of makes) if (rule.for !== undefined) add(made, rule.for, rule);
  return { byKind, byMember, makes: made, kinds, known: new WeakMap() };
}

/** What these objects name, and what they are and become. */
export function collectNames(objects: readonly NamedObject[], rules: Rules): Names {
  const wanted: Wanted[] = [];
  const offered: Offered[] = [];
  for (const by of objects) {
    let facts = rules.known.get(by.object);
    if (facts === undefined) rules.known.set(by.object, (facts = factsOf(by.object, rules)));
    for (const raw of facts.wanted) {
      const isOwnNamespace = by.isBeside === true && raw.kind === 'Namespace';
      if (!isOwnNamespace && !(by.isBeside === true && raw.kind === definition)) wanted.push({ ...raw, by });
    }
    offered.push(...facts.offered);
  }
  return { wanted, offered };
}

const definition = 'apiextensions.k8s.io/CustomResourceDefinition';

function factsOf(object: ValueMap, rules: Rules): Facts {
  const kind = kindOf(object);
  const metadata = mapAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  const wanted: Raw[] = [{ kind: definition, namespace: undefined, name: kind, member: 'kind' }];
  if (namespace !== undefined)
    wanted.push({ kind: 'Namespace', namespace: undefined, name: namespace, member: 'namespace' });
  const kinds = [kind, allOfGroup(kind)];
  const named = kinds.flatMap((k) => rules.byKind.get(k) ?? []).flatMap((rule) => namedBy(rule, object, namespace));
  if (!opaque.has(kind)) walk(object, rules, { kinds, namespace }, named);
  wanted.push(...named.filter((raw) => raw.namespace !== undefined || !isElsewhere(kind, raw.kind, rules.kinds)));
  return {
    wanted,
    offered: [...offersOf(object, kind, rules.kinds, namespace), ...madeOf(object, kind, namespace, rules)],
  };
}

/** Kinds that hold the text of other things: what looks like a name in them is none. */
const opaque: ReadonlySet<string> = new Set([definition, 'ConfigMap', 'Secret', 'argoproj.io/Application']);

/**
 * Whether what a cluster-wide object names without a namespace is looked up in the namespace of whoever uses it; all else is
 * where its operator runs.
 */
const isElsewhere = (kind: string, named: string, kinds: KindTable): boolean =>
  !kinds.isClusterWide(named) && kinds.isUsedElsewhere(kind, named);

interface Owner {
  /** Its kind, as rules may have it. */
  readonly kinds: readonly string[];
  readonly namespace: string | undefined;
}

function walk(node: Value, rules: Rules, owner: Owner, found: Raw[]): void {
  if (isList(node)) for (const item of node) walk(item, rules, owner, found);
  if (!isMap(node)) return;
  for (const [key, value] of Object.entries(node)) {
    for (const rule of rules.byMember.get(key) ?? [])
      if (rule.from === undefined || owner.kinds.some((kind) => rule.from?.includes(kind) === true))
        found.push(...namedBy(rule, value, owner.namespace));
    if (typeof value === 'object') walk(value, rules, owner, found);
  }
}

/** The names that one rule finds below a value. */
function namedBy(rule: ReferenceRule, root: Value, own: string | undefined): Raw[] {
  const last = rule.at.split('/').findLast((step) => step !== '' && step !== '*') ?? rule.member ?? '';
  return allAt(root, rule.at).flatMap((node): Raw[] => {
    if (typeof node === 'string')
      return node === '' ? [] : [{ kind: rule.to, namespace: own, name: node, member: last }];
    const name = asString(member(node, rule.nameAt ?? 'name'));
    if (name === undefined || name === '' || member(node, 'optional') === true) return [];
    const kind = targetKind(rule, node);
    if (kind === undefined) return [];
    const elsewhere = rule.namespaceAt === undefined ? undefined : asString(member(node, rule.namespaceAt));
    const about = { kind, name, namespace: elsewhere ?? own, member: rule.nameAt ?? 'name' };
    const keys = rule.keyAt === undefined ? [] : textsAt(node, rule.keyAt);
    return keys.length === 0 ? [about] : keys.map((key) => ({ ...about, key }));
  });
}

/** Undefined for what is no object (subjects of a binding that are users and groups). */
function targetKind(rule: ReferenceRule, node: Value): string | undefined {
  const named = rule.kindAt === undefined ? undefined : asString(member(node, rule.kindAt));
  const { group, kind } = splitKind(rule.to);
  if (named === 'User' || named === 'Group') return undefined;
  const apiVersion = rule.apiVersionAt === undefined ? undefined : asString(member(node, rule.apiVersionAt));
  if (apiVersion !== undefined) return kindOf({ apiVersion, kind: named ?? kind });
  const ownGroup = rule.groupAt === undefined ? undefined : asString(member(node, rule.groupAt));
  return qualifiedKind(ownGroup ?? group, named ?? kind);
}

function offersOf(object: ValueMap, kind: string, kinds: KindTable, namespace = ''): Offered[] {
  const name = textAt(object, 'metadata', 'name') ?? '';
  const self: Offered = { kind, namespace, name, keys: keysOf(object, kind, kinds) };
  if (kind !== definition) return [self];
  const spec = mapAt(object, 'spec');
  const brought = qualifiedKind(textAt(spec, 'group') ?? '', textAt(spec, 'names', 'kind') ?? '');
  return [self, { kind, namespace: '', name: brought }];
}

/** Keys of an object, where a name may be followed by one; undefined where something else fills them in. */
function keysOf(object: ValueMap, kind: string, kinds: KindTable): readonly string[] | undefined {
  const parts = kinds.partsAt(kind);
  if (parts !== undefined) return textsAt(object, parts);
  if (kind !== 'Secret' && kind !== 'ConfigMap') return undefined;
  const keys = ['data', 'stringData', 'binaryData'].flatMap((part) => Object.keys(asMap(object[part])));
  return keys.length === 0 ? undefined : keys;
}

function madeOf(object: ValueMap, kind: string, own: string | undefined, rules: Rules): Offered[] {
  return (rules.makes.get(kind) ?? [])
    .filter((rule) => holds(rule, object))
    .flatMap((rule) => madeBy(rule, object, own));
}

const holds = ({ with: having, without }: Conditions, object: ValueMap): boolean =>
  having.every((condition) => isAt(object, condition)) && !without.some((condition) => isAt(object, condition));

function madeBy(rule: MakesRule, object: ValueMap, own = ''): Offered[] {
  const keys = listed(rule.keys?.filter((key) => holds(key, object)).flatMap(({ key }) => fill(key, object)));
  const named = rule.kindAt === undefined ? {} : asMap(valueAt(object, rule.kindAt));
  const kind = named['kind'] === undefined ? rule.kind : kindOf(named);
  const namespaces = rule.namespace === undefined ? [own] : fill(rule.namespace, object);
  return fill(rule.name, object).flatMap((name) => namespaces.map((namespace) => ({ kind, namespace, name, keys })));
}

/** The keys, where they are known: `*` is any key. */
export const listed = (keys: readonly string[] | undefined): readonly string[] | undefined =>
  keys?.includes('*') === true ? undefined : keys;
