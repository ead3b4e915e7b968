import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { Catalog } from '../model/model.ts';
import { compareMinors, minorOf } from '../kubernetes/version.ts';

type Range = Pick<Catalog, 'minimumKubernetes' | 'maximumKubernetes' | 'testedKubernetes'>;

/** Whether the catalog installs on the Kubernetes of a cluster: one finding where it does not, or where nobody has tried. */
export function kubernetesFindings(range: Range, version: string, at: Location | undefined): Diagnostic[] {
  const { minimumKubernetes: minimum, maximumKubernetes: maximum, testedKubernetes: tested } = range;
  const place = at === undefined ? {} : { at };
  const found = (severity: 'error' | 'warning', message: string, hint: string): Diagnostic[] => [
    { code: 'spec/kubernetes-version', severity, message, hint, ...place },
  ];
  if (compareMinors(version, minimum) < 0)
    return found(
      'error',
      `Kubernetes ${minorOf(version)} is older than ${minimum}, the oldest that the catalog installs on.`,
      `Upgrade the cluster to ${minimum} first, or pin a catalog that installs on ${minorOf(version)} (spec.catalog).`,
    );
  if (maximum !== undefined && compareMinors(version, maximum) > 0)
    return found(
      'error',
      `Kubernetes ${minorOf(version)} is newer than ${maximum}, the newest that the catalog installs on.`,
      'Upgrade the catalog before the cluster.',
    );
  const newest = [...tested].sort(compareMinors).at(-1);
  if (newest === undefined || compareMinors(version, newest) <= 0) return [];
  return found(
    'warning',
    `Kubernetes ${minorOf(version)} is newer than ${newest}, the newest that the catalog was tested with.`,
    'Upgrade the catalog before the cluster, or try it on a cluster that may break.',
  );
}
