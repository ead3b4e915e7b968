import type { ClusterApis } from './chartRenderer.ts';
import type { ValueMap } from './model/values.ts';
import { asList, asMap, asString, compareText } from './model/values.ts';
import type { Kubernetes } from './ports.ts';

/**
 * What Argo CD tells Helm of a cluster: its version without what vendors add (parseKubeVersion in
 * reposerver/repository/repository.go of v3.4.4), and the APIs that can be listed and watched there. A text: why it is not known.
 */
export async function liveApis(api: Kubernetes): Promise<ClusterApis | string> {
  const version = await api.get('/version');
  const kubeVersion = /^v?(\d+\.\d+\.\d+)/.exec(asString(version.body['gitVersion']) ?? '')?.[1];
  if (kubeVersion === undefined) return `the API server answers ${version.status} to /version`;
  const answers = [await api.discover('/api'), await api.discover('/apis')];
  const other = answers.find(({ status, body }) => status >= 300 || body['kind'] !== 'APIGroupDiscoveryList');
  if (other !== undefined) return `the API server answers ${other.status} to what it serves, and no list of it`;
  const apiVersions = new Set(answers.flatMap(({ body }) => asList(body['items']).flatMap((g) => servedBy(asMap(g)))));
  return { kubeVersion, apiVersions: [...apiVersions].sort(compareText) };
}

/** `group/version`, and `group/version/Kind` for each of its kinds. */
function servedBy(group: ValueMap): readonly string[] {
  const name = asString(asMap(group['metadata'])['name']) ?? '';
  return asList(group['versions'])
    .map(asMap)
    .flatMap(({ version, resources }) => {
      const groupVersion = name === '' ? String(version) : `${name}/${String(version)}`;
      const kinds = asList(resources)
        .map(asMap)
        .filter(({ verbs }) => ['list', 'watch'].every((verb) => asList(verbs).includes(verb)))
        .map(({ responseKind }) => `${groupVersion}/${String(asMap(responseKind)['kind'])}`);
      return kinds.length === 0 ? [] : [groupVersion, ...kinds];
    });
}
