/** Seconds of each unit that Go (ns to h) and Prometheus (ms to y) write. */
const seconds: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** A time span is never so long (characters). */
const longest = 1000;

/** The seconds of a time span (`90s`, `1h30m`, `1w2d`, `1.5h`); undefined for any other text. */
export function durationOf(text: string): number | undefined {
  if (text.length > longest) return undefined;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|ms|[smhdwy]))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|[smhdwy])/g);
  return [...parts].reduce((sum, [, number, unit = '']) => sum + Number(number) * (seconds[unit] ?? 0), 0);
}
