import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { Helm } from '../../ports.ts';
import { createHelmEngine } from './engine.ts';
import { createHelmProcess } from './process.ts';
import { enginePackage } from '../../model/version.ts';
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
    (started ??= helmProgram(filled(env('SLIPWAY_HELM')), join(userCache(env), 'helm')));
  const named = filled(env('SLIPWAY_ENGINE'));
  if (named !== undefined && named !== 'off' && !existsSync(named))
    throw new ToolError('tool/missing', `${named} does not exist.`, 'SLIPWAY_ENGINE has to name a chart engine.');
  const engine =
    named === 'off' ? undefined : await createHelmEngine({ program: named ?? engineProgram(home), fallback, note });
  if (engine === undefined) return fallback();
  return {
    ...engine,
    close() {
      engine.close();
      void started?.then((helm) => helm?.close());
    },
  };
}

/** The chart engine that was built here, else that of the package for this platform; the file need not be there. */
function engineProgram(home: string): string {
  const file = process.platform === 'win32' ? 'slipway-engine.exe' : 'slipway-engine';
  const built = join(home, 'dist', file);
  if (existsSync(built)) return built;
  try {
    const manifest = `${enginePackage(process.platform, process.arch)}/package.json`;
    return join(dirname(createRequire(join(home, 'package.json')).resolve(manifest)), file);
  } catch {
    return built; // npm has not installed it: another platform, or optional packages are left out
  }
}

/** A variable that is empty is not set. */
const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

async function helmProgram(named: string | undefined, home: string): Promise<Helm | undefined> {
  const helm = await createHelmProcess({ program: named ?? 'helm', home });
  if (helm === undefined && named !== undefined)
    throw new ToolError('tool/missing', `${named} cannot be started.`, 'SLIPWAY_HELM has to name a helm program.');
  return helm;
}
