import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuseFullFolder, writeBundle } from './adapters/files/bundleFolder.ts';
import { createLazyCharts } from './adapters/charts/lazyCharts.ts';
import { createLazyCatalogs } from './adapters/catalogs/lazyCatalogs.ts';
import { ownCatalog } from './adapters/catalogs/ownCatalog.ts';
import { createFiles } from './adapters/files/files.ts';
import { createTextReader } from './adapters/http/text.ts';
import { createGit } from './adapters/git/git.ts';
import { openFleetFolder } from './adapters/files/newFleet.ts';
import { createPrompt } from './adapters/prompt.ts';
import { createLog, toStderr } from './adapters/log.ts';
import type { WriteLog } from './adapters/log.ts';
import { programStamp } from './adapters/files/programStamp.ts';
import { createProcesses } from './adapters/processes.ts';
import { anywhere } from './adapters/files/anywhere.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Context, ContextOptions, Files, Git, Helm, Store } from './ports.ts';
import { createSchemaFolders } from './adapters/files/schemaFolders.ts';
import { createStore } from './adapters/files/store.ts';
import { userCache } from './adapters/files/userCache.ts';
import { createWorkers } from './adapters/workers.ts';

export function createContext(root: string, options: ContextOptions, write: WriteLog = toStderr): Context {
  const home = packageRoot(dirname(fileURLToPath(import.meta.url)));
  let files: Files | undefined;
  let git: Git | undefined;
  let helm: Promise<Helm | undefined> | undefined;
  const log = createLog(options, write);
  const env = (name: string): string | undefined => process.env[name];
  let renders: Store | undefined;
  let stamp: string | undefined;
  let own: ReturnType<typeof ownCatalog> | undefined;
  const made: Diagnostic[] = [];
  return {
    home,
    get files() {
      return (files ??= createFiles(root));
    },
    get git() {
      return (git ??= createGit(root));
    },
    log,
    secrets: new Set(),
    workers: createWorkers(root, options, write),
    processes: createProcesses(),
    helm: () =>
      (helm ??= import('./adapters/helm/helm.ts').then(({ chooseHelm }) => chooseHelm({ home, env, note: log.info }))),
    charts: createLazyCharts({ root, offline: options.offline === true, env }),
    catalogs: createLazyCatalogs(() => ({
      root,
      home,
      own: (own ??= ownCatalog(home)),
      offline: options.offline === true,
      env,
    })),
    async pinnedCatalog(pin) {
      const repository = this.git;
      return (await repository.isRepository()) ? repository.filesAt(pin, ['catalog']) : undefined;
    },
    kubernetes: async (about) =>
      (await import('./adapters/kubernetes/kubernetes.ts')).connectKubernetes(about, { env, note: log.detail }),
    ...createSchemaFolders(root, home),
    ...anywhere,
    fleetFolder: (folder) => openFleetFolder(folder, (notes) => void made.push(...notes)),
    prompt: createPrompt(),
    notes: () => [...(files?.notes() ?? []), ...made],
    refuseFullFolder,
    writeBundle,
    fetchText: createTextReader(),
    get renders() {
      return (renders ??= createStore(join(userCache(env), 'renders'), rendersLimit));
    },
    programStamp: () => (stamp ??= programStamp(fileURLToPath(import.meta.url), home)),
    env,
    ...clock,
  };
}

const clock: Pick<Context, 'now' | 'turn' | 'pause'> = {
  now: () => performance.now(),
  // two: when this is asked for while the event loop handles what it polled, the first comes before it polls again
  turn: () => new Promise((done) => setImmediate(() => setImmediate(done))),
  pause: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};

/** Half a gigabyte: some thousand renderings of large charts. */
const rendersLimit = 512 * 1024 * 1024;

function packageRoot(from: string): string {
  for (let at = from; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) && existsSync(join(at, 'schemas'))) return at;
    if (dirname(at) === at) return from;
  }
}
