import type { Context, GitFacts } from '../../ports.ts';
import type { ClusterPlan } from '../../model/model.ts';
import { repositoryFindings } from '../../validate/repository.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { DiagnosticsError, hasErrors, ToolError, UsageError } from '../../model/diagnostic.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { many, table } from '../../report/text.ts';
import { composed, printSchema } from '../schema/schema.ts';
import type { Result } from '../command.ts';
import { selected } from '../shared/options.ts';
import { checkCluster } from './clusterChecks.ts';
import type { ClusterCheck } from './clusterChecks.ts';
import type { DoctorInvocation } from './command.ts';
import { availableUpgrades } from '../upgrade/targets.ts';
import { observe } from './observe.ts';
import { specFiles } from '../../config/specFiles.ts';

interface Check {
  readonly name: string;
  readonly found: string;
  /** What is wrong, when something is. */
  readonly problem?: Pick<Diagnostic, 'code' | 'hint' | 'at'> | undefined;
}

/** What Slipway needs of this machine and repository, and whether it is there; with --context, of a cluster too. */
export async function doctor(invocation: DoctorInvocation): Promise<Result> {
  const { ctx, options } = invocation;
  const pipeline = createPipeline(ctx);
  const catalog = pipeline.loadCatalog();
  const isSound = catalog.value !== undefined && !hasErrors(catalog.diagnostics);
  const checks: Check[] = [
    nodeCheck(),
    await gitCheck(ctx),
    await helmCheck(ctx),
    await repositoryCheck(ctx),
    {
      name: 'catalog',
      found: isSound
        ? `${catalog.value?.version}, ${many(catalog.value?.capabilities.size ?? 0, 'capability', 'capabilities')}, ${many(catalog.value?.components.size ?? 0, 'component')}`
        : many(catalog.diagnostics.length, 'finding'),
    },
    { name: 'clusters', found: many(specFiles(ctx.files, 'clusters').length, 'cluster spec') },
    ...(isSound ? [schemaCheck(ctx)] : []),
  ];
  const facts = isSound ? await ctx.git.facts() : undefined;
  const { plans } = facts === undefined ? { plans: [] } : await pipeline.plan({ clusters: [] });
  const read = facts === undefined || plans.length === 0 ? undefined : readCheck(plans, facts);
  const problems = checks.flatMap(({ name, found, problem }): Diagnostic[] =>
    problem === undefined ? [] : [{ severity: 'error', message: `${name}: ${found}.`, ...problem }],
  );
  const isBad = (c: Check): boolean => c.problem !== undefined || (c.name === 'catalog' && !isSound);
  const seen = options.context === undefined || !isSound ? [] : await lookAtCluster(invocation, options.context);
  const isWrong = (c: ClusterCheck): boolean => c.problem !== undefined;
  return {
    text: table([
      ...checks.map((c) => [isBad(c) ? 'NOT OK' : 'ok', c.name, c.found]),
      ...(read === undefined
        ? []
        : [[hasErrors(read.findings) ? 'NOT OK' : read.ok ? 'ok' : '?', read.name, read.found]]),
      ...seen.map((c) => [isWrong(c) ? (c.problem?.severity === 'error' ? 'NOT OK' : '?') : 'ok', c.name, c.found]),
    ]),
    data: [
      ...checks.map((c) => ({ name: c.name, ok: !isBad(c), found: c.found })),
      ...(read === undefined ? [] : [{ name: read.name, ok: read.ok, found: read.found }]),
      ...seen.map((c) => ({ name: c.name, ok: !isWrong(c), found: c.found })),
    ],
    diagnostics: [
      ...catalog.diagnostics,
      ...(await availableUpgrades(ctx)),
      ...problems,
      ...(read?.findings ?? []),
      ...seen.flatMap((c) => c.problem ?? []),
    ],
  };
}

/** One cluster is named, and looked at by the context that is named for it. */
async function lookAtCluster({ ctx, options }: DoctorInvocation, context: string): Promise<readonly ClusterCheck[]> {
  const result = await createPipeline(ctx).run(selected(options));
  const [cluster, ...more] = result.clusters;
  if (cluster === undefined || more.length > 0)
    throw new UsageError(
      `--context ${context} is that of one cluster, and ${result.clusters.length} are selected.`,
      'Name the cluster with -c.',
    );
  if (cluster.plan === undefined || hasErrors(cluster.diagnostics)) throw new DiagnosticsError(result.diagnostics);
  const { info, name } = cluster.plan.cluster;
  try {
    const api = await ctx.kubernetes({ context, qps: 50 });
    try {
      return checkCluster(cluster.plan, await observe(api, { namespace: info.argocd.namespace, name }));
    } finally {
      api.close();
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const problem = { ...error.finding(), cluster: name, at: { file: `clusters/${name}.yaml`, line: 1, col: 1 } };
    return [{ name: 'cluster', found: 'it cannot be looked at', problem }];
  }
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isRecent = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'node',
    found: `${process.versions.node} (20.19 or newer)`,
    problem: isRecent ? undefined : { code: 'tool/version', hint: 'Install a newer Node.js.' },
  };
}

async function gitCheck({ git }: Context): Promise<Check> {
  const found = await git.version().catch(() => undefined);
  return {
    name: 'git',
    found: found ?? 'not found',
    problem: found === undefined ? { code: 'tool/missing', hint: 'Install git, or put it on PATH.' } : undefined,
  };
}

/** Without a Helm everything but charts works. */
async function helmCheck(ctx: Context): Promise<Check> {
  try {
    const helm = await ctx.helm();
    const kind = helm?.kind === 'engine' ? 'the chart engine' : 'the helm program';
    return {
      name: 'helm',
      found: helm === undefined ? 'not found, and needed for charts only' : `${helm.version}, ${kind}`,
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return {
      name: 'helm',
      found: error.message.replace(/\.$/, ''),
      problem: { code: error.code, hint: error.hint ?? 'Install Helm 4.' },
    };
  }
}

async function repositoryCheck({ git, files }: Context): Promise<Check> {
  let isRepository: boolean;
  try {
    isRepository = await git.isRepository();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const problem = { code: error.code, hint: error.hint ?? 'Look at what git says.' };
    return { name: 'repository', found: error.message.replace(/\.$/, ''), problem };
  }
  return {
    name: 'repository',
    found: isRepository ? files.root : `${files.root} is not a git work tree`,
    problem: isRepository
      ? undefined
      : { code: 'git/not-a-repository', hint: 'Run `git init`, or pass the repository with --root.' },
  };
}

/** Whether Argo CD would read this repository. */
function readCheck(
  plans: readonly ClusterPlan[],
  facts: GitFacts,
): Pick<Check, 'name' | 'found'> & { readonly ok: boolean; readonly findings: readonly Diagnostic[] } {
  const places = plans.map(({ cluster: { info } }) =>
    [info.git.repoURL, info.git.branch, ...(info.git.path === '' ? [] : [info.git.path])].join(' '),
  );
  const findings = repositoryFindings(
    plans.map((plan) => plan.cluster),
    facts,
  );
  return { name: 'Argo CD reads', found: [...new Set(places)].join(', '), ok: findings.length === 0, findings };
}

function schemaCheck(ctx: Context): Check {
  const file = 'schemas/cluster.schema.json';
  const present = ctx.files.exists(file) ? ctx.files.read(file) : '';
  const isCurrent = present === printSchema(composed(ctx, 'cluster'));
  return {
    name: 'editor schema',
    found: `${file} is ${isCurrent ? '' : 'not '}current`,
    problem: isCurrent
      ? undefined
      : { code: 'schema/stale', hint: 'Run `slipway schema cluster --write`.', at: { file, line: 1, col: 1 } },
  };
}
