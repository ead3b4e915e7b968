/** The library surface: the same pure stages that the commands run. */
export { createPipeline } from './pipeline/pipeline.ts';
export type { ClusterResult, Pipeline, PipelineResult, Selection, Workspace } from './pipeline/pipeline.ts';
export type { Timings } from './pipeline/timings.ts';
export { createContext } from './context.ts';
export type { Context } from './ports.ts';
export { parseSource } from './yaml/source.ts';
export { emitYaml } from './yaml/emit.ts';
export type { Diagnostic, Location, Outcome } from './model/diagnostic.ts';
export type { Change, ClusterPlan, ComponentPlan, RenderedTree, ResolvedCluster, TreeLock } from './model/model.ts';
