import type { ComponentPlan } from '../model/model.ts';
import { compareText, mapAt } from '../model/values.ts';

/** What is known of APIs without a cluster. */
export interface KnownApis {
  /** Parsed `schemas/kubernetes/v<minor>.json`; undefined without one. */
  kubernetes(minor: string): unknown;
  /** Versions of a custom resource that schemas/crds/ has. */
  versions(group: string, kind: string): readonly string[];
}

/** Questions and answers, not objects: they cannot be listed and watched. */
const passing: ReadonlySet<string> = new Set([
  'Binding',
  'LocalSubjectAccessReview',
  'SelfSubjectAccessReview',
  'SelfSubjectReview',
  'SelfSubjectRulesReview',
  'SubjectAccessReview',
  'TokenReview',
]);

/** An API server has new alpha and beta versions of its own APIs off until somebody switches them on (KEP-3136). */
const isOn = (groupVersion: string): boolean => !/v\d+(?:alpha|beta)\d+$/.test(groupVersion);

/**
 * What `.Capabilities.APIVersions` holds once a cluster is up: the API of its Kubernetes version and that of every definition
 * the planned components bring, each as `group/version` and `group/version/Kind`, sorted. Argo CD passes the same to Helm
 * (APIResourcesToStrings in util/argo/argo.go of v3.5.1), from the cluster itself: what can be listed and watched there.
 */
export function apiVersionsOf(
  components: readonly ComponentPlan[],
  kubernetesMinor: string,
  apis: KnownApis,
): readonly string[] {
  const found = new Set<string>();
  const add = (groupVersion: string, kind: string): void => {
    found.add(groupVersion);
    found.add(`${groupVersion}/${kind}`);
  };
  for (const name of Object.keys(mapAt(apis.kubernetes(kubernetesMinor), 'kinds'))) {
    const end = name.lastIndexOf('/');
    const [groupVersion, kind] = [name.slice(0, end), name.slice(end + 1)];
    if (isOn(groupVersion) && !passing.has(kind)) add(groupVersion, kind);
  }
  for (const crd of new Set(components.flatMap((c) => c.component.crds))) {
    const [group = '', kind = ''] = crd.split('/');
    for (const version of apis.versions(group, kind)) add(`${group}/${version}`, kind);
  }
  return [...found].sort(compareText);
}
