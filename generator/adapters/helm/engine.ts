import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ToolError } from '../../model/diagnostic.ts';
import type { Helm, HelmFailure, HelmRequest, HelmResult } from '../../ports.ts';
import type { HelmLimits } from './limits.ts';
import { beyondLimit, createSlots, defaultLimits } from './limits.ts';
import type { EngineEnd, EngineProgram } from './engineProgram.ts';
import { startEngine } from './engineProgram.ts';
import { boundedError, inOrder, warningsOf } from './text.ts';

/** The engine is used when it was built with this version of Helm, and no other. */
export const pinnedHelm = '4.2.3';

export interface HelmEngineOptions {
  readonly program: string;
  readonly limits?: Partial<HelmLimits>;
  /** Processes at most; one per core when not given. */
  readonly size?: number;
  /** Renders what a crashed engine was asked for; undefined where there is no helm program. */
  fallback(): Promise<Helm | undefined>;
  /** Hears of an engine that is not used, or has crashed. */
  note(message: string): void;
}

/** Charts rendered by processes of our own that stay; undefined when the program is not there or not of the pinned version. */
export async function createHelmEngine(options: HelmEngineOptions): Promise<Helm | undefined> {
  if (!existsSync(options.program)) return undefined;
  const limits = { ...defaultLimits, ...options.limits };
  const pool = createPool(options.program, limits);
  const asked = await pool.ask({ op: 'version' }, undefined);
  const version = 'answer' in asked ? asked.answer.version : undefined;
  if (version !== `v${pinnedHelm}`) {
    pool.close();
    options.note(
      `The chart engine ${options.program} is not used: it ${version === undefined ? 'does not tell its version' : `is of Helm ${version}`}, not of v${pinnedHelm}.`,
    );
    return undefined;
  }
  const inSlot = createSlots(options.size ?? availableParallelism());
  const template = async (request: HelmRequest): Promise<HelmResult | HelmFailure> => {
    const { chart, ...rest } = request;
    const asking = { op: 'template', file: chart.file, digest: chart.digest, ...rest };
    const end = await pool.ask(asking, chart.digest);
    const name = `Chart ${chart.name} ${chart.version}`;
    if ('limit' in end) throw beyondLimit(name, end.limit, limits);
    if ('crash' in end && pool.isClosed())
      throw new ToolError('tool/failed', 'The chart engine was ended.', 'Try again.');
    if ('crash' in end) return instead(options, request, name, end.crash);
    const { error } = end.answer;
    return error?.stage === 'internal' ? instead(options, request, name, error.message) : resultOf(end, name, limits);
  };
  return { version, kind: 'engine', template: (request) => inSlot(() => template(request)), close: pool.close };
}

function resultOf(
  end: Extract<EngineEnd, { answer: object }>,
  name: string,
  limits: HelmLimits,
): HelmResult | HelmFailure {
  const { error, docs = [], impure = [], warnings = [] } = end.answer;
  if (error?.stage === 'limit') throw beyondLimit(name, 'output', limits);
  if (error !== undefined) return { error: inOrder(boundedError(error.message.trimEnd())) };
  return {
    texts: docs.map(({ source, crd }, index) => ({ source, text: end.texts[index] ?? '', isCrd: crd === true })),
    impure,
    warnings: warningsOf(warnings),
  };
}

/** What an engine failed at, once more by the helm program. */
async function instead(
  { fallback, note }: HelmEngineOptions,
  request: HelmRequest,
  name: string,
  crash: string,
): Promise<HelmResult | HelmFailure> {
  const other = await fallback();
  if (other === undefined)
    throw new ToolError(
      'tool/failed',
      `The chart engine failed while it rendered ${name}: ${crash}.`,
      'Try again; with a helm program on PATH, that one would have been asked instead.',
    );
  note(`The chart engine failed while it rendered ${name} (${crash}); the helm program renders it instead.`);
  return other.template(request);
}

interface Pool {
  ask(request: object, chart: string | undefined): Promise<EngineEnd>;
  isClosed(): boolean;
  readonly close: () => void;
}

/** Processes that are started as work comes; one that holds the chart already is preferred. */
function createPool(program: string, limits: HelmLimits): Pool {
  const idle: EngineProgram[] = [];
  const all = new Set<EngineProgram>();
  let isClosed = false;
  const take = (chart: string | undefined): EngineProgram => {
    const alive = idle.filter((e) => e.isAlive);
    const engine =
      alive.find((e) => chart !== undefined && e.charts.has(chart)) ?? alive[0] ?? startEngine(program, limits);
    idle.splice(0, idle.length, ...alive.filter((e) => e !== engine));
    all.add(engine);
    return engine;
  };
  return {
    async ask(request, chart) {
      if (isClosed) return { crash: 'it was ended' };
      const engine = take(chart);
      if (chart !== undefined) engine.charts.add(chart);
      const end = await engine.ask(request, limits);
      if (engine.isAlive) idle.push(engine);
      else all.delete(engine);
      return end;
    },
    isClosed: () => isClosed,
    close() {
      isClosed = true;
      for (const engine of all) engine.end();
      idle.length = 0;
    },
  };
}
