import type { Diagnostic } from '../model/diagnostic.ts';
import { hasErrors, withPlaces } from '../model/diagnostic.ts';
import { version } from '../model/version.ts';
import type { Context } from '../ports.ts';
import type { FormatName } from '../report/formats.ts';
import { loadFormat } from '../report/formats.ts';
import { maskAll, maskKnown } from '../util/mask.ts';
import { visible } from '../util/visible.ts';
import type { Result } from './command.ts';
import { failureOf } from './failure.ts';

/** Exit codes: 0 clean, 1 errors, 2 differences, 64 usage; 130 interrupted, and 128 + n for signal n otherwise. */
export const exitCodes = { clean: 0, errors: 1, differs: 2, usage: 64 } as const;

/** How a command ended: all that is still to be written, and the exit code. */
export interface Ending {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How an ending is written. */
export interface Printing {
  /** Words of the command: `catalog list`; empty while it is not known. */
  readonly command: string;
  /** Undefined: text. */
  readonly format: FormatName | undefined;
  readonly color: boolean;
  readonly quiet: boolean;
}

/** What is known of a run that ends. */
export type About = Pick<Context, 'notes' | 'secrets' | 'mounted'>;

/** What a command returned. What leaves the program goes through here: secrets are masked. */
export async function endingOf(found: Result, about: About, printing: Printing): Promise<Ending> {
  const { format, quiet, color } = printing;
  const all = placed([...about.notes(), ...(found.diagnostics ?? [])], about);
  const result = masked({ ...found, diagnostics: all }, about);
  const { diagnostics, summary = '' } = result;
  const shown = quiet ? diagnostics.filter((d) => d.severity === 'error') : diagnostics;
  // the commands of GitHub on stdout are read by people too
  const findings = format === 'github' ? '' : await findingsText(shown, color);
  return {
    code: hasErrors(diagnostics) ? exitCodes.errors : result.differs === true ? exitCodes.differs : exitCodes.clean,
    stdout: await documentOf(result, printing),
    stderr: `${findings}${summary === '' || quiet ? '' : `${visible(summary)}\n`}`,
  };
}

/** What ended a command otherwise. `root` is the folder of the repository. */
export async function endingOfFailure(
  error: unknown,
  root: string,
  about: About | undefined,
  printing: Printing,
): Promise<Ending> {
  const failure = masked(failureOf(error, root), about);
  const { text, exit } = failure;
  const diagnostics = placed([...(about?.notes() ?? []), ...failure.diagnostics], about);
  return {
    code: exitCodes[exit],
    stdout: await documentOf({ diagnostics }, printing),
    stderr: text === undefined ? await findingsText(diagnostics, false) : visible(text),
  };
}

const masked = <T>(value: T, about: About | undefined): T => maskKnown(maskAll(value), about?.secrets ?? []);

/** Findings in catalogs of other places say where those are. */
const placed = (diagnostics: readonly Diagnostic[], about: About | undefined): readonly Diagnostic[] =>
  withPlaces(diagnostics, about?.mounted?.placeOf);

/** The document for stdout. */
export async function documentOf(result: Result, { command, format }: Printing): Promise<string> {
  const { report, text, data, summary, diagnostics = [] } = result;
  if (format === undefined) return withLineEnd(visible(text ?? ''));
  const own = { ...(text === undefined ? {} : { text }), ...(summary === undefined ? {} : { summary }) };
  return withLineEnd((await loadFormat(format))({ command, version, diagnostics, data, ...own, ...report }));
}

const withLineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

async function findingsText(diagnostics: readonly Diagnostic[], color: boolean): Promise<string> {
  if (diagnostics.length === 0) return '';
  const { countText, formatDiagnostics, plainPaint } = await import('../report/text.ts');
  const { boundedFindings } = await import('../report/bounded.ts');
  const paint = color ? await colors() : plainPaint;
  return `${formatDiagnostics(boundedFindings(diagnostics), paint)}\n${countText(diagnostics)}.\n`;
}

async function colors(): Promise<import('../report/text.ts').Paint> {
  const { createColors } = (await import('picocolors')).default;
  const c = createColors(true);
  return { error: c.red, warning: c.yellow, dim: c.dim, bold: c.bold, add: c.green };
}
