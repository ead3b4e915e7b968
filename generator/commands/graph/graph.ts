import { DiagnosticsError } from '../../model/diagnostic.ts';
import type { ComponentPlan } from '../../model/model.ts';
import type { Result } from '../command.ts';
import type { GraphInvocation } from './command.ts';
import { oneCluster } from '../shared/oneCluster.ts';

/** The dependency graph of a cluster with its waves. */
export async function graph({ ctx, args, options }: GraphInvocation): Promise<Result> {
  const { cluster, result } = await oneCluster(ctx, args.cluster);
  const { plan } = cluster;
  if (plan === undefined) throw new DiagnosticsError(result.diagnostics);
  const print = { mermaid, dot, text }[options.as];
  return {
    text: print(plan.components),
    data: plan.components.map((p) => ({ component: p.name, wave: p.wave, dependsOn: p.dependsOn })),
    diagnostics: result.diagnostics,
  };
}

const byWave = (plans: readonly ComponentPlan[]): Map<number, string[]> => {
  const waves = new Map<number, string[]>([[0, ['namespaces']]]);
  for (const p of [...plans].sort((a, b) => a.wave - b.wave)) waves.set(p.wave, [...(waves.get(p.wave) ?? []), p.name]);
  return waves;
};

function mermaid(plans: readonly ComponentPlan[]): string {
  const groups = [...byWave(plans)].map(
    ([wave, names]) => `  subgraph wave${wave}[wave ${wave}]\n${names.map((n) => `    ${n}`).join('\n')}\n  end`,
  );
  const edges = plans.flatMap((p) => p.dependsOn.filter((d) => d !== 'namespaces').map((d) => `  ${d} --> ${p.name}`));
  return ['flowchart LR', ...groups, ...edges].join('\n');
}

function dot(plans: readonly ComponentPlan[]): string {
  const ranks = [...byWave(plans)].map(([, names]) => `  { rank=same; ${names.map((n) => `"${n}"`).join('; ')} }`);
  const edges = plans.flatMap((p) => p.dependsOn.map((d) => `  "${d}" -> "${p.name}";`));
  return ['digraph slipway {', '  rankdir=LR;', ...ranks, ...edges, '}'].join('\n');
}

function text(plans: readonly ComponentPlan[]): string {
  return [...byWave(plans)].map(([wave, names]) => `wave ${wave}: ${names.join(', ')}`).join('\n');
}
