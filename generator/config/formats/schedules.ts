import type { Format } from './format.ts';

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names that stand for numbers, from `least` on. */
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fiveFields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: months },
  { name: 'day of the week', least: 0, most: 6, names: weekdays },
];
const sixFields: readonly Field[] = [{ name: 'second', least: 0, most: 59 }, ...fiveFields];

/** As robfig/cron reads it: `*`, `?`, numbers, names, ranges, steps and lists. Descriptors (`@daily`) are left out on purpose. */
function scheduleProblem(text: string, fields: readonly Field[]): string | undefined {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== fields.length)
    return `it has ${parts.length} fields in place of ${fields.length} (${fields.map((f) => f.name).join(', ')})`;
  for (const [i, field] of fields.entries())
    for (const entry of (parts[i] ?? '').split(',')) {
      const problem = entryProblem(entry, field);
      if (problem !== undefined) return `the ${field.name} "${entry}" ${problem}`;
    }
  return neverProblem(parts.slice(-3));
}

function entryProblem(entry: string, field: Field): string | undefined {
  const [, range = '', step] = /^([^/]*)(?:\/(.*))?$/.exec(entry) ?? [];
  if (step !== undefined && !/^[1-9]\d{0,3}$/.test(step)) return 'has a step that is no number above 0';
  if (range === '*' || range === '?') return undefined;
  const ends = range.split('-');
  const numbers = ends.map((end) => numberOf(end, field));
  if (ends.length > 2 || numbers.some((n) => n === undefined))
    return `is not made of numbers from ${field.least} to ${field.most}${field.names === undefined ? '' : ` or names like ${field.names[1] ?? ''}`}`;
  const [first = 0, last = first] = numbers;
  return last < first ? 'ends before it begins: write it as two, with a comma' : undefined;
}

function numberOf(text: string, { least, most, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named !== -1) return least + named;
  return /^\d{1,2}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;
}

/** Days that no month of the list has: such a schedule never comes. */
function neverProblem([days = '', inMonths = '', weekday = '']: readonly string[]): string | undefined {
  if (!/^[\d,]+$/.test(days) || !/^[\d,]+$/.test(inMonths) || !/^[*?]$/.test(weekday)) return undefined;
  const longest = Math.max(...inMonths.split(',').map((m) => new Date(Date.UTC(2024, Number(m), 0)).getUTCDate()));
  return days.split(',').every((day) => Number(day) > longest)
    ? `there is no day ${days} in month ${inMonths}`
    : undefined;
}

const robfig = 'robfig/cron 3.0, parser.go';

export const scheduleFormats = {
  schedule: {
    what: 'a schedule of five fields',
    example: '*/15 * * * *',
    source: `kubernetes 1.36, pkg/apis/batch/validation, validateScheduleFormat; ${robfig}, ParseStandard`,
    problem: (text) => scheduleProblem(text, fiveFields),
  },
  'schedule-with-seconds': {
    what: 'a schedule of six fields, the first of which is the second',
    example: '0 0 3 * * *',
    source: `cloudnative-pg 1.30, api/v1, ScheduledBackupSpec.schedule; ${robfig}, Parse`,
    problem: (text) => scheduleProblem(text, sixFields),
  },
} as const satisfies Readonly<Record<string, Format>>;
