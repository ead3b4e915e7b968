import type { Formatter } from './types.ts';

/** Every format of `-o` but text, loaded when asked for. */
export const formats: Readonly<Record<string, () => Promise<Formatter>>> = {
  json: async () => (await import('./json.ts')).jsonReport,
  markdown: async () => (await import('./markdown.ts')).markdownReport,
  github: async () => (await import('./github.ts')).githubReport,
  sarif: async () => (await import('./sarif.ts')).sarifReport,
  junit: async () => (await import('./junit.ts')).junitReport,
};
