import type { ClusterApis } from '../../helm/renderer.ts';
import type { ValueMap } from '../../model/values.ts';
import { asList, asMap, compareText, getAt, listAt, textAt } from '../../model/values.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { ApiAnswer, Kubernetes } from '../../ports.ts';
import { shellCommand } from '../../util/shell.ts';

/**
 * Makes sure that an API server answers before charts are rendered for it and thousands of questions are asked: what it says of
 * its version. Throws ToolError when the cluster cannot be spoken with.
 */
export async function greet(api: Kubernetes): Promise<ApiAnswer> {
  const version = await api.get('/version');
  const { status, body } = version;
  if (status === 403 || (status < 300 && body['gitVersion'] !== undefined)) return version;
  const busy = status === 429 || status >= 500;
  throw new ToolError(
    busy ? 'drift/unreachable' : 'drift/answer',
    busy
      ? `${api.server} (context "${api.context}") cannot be reached: it answers ${status}, again and again.`
      : `${api.server} (context "${api.context}") does not answer as an API server does: ${status} to /version.`,
    busy
      ? `Try \`${shellCommand('kubectl', '--context', api.context, 'version')}\`; with --qps it is asked less often.`
      : 'Check the address in the kubeconfig, and what stands between here and there.',
  );
}

/**
 * What Argo CD tells Helm of a cluster: its version without what vendors add (parseKubeVersion in
 * reposerver/repository/repository.go of v3.5.1), and the APIs that can be listed and watched there. A text: why it is not known.
 * `version` is what the greeting came to.
 */
export async function liveApis(api: Kubernetes, version: ApiAnswer): Promise<ClusterApis | string> {
  const kubeVersion = /^v?(\d+\.\d+\.\d+)/.exec(textAt(version.body, 'gitVersion') ?? '')?.[1];
  if (kubeVersion === undefined) return `the API server answers ${version.status} to /version`;
  const answers = [await api.discover('/api'), await api.discover('/apis')];
  const other = answers.find(({ status, body }) => status >= 300 || body['kind'] !== 'APIGroupDiscoveryList');
  if (other !== undefined) return `the API server answers ${other.status} to what it serves, and no list of it`;
  const apiVersions = new Set(answers.flatMap(({ body }) => listAt(body, 'items').flatMap((g) => servedBy(asMap(g)))));
  return { kubeVersion, apiVersions: [...apiVersions].sort(compareText) };
}

/** `group/version`, and `group/version/Kind` for each of its kinds. */
function servedBy(group: ValueMap): readonly string[] {
  const name = textAt(group, 'metadata', 'name') ?? '';
  return listAt(group, 'versions')
    .map(asMap)
    .flatMap(({ version, resources }) => {
      const groupVersion = name === '' ? String(version) : `${name}/${String(version)}`;
      const kinds = asList(resources)
        .map(asMap)
        .filter(({ verbs }) => ['list', 'watch'].every((verb) => asList(verbs).includes(verb)))
        .map(({ responseKind }) => `${groupVersion}/${String(getAt(responseKind, 'kind'))}`);
      return kinds.length === 0 ? [] : [groupVersion, ...kinds];
    });
}
