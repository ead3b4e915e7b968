import type { Formatter } from './types.ts';

/** Every format of `-o` but text, loaded when asked for: its keys are the choices of the option. */
const formats = {
  json: async () => (await import('./json.ts')).jsonReport,
  yaml: async () => (await import('./yaml.ts')).yamlReport,
  markdown: async () => (await import('./markdown.ts')).markdownReport,
  github: async () => (await import('./github.ts')).githubReport,
  sarif: async () => (await import('./sarif.ts')).sarifReport,
  junit: async () => (await import('./junit.ts')).junitReport,
} satisfies Record<string, () => Promise<Formatter>>;

export type FormatName = keyof typeof formats;

export const formatNames = Object.keys(formats) as FormatName[];

/** A format, which shows of very many findings the first. */
export async function loadFormat(name: FormatName): Promise<Formatter> {
  const [{ boundedFindings }, format] = await Promise.all([import('./bounded.ts'), formats[name]()]);
  return (report) => format({ ...report, diagnostics: boundedFindings(report.diagnostics) });
}
