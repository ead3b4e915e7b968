import { availableParallelism, devNull } from 'node:os';
import { join } from 'node:path';
import { ToolError } from '../../model/diagnostic.ts';
import type { Helm, HelmFailure, HelmRequest, HelmResult } from '../../ports.ts';
import type { HelmLimits } from './limits.ts';
import { beyondLimit, createSlots, defaultLimits, runBounded } from './limits.ts';
import { errorText, inOrder, isUsableHelm, splitOutput, valuesText, warningsOf } from './text.ts';

export interface HelmProcessOptions {
  /** A path, or a name on PATH. */
  readonly program: string;
  /** A folder of ours for what Helm keeps; nothing of the user's own Helm is seen. */
  readonly home: string;
  readonly limits?: Partial<HelmLimits>;
}

/** The `helm` program, one process per request; undefined when it is not there. Throws ToolError helm/version. */
export async function createHelmProcess({ program, home, limits }: HelmProcessOptions): Promise<Helm | undefined> {
  const bounds = { ...defaultLimits, ...limits };
  const env = cleanEnvironment(home);
  const closed = new AbortController();
  const run = { env, limits: bounds, signal: closed.signal };
  const asked = await runBounded(program, ['version', '--template', '{{.Version}}'], { ...run, input: '' });
  if (asked === undefined) return undefined;
  const version = asked.stdout.trim();
  if (asked.code !== 0 || !isUsableHelm(version))
    throw new ToolError(
      'helm/version',
      `${program} is ${/^v?\d[\w.+-]{0,40}$/.test(version) ? `Helm ${version}` : 'no Helm that tells its version'}.`,
      'Install Helm 4, or 3.18 or newer.',
    );
  const inSlot = createSlots(availableParallelism());
  const template = async (request: HelmRequest): Promise<HelmResult | HelmFailure> => {
    const ended = await runBounded(program, templateArguments(request), {
      ...run,
      env: { ...env, TZ: request.timeZone ?? 'UTC' },
      input: valuesText(request.values),
    });
    const chart = `Chart ${request.chart.name} ${request.chart.version}`;
    if (ended === undefined) throw new ToolError('tool/failed', `${program} cannot be started any more.`, 'Try again.');
    if (ended.limit !== undefined) throw beyondLimit(chart, ended.limit, bounds);
    if (ended.code === undefined)
      throw new ToolError('tool/failed', `${program} was ended from outside while it rendered ${chart}.`, 'Try again.');
    if (ended.code !== 0)
      return { error: inOrder(errorText(ended.stderr)) || `it ended with ${ended.code} and said nothing` };
    const texts = splitOutput(ended.stdout);
    if (texts === undefined)
      throw new ToolError(
        'tool/failed',
        `${program} printed something else than what it rendered of ${chart}.`,
        'Run `helm template` by hand to see it; a program around Helm must print nothing of its own on stdout.',
      );
    return {
      texts,
      impure: undefined,
      warnings: warningsOf(ended.stderr.trim().split('\n')),
    };
  };
  const close = (): void => closed.abort();
  return { version, kind: 'process', template: (request) => inSlot(() => template(request)), close };
}

function templateArguments(request: HelmRequest): string[] {
  return [
    'template',
    `--namespace=${request.namespace}`,
    `--kube-version=${request.kubeVersion}`,
    ...request.apiVersions.map((v) => `--api-versions=${v}`),
    ...(request.skipCrds ? [] : ['--include-crds']),
    '--skip-tests',
    '--values=-',
    '--',
    request.release,
    request.chart.file,
  ];
}

/** Nothing of this machine's Helm, cluster, network or time zone gets into what renders. */
function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  const nowhere = 'http://127.0.0.1:9';
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    // One render is over before collecting garbage pays, and other renders have the other cores: a quarter less CPU time
    // measured on charts of all sizes. Helm collects all the same once it holds that much.
    GOGC: 'off',
    GOMEMLIMIT: '256MiB',
    GOMAXPROCS: '1',
    HOME: home,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    HELM_PLUGINS: join(home, 'plugins'),
    KUBECONFIG: devNull,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
  };
}
