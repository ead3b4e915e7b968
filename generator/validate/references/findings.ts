import type { Diagnostic, Location } from '../../model/diagnostic.ts';
import type { Catalog, ClusterPlan } from '../../model/model.ts';
import type { Value, ValueMap } from '../../model/values.ts';
import { isList, isMap, pointerStep, textAt, valueAt } from '../../model/values.ts';
import { locateLine } from '../../yaml/locate.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { objectLine } from '../findings.ts';
import { suggest } from '../../util/suggest.ts';
import { originsOf } from '../../config/merge.ts';
import { kindsOf } from '../../catalog/kinds.ts';
import type { KindTable } from '../../kubernetes/kindTable.ts';
import type { Wanted } from './collect.ts';
import type { Offers } from './offers.ts';

const definition = 'apiextensions.k8s.io/CustomResourceDefinition';

/** A name that points nowhere: at the setting that gave it, else at the template or chart that holds it. */
export function missingFinding(wanted: Wanted, plan: ClusterPlan, offers: Offers): Diagnostic {
  const { by } = wanted;
  const rendered = templatePlace(wanted);
  const setting = settingPlace(wanted, plan);
  const owner = plan.components.find((c) => c.name === by.component)?.component.source;
  const fallback = owner?.at(by.source === undefined ? '/metadata/name' : '/spec/chart');
  const at = setting ?? rendered ?? fallback ?? plan.cluster.source.at('/metadata/name');
  const from = setting === undefined ? undefined : (rendered ?? fallback);
  return {
    code: 'reference/missing',
    severity: describesKinds(plan.cluster.catalog) ? 'error' : 'warning',
    cluster: plan.cluster.name,
    component: by.component,
    at,
    message: `${describe(by.object)}${by.source === undefined ? '' : ` (${by.source} of the chart)`} ${says(wanted, offers, kindsOf(plan.cluster.catalog))}`,
    hint: describesKinds(plan.cluster.catalog) ? hintOf(wanted) : undescribed,
    names: [wanted.name, textAt(by.object, 'metadata', 'name') ?? ''],
    ...(from === undefined ? {} : { related: [{ message: 'and named here', at: from }] }),
  };
}

const undescribed =
  'This version of the catalog does not say what its operators make (kinds.yaml): it may be there all the same.';

/** Whether a pinned catalog says what its kinds name and make; those of old do not, and an operator may make what is missed. */
function describesKinds({ pin, components }: Catalog): boolean {
  const own = [...components.values()].filter(({ source }) => source.file.startsWith('catalog/'));
  return (
    pin === undefined ||
    own.every((c) => c.crds.length === 0) ||
    own.some((c) => c.references.length > 0 || c.makes.some((rule) => rule.for !== undefined))
  );
}

function describe(object: ValueMap): string {
  return `${textAt(object, 'kind') ?? 'An object'} ${textAt(object, 'metadata', 'name') ?? ''}`.trim();
}

const shortKind = (kind: string): string => kind.split('/').at(-1) ?? kind;

function says({ kind, namespace, name, key }: Wanted, offers: Offers, kinds: KindTable): string {
  if (kind === definition)
    return `is a ${name}, and nothing in this cluster brings that kind.${meant(name, offers.namesOf(kind, undefined))}`;
  const place = namespace === undefined || kinds.isClusterWide(kind) ? '' : `${namespace}/`;
  const what = `${shortKind(kind)} ${place}${name}`;
  if (key !== undefined && offers.ask(kind, namespace, name) === 'there')
    return `names "${key}" of ${what}, which does not have it.${meant(key, offers.keysOf(kind, namespace, name))}`;
  const elsewhere = offers.namespacesOf(kind, name).filter((n) => n !== '' && n !== namespace);
  const closest =
    elsewhere.length > 0 ? ` There is one in ${elsewhere.join(', ')}.` : meant(name, offers.namesOf(kind, namespace));
  return `names ${what}, which nothing in this cluster provides.${closest}`;
}

function meant(name: string, candidates: readonly string[]): string {
  const closest = suggest(name, candidates);
  return closest === undefined ? '' : ` Did you mean "${closest}"?`;
}

function hintOf({ kind, key }: Wanted): string {
  if (kind === definition)
    return 'Enable what brings it and list it in crds of its component.yaml; if it is there already, declare it in spec.externals.';
  if (kind === 'Secret')
    return `Correct the name${key === undefined ? '' : ' or the key'}, or contribute the Secret (secrets: in contributes.yaml.hbs); if something else makes it, declare it in spec.externals, or in makes of component.yaml.`;
  return 'Correct the name; if it is there without this repository, declare it in spec.externals with the reason.';
}

/** The line of the template that holds the name: below the line of the kind, the one with the member or the name. */
function templatePlace({ by, name, key, member }: Wanted): Location | undefined {
  const { template, object } = by;
  if (template === undefined) return undefined;
  const lines = template.text.split('\n');
  const start = objectLine({ kind: textAt(object, 'kind') ?? '', name: nameOf(object) }, template.text) - 1;
  const end = lines.findIndex((line, i) => i > start && line.startsWith('---'));
  const own = lines.slice(start, end === -1 ? undefined : end);
  const word = (text: string): RegExp => new RegExp(`(?:^|[\\s"'{[,(/])${escaped(text)}(?:$|[\\s"'}\\],)])`);
  const named = new RegExp(`(?:^|[\\s{,"'])${escaped(member)}["']?:\\s*["']?${escaped(name)}(?:$|[\\s"'}\\],])`);
  const pick = [
    ...(key === undefined
      ? []
      : [(line: string) => named.test(line) && word(key).test(line), (line: string) => word(key).test(line)]),
    (line: string) => named.test(line),
    (line: string) => word(name).test(line) && !/^\s*metadata:/.test(line),
    (line: string) => member !== 'name' && line.includes(`${member}:`),
  ]
    .map((test) => own.findIndex(test))
    .find((i) => i !== -1);
  return locateLine(template.file, template.text, start + (pick ?? 0) + 1, 1);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Where a spec or environment sets an option, or a value, of the component to this name. */
function settingPlace({ by, name }: Wanted, { cluster, components }: ClusterPlan): Location | undefined {
  const component = components.find((c) => c.name === by.component)?.component;
  if (component === undefined) return undefined;
  const list = cluster.catalog.capabilities.get(component.capability)?.list;
  const roots = [
    `/components/${pointerStep(component.name)}`,
    `/capabilities/${pointerStep(component.capability)}`,
    ...(list === undefined ? [] : [`/${list}`]),
  ];
  const pointers = roots.flatMap((root) => leavesWith(valueAt(cluster.merged, root), name, root));
  const origins = pointers.flatMap((pointer) => originsOf(cluster.layers, pointer)[0] ?? []);
  const [only, ...more] = origins;
  return only === undefined || more.length > 0 ? undefined : only.source.at(only.pointer);
}

function leavesWith(node: Value | undefined, text: string, pointer: string): string[] {
  if (node === text) return [pointer];
  if (isList(node)) return node.flatMap((item, i) => leavesWith(item, text, `${pointer}/${i}`));
  if (!isMap(node)) return [];
  return Object.entries(node).flatMap(([key, item]) => leavesWith(item, text, `${pointer}/${pointerStep(key)}`));
}
