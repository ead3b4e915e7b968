import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ClusterPlan, RenderedTree, TreeObject } from '../../model/model.ts';
import { asString, mapAt, textAt } from '../../model/values.ts';
import { waveOf } from '../../kubernetes/object.ts';
import { treePath } from '../../render/applications.ts';
import { applicationPath } from '../../tree/paths.ts';
import { finding } from '../findings.ts';
import { sourcesOf } from './applications.ts';
import { normal } from './repositories.ts';

/** Manifests of one Application together: Argo CD's default for reposerver.max.combined.directory.manifests.size. */
const combinedLimit = 10 * 1024 * 1024;
const combinedWarning = combinedLimit / 2;

/** What only shows when all Applications of a tree are looked at. */
export function treeRules(tree: RenderedTree, plan: ClusterPlan): Diagnostic[] {
  const applications = tree.objects.filter((o) => o.kind === 'Application');
  const sizes = sizesOf(tree);
  return [
    ...applications.flatMap((application) => folders(application, plan, sizes)),
    ...waves(applications, plan),
    ...oneSpelling(applications),
    ...oneName(tree.objects),
  ];
}

/** Bytes per folder of manifests; 0 is a folder that is not there. */
function sizesOf({ files }: RenderedTree): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [path, text] of files) {
    const folder = /^(?:manifests\/[^/]+|apps)(?=\/)/.exec(path)?.[0];
    if (folder !== undefined) sizes.set(folder, (sizes.get(folder) ?? 0) + text.length);
  }
  return sizes;
}

function folders(application: TreeObject, { cluster }: ClusterPlan, sizes: ReadonlyMap<string, number>): Diagnostic[] {
  const root = `${treePath(cluster.info)}/`;
  return sourcesOf(mapAt(application.object, 'spec')).flatMap((source) => {
    const path = textAt(source, 'path') ?? '';
    if (normal(textAt(source, 'repoURL') ?? '') !== normal(cluster.info.git.repoURL) || !path.startsWith(root))
      return [];
    const size = sizes.get(path.slice(root.length)) ?? 0;
    if (size === 0)
      return [
        finding(
          'argocd/path',
          application,
          `Application ${application.name} applies ${path}, where nothing is.`,
          'Correct the path: Argo CD would refuse to sync, or prune everything.',
        ),
      ];
    if (size <= combinedWarning) return [];
    const severity = size > combinedLimit ? 'error' : 'warning';
    return [
      finding(
        'argocd/size',
        application,
        `Application ${application.name} applies ${size} bytes; Argo CD takes ${combinedLimit}.`,
        'Split the component, or raise reposerver.max.combined.directory.manifests.size.',
        severity,
      ),
    ];
  });
}

/** The waves that stand in the tree are those of the plan: what a component waits for comes earlier, and the root last. */
function waves(applications: readonly TreeObject[], plan: ClusterPlan): Diagnostic[] {
  const byPath = new Map(applications.map((a) => [a.path, a]));
  const applicationOf = (name: string): TreeObject | undefined => byPath.get(applicationPath(name));
  return plan.components.flatMap(({ name, dependsOn }) => {
    const application = applicationOf(name);
    const late = dependsOn.filter((d) => {
      const before = applicationOf(d);
      return before !== undefined && waveOf(before.object) >= waveOf(application?.object ?? {});
    });
    if (application === undefined || late.length === 0) return [];
    return [
      finding(
        'argocd/wave',
        application,
        `Application ${application.name} does not come after ${late.join(', ')}.`,
        'Leave the wave to Slipway.',
      ),
    ];
  });
}

/** One repository in two spellings is two for Argo CD's caches and credentials. */
function oneSpelling(applications: readonly TreeObject[]): Diagnostic[] {
  const spelling = new Map<string, string>();
  return applications.flatMap((application) =>
    sourcesOf(mapAt(application.object, 'spec')).flatMap(({ repoURL }) => {
      const url = asString(repoURL) ?? '';
      const first = spelling.get(normal(url)) ?? url;
      spelling.set(normal(url), first);
      if (first === url) return [];
      return [
        finding(
          'argocd/repository',
          application,
          `Application ${application.name} writes ${url}, others ${first}.`,
          'Write one repository in one way.',
          'warning',
        ),
      ];
    }),
  );
}

/** Clusters that two Secrets register under one name: Argo CD cannot tell them apart. */
function oneName(objects: readonly TreeObject[]): Diagnostic[] {
  const seen = new Set<string>();
  return objects.flatMap((object) => {
    const template = mapAt(object.object, 'spec', 'target', 'template');
    const labels = mapAt(template, 'metadata', 'labels');
    if (object.kind !== 'ExternalSecret' || labels['argocd.argoproj.io/secret-type'] !== 'cluster') return [];
    const name = textAt(template, 'data', 'name') ?? '';
    const isTaken = name !== '' && seen.has(name);
    seen.add(name);
    return isTaken
      ? [
          finding(
            'argocd/cluster-secret',
            object,
            `Two Secrets register a cluster "${name}".`,
            'Give each its own name.',
          ),
        ]
      : [];
  });
}
