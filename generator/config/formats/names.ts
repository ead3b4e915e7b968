import { patternProblem } from '../../util/regex.ts';
import type { Format } from './format.ts';
import { matching } from './format.ts';
import { hostProblem } from './network.ts';

const validation = 'apimachinery 0.36, pkg/util/validation';

const labelProblem = (text: string): string | undefined => (text.includes('.') ? 'it has a dot' : hostProblem(text));

const prefixed = (text: string): readonly [string | undefined, string] => {
  const at = text.indexOf('/');
  return at === -1 ? [undefined, text] : [text.slice(0, at), text.slice(at + 1)];
};

/** `[prefix/]name` of labels, annotations and extended resources (IsQualifiedName). */
function qualifiedProblem(text: string): string | undefined {
  const [prefix, name] = prefixed(text);
  if (prefix !== undefined) {
    const problem = prefix === '' ? 'it is empty' : hostProblem(prefix);
    if (problem !== undefined) return `before the /, ${problem}`;
  }
  if (name.length > 63) return `the name has ${name.length} characters; 63 are allowed`;
  return /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(name)
    ? undefined
    : 'the name is not made of letters, digits, -, _ and ., with a letter or digit at both ends';
}

export const nameFormats = {
  'dns-label': {
    what: 'a DNS label',
    example: 'web',
    source: `${validation}, IsDNS1123Label`,
    problem: labelProblem,
  },
  'object-name': {
    what: 'the name of an object',
    example: 'web-config',
    source: `${validation}, IsDNS1123Subdomain`,
    problem: hostOrNumberProblem,
  },
  'role-name': matching(
    /^[^/%]+$/,
    'it has a / or a %',
    {
      what: 'the name of a role',
      example: 'view',
      source: 'apimachinery 0.36, pkg/api/validation/path, IsValidPathSegmentName',
    },
    (text) =>
      text === '.' || text === '..'
        ? 'it is . or ..'
        : text.length > 253
          ? 'it has more than 253 characters'
          : undefined,
  ),
  'label-key': {
    what: 'the key of a label or annotation',
    example: 'topology.kubernetes.io/zone',
    source: `${validation}, IsQualifiedName`,
    problem: qualifiedProblem,
  },
  'resource-name': {
    what: 'the name of an extended resource',
    example: 'nvidia.com/mig-1g.5gb',
    source: 'kubernetes 1.36, pkg/apis/core/v1/helper, IsExtendedResourceName',
    problem: (text) => (text.includes('/') ? qualifiedProblem(text) : 'it has no prefix, as in nvidia.com/'),
  },
  'config-key': matching(
    /^[-._A-Za-z0-9]{1,253}$/,
    'it is not made of letters, digits, -, _ and ., at most 253',
    { what: 'a key of a ConfigMap or Secret', example: 'ca.crt', source: `${validation}, IsConfigMapKey` },
    (text) => (text === '.' || text.startsWith('..') ? 'it is . or begins with ..' : undefined),
  ),
  'api-group': {
    what: 'an API group',
    example: 'monitoring.coreos.com',
    source: `${validation}, IsDNS1123Subdomain`,
    problem: (text) => (text === '' ? undefined : hostProblem(text)),
  },
  image: matching(
    /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    'it is made of a registry, a path in small letters, and a tag or a digest (sha256)',
    {
      what: 'a reference to an image',
      example: 'registry.example.com/team/app:1.2.3',
      source: 'distribution/reference 0.6, regexp.go',
    },
  ),
  'kubernetes-release': matching(/^v1\.(?:0|[1-9]\d?)\.(?:0|[1-9]\d?)$/, 'it is v1., the minor and the patch version', {
    what: 'a version of Kubernetes',
    example: 'v1.36.0',
    source: 'kubernetes 1.36, tags of its releases',
  }),
  'regular-expression': {
    what: 'a regular expression of Go',
    example: '^gpu-',
    source: 'node-feature-discovery 0.18, pkg/apis/nfd/nodefeaturerule, MatchInRegexp',
    problem: patternProblem,
  },
} as const satisfies Readonly<Record<string, Format>>;

/** Names of objects may look like addresses, unlike those of hosts. */
function hostOrNumberProblem(text: string): string | undefined {
  const problem = hostProblem(text);
  return problem?.startsWith('its last part is a number') === true ? undefined : problem;
}
