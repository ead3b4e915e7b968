import { UsageError } from '../model/diagnostic.ts';

/** Where a schema is, by kind: a path or URL. `version` is a minor (`1.34`). */
export type SchemaLocation = (apiVersion: string, kind: string, version: string) => string;

const variables = [
  'NormalizedKubernetesVersion',
  'StrictSuffix',
  'ResourceKind',
  'ResourceAPIVersion',
  'Group',
  'KindSuffix',
] as const;
const usualPath =
  '/{{ .NormalizedKubernetesVersion }}-standalone{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json';

/**
 * A schema location as kubeconform has it: a template with its variables when it ends with `json`, else a folder in the layout
 * of kubernetes-json-schema. Checks here are always strict. Throws UsageError for what is more than a variable.
 */
export function parseLocation(template: string): SchemaLocation {
  const full = template.endsWith('json') ? template : `${template}${usualPath}`;
  const parts = full.split(/\{\{-?[ \t]*([^{}]*?)[ \t]*-?\}\}/);
  const strange = parts.find((part, i) => i % 2 === 1 && !variables.some((name) => part === `.${name}`));
  if (strange !== undefined)
    throw new UsageError(
      `The schema location ${template} has {{${strange}}}, which is none of its variables.`,
      `Variables are ${variables.map((name) => `{{.${name}}}`).join(', ')}.`,
    );
  return (apiVersion, kind, version) => {
    const values = valuesOf(apiVersion, kind, version);
    return parts.map((part, i) => (i % 2 === 1 ? (values[part.slice(1)] ?? '') : part)).join('');
  };
}

/** The group of core kinds is their version, as in kubeconform. */
function valuesOf(apiVersion: string, kind: string, version: string): Readonly<Record<string, string>> {
  const [group = '', ...rest] = apiVersion.split('/');
  const suffix = [group.split('.')[0] ?? '', ...rest.slice(0, 1)].map((part) => `-${part.toLowerCase()}`);
  return {
    NormalizedKubernetesVersion: `v${version}.0`,
    StrictSuffix: '-strict',
    ResourceKind: kind.toLowerCase(),
    ResourceAPIVersion: rest.at(-1) ?? group,
    Group: group,
    KindSuffix: suffix.join(''),
  };
}
