import type { Value, ValueMap } from '../model/values.ts';
import { asList, asMap, asString, pointerStep } from '../model/values.ts';
import type { ShapeProblem } from './shapeProblems.ts';

const dnsLabel = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const dnsSubdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const dns1035Label = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const qualifiedPart = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
/** k8s.io/apimachinery/pkg/api/validation, TotalAnnotationSizeLimitB. */
const annotationBytes = 256 * 1024;

interface NameForm {
  readonly form: RegExp;
  readonly max: number;
  readonly says: string;
}

const subdomain: NameForm = {
  form: dnsSubdomain,
  max: 253,
  says: 'lower-case letters, digits, - and ., beginning and ending with a letter or digit, at most 253 characters',
};
const label: NameForm = {
  form: dnsLabel,
  max: 63,
  says: 'lower-case letters, digits and -, beginning and ending with a letter or digit, at most 63 characters',
};
/** Names that become part of a URL and nothing else. */
const pathSegment: NameForm = { form: /^(?!\.{1,2}$)[^/%]+$/, max: Infinity, says: 'anything without / and %' };

/** Kinds whose names are not DNS subdomains (k8s.io/kubernetes, validation of each kind). */
const nameForms: Readonly<Record<string, NameForm>> = {
  '/Namespace': label,
  '/Service': { ...label, form: dns1035Label, says: `${label.says}, beginning with a letter` },
  'rbac.authorization.k8s.io/ClusterRole': pathSegment,
  'rbac.authorization.k8s.io/ClusterRoleBinding': pathSegment,
  'rbac.authorization.k8s.io/Role': pathSegment,
  'rbac.authorization.k8s.io/RoleBinding': pathSegment,
};

/** What the API server demands of names, labels, annotations and finalizers of every object. */
export function metadataProblems(object: ValueMap): ShapeProblem[] {
  const metadata = asMap(object['metadata']);
  const [group] = (asString(object['apiVersion']) ?? '').split('/').slice(0, -1);
  const name = asString(metadata['name']);
  const namespace = asString(metadata['namespace']);
  return [
    ...(name === undefined
      ? []
      : nameProblems('/metadata/name', name, nameForms[`${group ?? ''}/${String(object['kind'])}`] ?? subdomain)),
    ...(namespace === undefined ? [] : nameProblems('/metadata/namespace', namespace, label)),
    ...labelProblems(asMap(metadata['labels'])),
    ...annotationProblems(asMap(metadata['annotations'])),
    ...asList(metadata['finalizers']).flatMap((key, i) => keyProblems(`/metadata/finalizers/${i}`, String(key))),
  ];
}

function problem(pointer: string, message: string): ShapeProblem {
  return { pointer, keyword: 'metadata', message };
}

function nameProblems(pointer: string, name: string, { form, max, says }: NameForm): ShapeProblem[] {
  return form.test(name) && name.length <= max
    ? []
    : [problem(pointer, `is not a valid name (it is ${JSON.stringify(name)}): ${says}`)];
}

/** `prefix/name`: the prefix a DNS subdomain, the name at most 63 characters. */
function keyProblems(pointer: string, key: string): ShapeProblem[] {
  const [name = '', prefix, ...more] = key.split('/').toReversed();
  const good =
    more.length === 0 &&
    qualifiedPart.test(name) &&
    name.length <= 63 &&
    (prefix === undefined || (dnsSubdomain.test(prefix) && prefix.length <= 253));
  return good ? [] : [problem(pointer, `has a key that is not a qualified name ([prefix/]name)`)];
}

function labelProblems(labels: ValueMap): ShapeProblem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const pointer = `/metadata/labels/${pointerStep(key)}`;
    const text = String(value);
    const good = labelValue.test(text) && text.length <= 63;
    return [
      ...keyProblems(pointer, key),
      ...(good
        ? []
        : [
            problem(
              pointer,
              `is not a label value (it is ${JSON.stringify(text)}): letters, digits, -, _ and ., beginning and ending with a letter or digit, at most 63 characters`,
            ),
          ]),
    ];
  });
}

function annotationProblems(annotations: ValueMap): ShapeProblem[] {
  const bytes = Object.entries(annotations).reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return [
    // the API server compares annotation keys in lower case
    ...Object.keys(annotations).flatMap((key) =>
      keyProblems(`/metadata/annotations/${pointerStep(key)}`, key.toLowerCase()),
    ),
    ...(bytes > annotationBytes
      ? [problem('/metadata/annotations', `are ${bytes} bytes long; ${annotationBytes} are allowed`)]
      : []),
  ];
}

const encoder = new TextEncoder();
const byteLength = (value: Value): number => encoder.encode(String(value)).length;
