import type { Diagnostic } from '../model/diagnostic.ts';
import type { ValueMap } from '../model/values.ts';
import { pointerSteps, pointerText } from '../model/values.ts';
import { annotationList, describeObject, groupOf, kindOf, nameOf } from '../kubernetes/object.ts';
import { isRight } from '../kubernetes/rights.ts';
import type { PatchedField } from '../kubernetes/strategicMerge.ts';
import { syncOptionsAnnotation } from './annotations.ts';

interface Refusal extends Pick<Diagnostic, 'code' | 'message'> {
  readonly hint: string;
  readonly field: PatchedField;
}

/** Why a patch may not do what it does; undefined when it may. `rights` is its consent to a change of rights. */
export function refusalOf(
  before: ValueMap,
  after: ValueMap,
  fields: readonly PatchedField[],
  rights: string | undefined,
): Refusal | undefined {
  for (const field of fields) {
    const refused = refusedField(before, after, field);
    if (refused !== undefined) return { code: 'patch/refused', field, ...refused };
  }
  const right = fields.find((f) => isRight(kindOf(before), nameOf(before), f));
  if (right === undefined || rights !== undefined) return undefined;
  return {
    code: 'patch/rights',
    field: right,
    message: `The patch changes ${pointerText(right.pointer)} of ${describeObject(before)}, which says what somebody may do.`,
    hint: 'If that is meant, say why: rights: <reason> beside target.',
  };
}

const identity: readonly string[] = [
  '/apiVersion',
  '/kind',
  '/metadata/name',
  '/metadata/generateName',
  '/metadata/namespace',
];

function refusedField(
  before: ValueMap,
  after: ValueMap,
  { pointer }: PatchedField,
): Pick<Refusal, 'message' | 'hint'> | undefined {
  const what = `${pointerText(pointer)} of ${describeObject(before)}`;
  if (groupOf(kindOf(before)) === 'argoproj.io')
    return {
      message: `A patch may not change ${describeObject(before)}: what Argo CD may do is decided by the catalog and its options.`,
      hint: 'Use the options of the capability.',
    };
  if (identity.includes(pointer))
    return {
      message: `A patch may not change ${what}: that would be another object.`,
      hint: 'Use the options that name it, or the namespace of the component.',
    };
  const [first, section, name = ''] = pointerSteps(pointer);
  if (kindOf(before) === 'Secret' && (first === 'data' || first === 'stringData'))
    return {
      message: `A patch may not write ${what}: it would put a secret into git.`,
      hint: 'Secrets come from the store: contribute it, or name an existing Secret.',
    };
  if (first !== 'metadata' || !/^(?:argocd\.argoproj\.io|helm\.sh)\//.test(name)) return undefined;
  if (name === 'argocd.argoproj.io/sync-wave') return undefined;
  if (section === 'annotations' && name === syncOptionsAnnotation) {
    const left = annotationList(after, syncOptionsAnnotation);
    const lost = annotationList(before, syncOptionsAnnotation).filter((option) => !left.includes(option));
    if (lost.length === 0) return undefined;
    return {
      message: `A patch may add sync options to ${describeObject(before)}, but not take ${lost.join(',')} away.`,
      hint: 'What protects data is taken off by `removal: delete` of the component.',
    };
  }
  return {
    message: `A patch may not change ${what}, by which Argo CD knows what to do with the object.`,
    hint: 'Only argocd.argoproj.io/sync-wave may be changed, and sync options added.',
  };
}
