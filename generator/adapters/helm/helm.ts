import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { Helm } from '../../ports.ts';
import { createHelmEngine } from './engine.ts';
import { createHelmProcess } from './process.ts';
import { userCache } from '../files/userCache.ts';

export interface ChooseHelm {
  /** Folder of the program itself, where dist/ is. */
  readonly home: string;
  /** SLIPWAY_HELM and SLIPWAY_ENGINE name programs; SLIPWAY_ENGINE=off leaves the engine alone. */
  env(name: string): string | undefined;
  note(message: string): void;
}

/** The engine, else the helm program, else undefined. Throws ToolError helm/version, tool/missing. */
export async function chooseHelm({ home, env, note }: ChooseHelm): Promise<Helm | undefined> {
  let started: Promise<Helm | undefined> | undefined;
  const fallback = (): Promise<Helm | undefined> =>
    (started ??= helmProgram(env('SLIPWAY_HELM'), join(userCache(env), 'helm')));
  const named = env('SLIPWAY_ENGINE');
  const built = join(home, 'dist', process.platform === 'win32' ? 'slipway-engine.exe' : 'slipway-engine');
  if (named !== undefined && named !== 'off' && !existsSync(named))
    throw new ToolError('tool/missing', `${named} does not exist.`, 'SLIPWAY_ENGINE has to name a chart engine.');
  const engine = named === 'off' ? undefined : await createHelmEngine({ program: named ?? built, fallback, note });
  if (engine === undefined) return fallback();
  return {
    ...engine,
    close() {
      engine.close();
      void started?.then((helm) => helm?.close());
    },
  };
}

async function helmProgram(named: string | undefined, home: string): Promise<Helm | undefined> {
  const helm = await createHelmProcess({ program: named ?? 'helm', home });
  if (helm === undefined && named !== undefined)
    throw new ToolError('tool/missing', `${named} cannot be started.`, 'SLIPWAY_HELM has to name a helm program.');
  return helm;
}
