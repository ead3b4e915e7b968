import { chartSource, chartTitle, ownName, repositoryForms } from '../../charts/source.ts';
import type { ChartSource } from '../../charts/source.ts';
import { isSameVersion } from '../../charts/versions.ts';
import type { DiagnosticCode } from '../../model/codes.ts';
import { ToolError } from '../../model/diagnostic.ts';
import type { ChartReference } from '../../ports.ts';
import { maskUrls } from '../../util/mask.ts';
import { ArchiveProblem, readArchive, usualArchiveLimits } from './archive.ts';
import type { ArchiveLimits } from './archive.ts';
import { DependencyProblem } from './dependencies.ts';
import { HttpProblem } from '../http/problems.ts';
import { reason } from '../reason.ts';

/** What the repository of a chart stands for; throws ToolError chart/source. */
export function parsed(chart: ChartReference): ChartSource {
  const source = chartSource(chart);
  if (source !== undefined) return source;
  throw about(chart, 'chart/source', `"${chart.repository}" is no chart repository`, repositoryForms);
}

export const again = ({ component }: ChartReference): string =>
  component === undefined ? '`slipway catalog pull`.' : `\`slipway catalog pull --component ${component}\`.`;

/** Whose chart it is, what is wrong, and what to run next; one that no file names yet has its repository for a place. */
export function about(
  chart: ChartReference,
  code: DiagnosticCode,
  message: string,
  hint: string,
  cause?: unknown,
): ToolError {
  const owner = chart.component === undefined ? '' : ` of "${chart.component}"`;
  const end = /[.?!]$/.test(message) ? '' : '.';
  const place = chart.component === undefined ? { file: maskUrls(chart.repository) } : {};
  return new ToolError(code, `Chart ${chartTitle(chart)}${owner}: ${message}${end}`, hint, { cause, ...place });
}

const hints: Readonly<Record<HttpProblem['kind'], string>> = {
  unreachable: 'Check the network and the proxy.',
  refused: 'Log in with `helm repo add --username`, `helm registry login` or `docker login`.',
  missing: 'Correct the name, the version or the repository.',
  answer: 'Look at what the repository sends; a proxy may be in between.',
};

const isOurs = ({ repository }: ChartReference): boolean => repository.startsWith('./');

/** Runs the work, and says what went wrong as a finding about the chart. */
export async function guarded<T>(chart: ChartReference, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DependencyProblem)
      throw about(
        chart,
        error.kind === 'unproven' ? 'chart/unproven' : 'chart/dependencies',
        error.kind === 'unproven' ? `what Argo CD makes of it cannot be proven here: ${error.message}` : error.message,
        error.hint,
        error,
      );
    if (error instanceof ArchiveProblem)
      throw about(
        chart,
        'chart/invalid',
        `${isOurs(chart) ? 'it' : 'its package'} is not sound: ${error.message}`,
        isOurs(chart) ? 'Correct the chart.' : `Have it published anew, then ${again(chart)}`,
        error,
      );
    if (error instanceof Error && 'syscall' in error)
      throw about(
        chart,
        'chart/source',
        `it cannot be read: ${reason(error)}`,
        'Check what it is, and that you may read it.',
        error,
      );
    if (!(error instanceof HttpProblem)) throw error;
    const hint = [error.hint ?? hints[error.kind], `Then ${again(chart)}`].join(' ');
    throw about(chart, `chart/${error.kind}`, error.message, hint, error);
  }
}

/** The package is a chart, and the one that was asked for. */
export async function inspect(
  bytes: Uint8Array,
  chart: ChartReference,
  limits: ArchiveLimits = usualArchiveLimits,
): Promise<void> {
  const { name, version } = await guarded(chart, () => readArchive(bytes, limits));
  if (name === ownName(chart.name) && isSameVersion(version, chart.version)) return;
  throw about(
    chart,
    'chart/invalid',
    isOurs(chart)
      ? `${chart.repository}/Chart.yaml is that of ${name} ${version}`
      : `its package is not sound: it is ${name} ${version}, not ${chartTitle(chart)}`,
    isOurs(chart)
      ? `Write ${name} ${version} where the chart is named, or ${chartTitle(chart)} into its Chart.yaml.`
      : `Have it published anew, then ${again(chart)}`,
  );
}

export function sameDigest(found: string, wanted: string | undefined, chart: ChartReference): string {
  if (wanted === undefined || wanted === found) return found;
  throw about(
    chart,
    'chart/digest',
    `its package is sha256:${found}, and catalog/catalog.lock names sha256:${wanted}`,
    `Find out who changed a published version. To take the new one: \`slipway catalog lock --force\`.`,
  );
}
