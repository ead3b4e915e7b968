/** The library surface: the same pure stages that the commands run. */
export { createPipeline } from './pipeline.ts';
export type { ClusterResult, Pipeline, PipelineResult, Selection, Timings, Workspace } from './pipeline.ts';
export { createContext } from './context.ts';
export type { Context } from './context.ts';
export { parseSource } from './source/source.ts';
export { emitYaml } from './source/emit.ts';
export type { Diagnostic, Location, Outcome } from './model/diagnostic.ts';
export type { Change, ClusterPlan, ComponentPlan, RenderedTree, ResolvedCluster, TreeLock } from './model/model.ts';
