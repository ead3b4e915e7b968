import { planCluster } from '../plan/plan.ts';
import { resolveCluster } from '../plan/resolve.ts';
import type { Tools } from '../template/tools.ts';
import { environmentsOf, pinOf } from '../config/specChecker.ts';
import { environmentOfFile } from '../config/specFiles.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { hasErrors } from '../model/diagnostic.ts';
import type { Catalog, ClusterPlan } from '../model/model.ts';
import type { Source } from '../model/source.ts';
import type { Selection, Workspace } from './load.ts';

export interface PlannedClusters {
  readonly workspace: Workspace;
  /** Of the clusters without errors so far. */
  readonly plans: readonly ClusterPlan[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Which clusters have no errors in what they are made of: the catalog, their environments, their spec. */
export function soundness(workspace: Workspace): (source: Source) => boolean {
  const broken = new Set(workspace.diagnostics.filter((d) => d.severity === 'error').map((d) => d.at?.file));
  const skipAll = [...broken].some((file) => file === undefined || /^(?:catalog|custom)\//.test(file));
  const brokenEnvironments = new Set([...broken].flatMap((file) => environmentOfFile(file) ?? []));
  return (source) =>
    !skipAll &&
    !broken.has(source.file) &&
    environmentsOf(source, workspace.environments).every((name) => !brokenEnvironments.has(name));
}

/** The selected clusters as far as their plans. */
export async function planAll(
  tools: Tools,
  load: (s: Selection) => Promise<Workspace>,
  selection: Selection,
): Promise<PlannedClusters> {
  const workspace = await load(selection);
  const isSound = soundness(workspace);
  const diagnostics: Diagnostic[] = [...workspace.diagnostics];
  const plans = workspace.clusters.filter(isSound).flatMap((source) => {
    const catalog = catalogOf(source, workspace);
    if (catalog === undefined) return [];
    const resolved = resolveCluster(source, workspace.environments, catalog, tools);
    diagnostics.push(...resolved.diagnostics);
    if (resolved.value === undefined || hasErrors(resolved.diagnostics)) return [];
    const plan = planCluster(resolved.value, tools);
    diagnostics.push(...plan.diagnostics);
    return plan.value === undefined ? [] : [plan.value];
  });
  return { workspace, plans, diagnostics };
}

/** The catalog of a cluster: the working tree's, or that of its pin. */
export function catalogOf(source: Source, { catalog, catalogs, environments }: Workspace): Catalog | undefined {
  const pin = pinOf(source, environments);
  return pin === undefined ? catalog : catalogs.get(pin);
}
