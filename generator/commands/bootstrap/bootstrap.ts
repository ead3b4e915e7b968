import { applyArguments, bootstrapSteps, establishedCommands, helmArguments, rootKinds } from './steps.ts';
import type { Bootstrap, BootstrapStep } from './steps.ts';
import { DiagnosticsError, hasErrors, UsageError } from '../../model/diagnostic.ts';
import type { SecretExpectation } from '../../model/model.ts';
import { createPipeline } from '../../pipeline/pipeline.ts';
import { emitYaml } from '../../yaml/emit.ts';
import { applyBootstrap } from './bootstrapApply.ts';
import type { Result } from '../command.ts';
import { noCluster } from '../shared/names.ts';
import type { BootstrapInvocation } from './command.ts';
import { storeCommands } from './storeCommands.ts';
import { shellCommand, shellWord } from '../../util/shell.ts';

/** The numbered steps from an empty cluster to one that Argo CD reconciles; with --apply, does them. */
export async function bootstrap({ ctx, args, options }: BootstrapInvocation): Promise<Result> {
  const { cluster: name } = args;
  const { context } = options;
  const result = await createPipeline(ctx).run({ clusters: [], keepObjects: true });
  const cluster = result.clusters.find((c) => c.name === name);
  if (cluster === undefined) throw noCluster(ctx, name);
  if (cluster.plan === undefined || cluster.tree === undefined || hasErrors(cluster.diagnostics))
    throw new DiagnosticsError(result.diagnostics);
  const plan = bootstrapSteps(cluster.plan, cluster.tree);
  if (options.values) return { text: valuesText(plan) };
  const text = plan.steps.map((step, i) => printStep(step, i + 1, plan, context)).join('\n\n');
  const data = {
    cluster: name,
    hub: plan.hub,
    steps: plan.steps.map(({ kind, title, why }) => ({ kind, title, why })),
  };
  if (!options.apply || context === undefined) return { text, data };
  ctx.log.info(text);
  const done = await applyBootstrap(ctx, plan, context, options.secrets);
  const components = new Map(cluster.plan.components.map((c) => [c.name, c.component.source]));
  const diagnostics = done.diagnostics.map((d) => {
    const at = components.get(d.component ?? '')?.at('/metadata/name');
    return at === undefined ? d : { ...d, at };
  });
  return { text: done.lines.join('\n'), data: { ...data, done: done.lines }, diagnostics };
}

function valuesText(plan: Bootstrap): string {
  const step = plan.steps.find((s) => s.kind === 'chart');
  if (step?.kind !== 'chart')
    throw new UsageError(
      `${plan.cluster} has no Argo CD of its own${plan.hub === null ? '' : `: that of ${plan.hub} manages it`}.`,
      'Leave --values out.',
    );
  return emitYaml(step.chart.values);
}

function printStep(step: BootstrapStep, number: number, plan: Bootstrap, context: string | undefined): string {
  const kubectl = shellCommand('kubectl', '--context', context ?? plan.cluster);
  const lines = commandsOf(step, plan.cluster, kubectl).map((line) => `     ${line}`);
  return [`${number}. ${step.title}`, `   ${step.why}`, ...lines].join('\n');
}

function commandsOf(step: BootstrapStep, cluster: string, kubectl: string): readonly string[] {
  const apply = `${kubectl} ${shellCommand(...applyArguments)}`;
  switch (step.kind) {
    case 'apply':
      return [`${apply} ${shellCommand(...step.files.flatMap((f) => ['-f', f]))}`];
    case 'store':
      return (
        storeCommands(step.provider, step.entries) ??
        step.entries.map((e) => `# ${shellWord(e.name)}: ${e.keys.map(shellWord).join(', ')}`.replaceAll('\n', ' '))
      );
    case 'secret':
      return secretCommands(step.secret, kubectl);
    case 'chart':
      return [
        `${shellCommand('slipway', 'bootstrap', cluster, '--values')} \\`,
        `  | ${shellCommand('helm', ...helmArguments(step.chart))} \\`,
        `  | ${apply} ${shellCommand('-n', step.chart.namespace, '-f', '-')}`,
        '# "no matches for kind" is fine for routes and monitors: Argo CD adds them when their kinds are there',
        '# --apply also marks the objects as those of their Application; done by hand, the first sync after a change does',
      ];
    case 'wait':
      return [
        ...establishedCommands(rootKinds).map((command) => `${kubectl} ${shellCommand(...command)}`),
        `${kubectl} -n ${shellWord(step.namespace)} wait --for=condition=Available deployment --all --timeout=10m`,
      ];
    case 'register':
      return [
        `# logged in to the Argo CD of ${step.hub}, with the context of ${cluster} in place of CONTEXT`.replaceAll(
          '\n',
          ' ',
        ),
        `argocd cluster add CONTEXT --name ${shellWord(step.destination)}`,
      ];
  }
}

/** The label matters: Argo CD and operators find some Secrets by it. */
function secretCommands(secret: SecretExpectation, kubectl: string): readonly string[] {
  const literals = secret.keys.map((key) => {
    const fixed = secret.fixed[key];
    return fixed === undefined
      ? `${shellWord(`--from-file=${key}=`)}FILE`
      : shellWord(`--from-literal=${key}=${fixed}`);
  });
  const labels = Object.entries(secret.labels).map(([key, value]) => `${key}=${String(value)}`);
  const target = `${kubectl} -n ${shellWord(secret.namespace)}`;
  return [
    `${target} create secret generic ${shellCommand(secret.name, `--type=${secret.type}`)} ${literals.join(' ')}`,
    ...(labels.length === 0 ? [] : [`${target} label secret ${shellCommand(secret.name, ...labels)}`]),
  ];
}
