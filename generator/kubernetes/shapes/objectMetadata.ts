import type { Value, ValueMap } from '../../model/values.ts';
import { isDnsLabel } from '../../model/names.ts';
import { isDns1035Label, isDnsSubdomain, isLabelValue, isQualifiedName } from '../names.ts';
import { groupOf } from '../object.ts';
import { listAt, mapAt, member, pointerStep, textAt } from '../../model/values.ts';
import type { ShapeProblem } from './shapeTypes.ts';

/** k8s.io/apimachinery/pkg/api/validation, TotalAnnotationSizeLimitB. */
const annotationBytes = 256 * 1024;

interface NameForm {
  accepts(name: string): boolean;
  readonly says: string;
}

const subdomain: NameForm = {
  accepts: isDnsSubdomain,
  says: 'lower-case letters, digits, - and ., beginning and ending with a letter or digit, at most 253 characters',
};
const label: NameForm = {
  accepts: isDnsLabel,
  says: 'lower-case letters, digits and -, beginning and ending with a letter or digit, at most 63 characters',
};
/** Names that become part of a URL and nothing else. */
const pathSegment: NameForm = {
  accepts: (name) => /^(?!\.{1,2}$)[^/%]+$/.test(name),
  says: 'anything without / and %',
};

/** Kinds whose names are not DNS subdomains (k8s.io/kubernetes, validation of each kind). */
const nameForms: Readonly<Record<string, NameForm>> = {
  '/Namespace': label,
  'apps/StatefulSet': label,
  '/Service': { accepts: isDns1035Label, says: `${label.says}, beginning with a letter` },
  'rbac.authorization.k8s.io/ClusterRole': pathSegment,
  'rbac.authorization.k8s.io/ClusterRoleBinding': pathSegment,
  'rbac.authorization.k8s.io/Role': pathSegment,
  'rbac.authorization.k8s.io/RoleBinding': pathSegment,
};

/** What the API server demands of names, labels, annotations and finalizers of every object. */
export function metadataProblems(object: ValueMap): ShapeProblem[] {
  const metadata = mapAt(object, 'metadata');
  const [group] = (textAt(object, 'apiVersion') ?? '').split('/').slice(0, -1);
  const name = textAt(metadata, 'name');
  const generated = textAt(metadata, 'generateName') ?? '';
  const form = nameForms[`${group ?? ''}/${String(object['kind'])}`] ?? subdomain;
  const namespace = textAt(metadata, 'namespace');
  return [
    ...(name === undefined || name === '' ? [] : nameProblems('/metadata/name', name, form)),
    // what stands before the part that the API server adds may end with a dash
    ...(generated === '' ? [] : nameProblems('/metadata/generateName', generated.replace(/-$/, 'a'), form)),
    ...(namespace === undefined || namespace === '' ? [] : nameProblems('/metadata/namespace', namespace, label)),
    ...labelProblems(mapAt(metadata, 'labels')),
    ...annotationProblems(mapAt(metadata, 'annotations')),
    ...listAt(metadata, 'finalizers').flatMap((key, i) =>
      isQualifiedName(String(key)) ? [] : [keyProblem(`/metadata/finalizers/${i}`)],
    ),
    ...ownerProblems(listAt(metadata, 'ownerReferences')),
  ];
}

/** Owners are named in full, and one of them at most is the controller (apimachinery, ValidateOwnerReferences). */
function ownerProblems(owners: readonly Value[]): ShapeProblem[] {
  const controllers = owners.flatMap((owner, i) => (member(owner, 'controller') === true ? [i] : []));
  return [
    ...owners.flatMap((owner, i) =>
      ['apiVersion', 'kind', 'name', 'uid']
        .filter((field) => member(owner, field) === '')
        .map((field) => problem(`/metadata/ownerReferences/${i}/${field}`, 'must not be empty')),
    ),
    ...controllers
      .slice(1)
      .map((i) => problem(`/metadata/ownerReferences/${i}/controller`, 'makes a second controller; one is allowed')),
  ];
}

/** The same of labels and annotations that an object gives to others: pointers are below their `metadata`. */
export const templateProblems = (metadata: ValueMap): ShapeProblem[] =>
  [...labelProblems(mapAt(metadata, 'labels')), ...annotationProblems(mapAt(metadata, 'annotations'))].map((p) => ({
    ...p,
    pointer: p.pointer.slice('/metadata'.length),
  }));

/** Questions to the API server need no name, lists have none, and a LimitRange gets one. */
const withoutName = /^(?:(?:authentication|authorization)\.k8s\.io\/|\/(?:List|LimitRange)$)/;

/** What an object without a name is refused for. */
export function nameProblem(object: ValueMap): ShapeProblem[] {
  const metadata = mapAt(object, 'metadata');
  if ([textAt(metadata, 'name'), textAt(metadata, 'generateName')].some((name) => (name ?? '') !== '')) return [];
  const isNameless = withoutName.test(`${groupOf(textAt(object, 'apiVersion') ?? '')}/${String(object['kind'])}`);
  return isNameless ? [] : [problem('/metadata', 'has neither a name nor a generateName')];
}

function problem(pointer: string, message: string): ShapeProblem {
  return { pointer, keyword: 'metadata', message };
}

function nameProblems(pointer: string, name: string, { accepts, says }: NameForm): ShapeProblem[] {
  return accepts(name) ? [] : [problem(pointer, `is not a valid name (it is ${JSON.stringify(name)}): ${says}`)];
}

function keyProblem(pointer: string): ShapeProblem {
  return problem(pointer, `has a key that is not a qualified name ([prefix/]name)`);
}

function labelProblems(labels: ValueMap): ShapeProblem[] {
  const found: ShapeProblem[] = [];
  for (const [key, value] of Object.entries(labels)) {
    const text = String(value);
    if (!isQualifiedName(key)) found.push(keyProblem(`/metadata/labels/${pointerStep(key)}`));
    if (isLabelValue(text)) continue;
    const says = `is not a label value (it is ${JSON.stringify(text)}): letters, digits, -, _ and ., beginning and ending with a letter or digit, at most 63 characters`;
    found.push(problem(`/metadata/labels/${pointerStep(key)}`, says));
  }
  return found;
}

function annotationProblems(annotations: ValueMap): ShapeProblem[] {
  const found: ShapeProblem[] = [];
  let units = 0;
  for (const [key, value] of Object.entries(annotations)) {
    units += key.length + String(value).length;
    // the API server compares annotation keys in lower case
    if (!isQualifiedName(key.toLowerCase())) found.push(keyProblem(`/metadata/annotations/${pointerStep(key)}`));
  }
  // a unit of UTF-16 is at most three bytes of UTF-8: nearly all annotations need no exact count
  const bytes = units * 3 <= annotationBytes ? 0 : bytesOf(annotations);
  if (bytes > annotationBytes)
    found.push(problem('/metadata/annotations', `are ${bytes} bytes long; ${annotationBytes} are allowed`));
  return found;
}

const bytesOf = (annotations: ValueMap): number =>
  Object.entries(annotations).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);

const encoder = new TextEncoder();
const byteLength = (value: Value): number => encoder.encode(String(value)).length;
