import { withoutSecret } from '../../kubernetes/object.ts';
import { maskNamed } from '../../util/mask.ts';
import type { Context } from '../../ports.ts';
import type { TreeObject } from '../../model/model.ts';
import { DiagnosticsError, UsageError } from '../../model/diagnostic.ts';
import type { AppliedPatch, PatchedField } from '../../model/patch.ts';
import type { Value } from '../../model/values.ts';
import { asString, pointerOf, pointerOfPath, pointerSteps, valueAt } from '../../model/values.ts';
import { describeObject, kindOf, splitKind } from '../../kubernetes/object.ts';
import { didYouMean } from '../../util/suggest.ts';
import { objectLocation } from '../../validate/findings.ts';
import type { Result } from '../command.ts';
import { oneCluster } from '../shared/oneCluster.ts';
import { place, placeText, shortSetting } from './text.ts';

/** An object of a tree, and a field of it. */
interface ObjectPath {
  /** `group/Kind`, or `Kind` of any group. */
  readonly kind: string;
  /** Undefined: any. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** Pointer in the object; empty for the whole. */
  readonly pointer: string;
}

/** `Kind/name` or `Kind/namespace/name`, with `group/` before and `#field` behind it; undefined for any other text. */
export function objectPath(text: string): ObjectPath | undefined {
  const match = /^((?:[a-z0-9.-]+\/)?[A-Z][A-Za-z0-9]*)\/(?:([^/#]+)\/)?([^/#]+)(?:#(.*))?$/.exec(text);
  if (match === null) return undefined;
  const [, kind = '', namespace, name = '', field = ''] = match;
  return { kind, namespace, name, pointer: field.startsWith('/') ? field : pointerOfPath(field) };
}

/** Where an object of the tree, or a field of it, comes from: its template or chart, and the patches of the spec. */
export async function explainObject(ctx: Context, name: string, text: string, wanted: ObjectPath): Promise<Result> {
  const { cluster, result } = await oneCluster(ctx, name, true);
  if (cluster.tree === undefined) throw new DiagnosticsError(result.diagnostics);
  const object = oneObject(cluster.tree.objects, wanted, name);
  const found = fieldOf({ ...object, object: withoutSecret(object.object) }, wanted.pointer, text);
  const value = found === undefined ? undefined : maskNamed(found, text);
  const template = objectLocation(object);
  const chart = cluster.plan?.components.find((c) => c.name === object.component)?.chart;
  const patches = (object.patches ?? []).flatMap((patch) =>
    patch.fields
      .filter((f) => touches(f.pointer, wanted.pointer))
      .map((field) => ({ patch, field: maskedField(field, object.object) })),
  );
  const source = template === undefined && chart !== undefined ? `chart ${chart.name} ${chart.version}` : '';
  const lines = [
    `  component ${object.component.padEnd(20)} ${template === undefined ? source : placeText(template)}`,
    ...patches.toReversed().map(patchLine),
  ];
  return {
    text: `${text} = ${value === undefined ? 'nothing (removed by a patch)' : shortSetting(value)}\n${lines.join('\n')}`,
    data: {
      path: text,
      value: value ?? null,
      component: object.component,
      template: template === undefined ? null : place(template),
      patches: patches.map(({ patch, field }) => ({
        path: patch.path,
        by: patch.by,
        pointer: field.pointer,
        ...(field.before === undefined ? {} : { before: field.before }),
        ...(field.after === undefined ? {} : { after: field.after }),
        ...place(field.at),
      })),
    },
    diagnostics: result.diagnostics,
  };
}

/** What is secret by its name, the value of a variable included, is masked. */
function maskedField(field: PatchedField, object: Value): PatchedField {
  const steps = pointerSteps(field.pointer);
  const step = steps.at(-1) ?? '';
  const variable = step === 'value' ? valueAt(object, pointerOf([...steps.slice(0, -1), 'name'])) : undefined;
  const name = asString(variable) ?? step;
  return {
    ...field,
    ...(field.before === undefined ? {} : { before: maskNamed(field.before, name) }),
    ...(field.after === undefined ? {} : { after: maskNamed(field.after, name) }),
  };
}

const touches = (changed: string, asked: string): boolean =>
  asked === '' || changed === asked || changed.startsWith(`${asked}/`) || asked.startsWith(`${changed}/`);

function patchLine({ patch, field }: { patch: AppliedPatch; field: PatchedField }): string {
  const from = field.before === undefined ? 'nothing' : shortSetting(field.before);
  const to = field.after === undefined ? 'nothing' : shortSetting(field.after);
  return `  patched by ${patch.by.padEnd(19)} ${placeText(field.at)}  ${patch.path}: ${from} → ${to}`;
}

function oneObject(objects: readonly TreeObject[], { kind, namespace, name }: ObjectPath, cluster: string): TreeObject {
  const isKind = (o: TreeObject): boolean =>
    kindOf(o.object) === kind || (!kind.includes('/') && splitKind(kindOf(o.object)).kind === kind);
  const alike = objects.filter(isKind);
  const found = alike.filter((o) => o.name === name && (namespace === undefined || o.namespace === namespace));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const names = (found.length > 0 ? found : alike).map((o) => describeObject(o.object));
  const kinds = [...new Set(objects.map((o) => splitKind(kindOf(o.object)).kind))];
  throw new UsageError(
    found.length > 0
      ? `Several objects of cluster ${cluster} are called ${kind} ${name}.`
      : `The tree of cluster ${cluster} has no ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}.${
          alike.length === 0
            ? didYouMean(kind, kinds)
            : didYouMean(
                name,
                alike.map((o) => o.name),
              )
        }`,
    names.length === 0 ? 'Objects are written as Kind/namespace/name.' : `There is: ${names.slice(0, 8).join(', ')}.`,
  );
}

/** The value of the field; undefined for one that a patch removed. */
function fieldOf({ object, patches = [] }: TreeObject, pointer: string, text: string): Value | undefined {
  const value = valueAt(object, pointer);
  if (value !== undefined || patches.some((p) => p.fields.some((f) => f.pointer === pointer))) return value;
  const steps = pointerSteps(pointer);
  const parent = valueAt(object, pointerOf(steps.slice(0, -1)));
  const known = typeof parent === 'object' && parent !== null ? Object.keys(parent) : [];
  throw new UsageError(
    `"${text}" is not in the object.${didYouMean(steps.at(-1) ?? '', known)}`,
    'Fields stand behind #, as in Deployment/kafka/ui#spec.replicas.',
  );
}
