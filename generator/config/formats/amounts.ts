import { nanosOf, quantityPattern } from '../../kubernetes/quantity.ts';
import { durationOf } from '../../kubernetes/duration.ts';
import type { Format } from './format.ts';
import { matching } from './format.ts';

const form = new RegExp(quantityPattern);
const one = 10n ** 9n;
/** Quantities are 64 bits wide. */
const most = (2n ** 63n - 1n) * one;
const apimachinery = 'apimachinery 0.36, pkg/api/resource, ParseQuantity';

/** What keeps a text from being an amount of at least `least` billionths in whole steps of `step`. */
function amountProblem(text: string, least: bigint, step: bigint, unit: string): string | undefined {
  const amount = form.test(text) ? nanosOf(text) : undefined;
  if (amount === undefined) return 'it is no quantity: digits, and a suffix like m, Mi or Gi';
  if (amount < 0n || (least > 0n && amount <= 0n)) return 'it has to be more than nothing';
  if (amount < least) return `it is less than ${unit}: a suffix like Mi or Gi is missing`;
  if (amount > most) return 'it is more than 64 bits have room for';
  return amount % step === 0n ? undefined : `it is no whole number of ${unit === '1Mi' ? 'bytes' : 'thousandths'}`;
}

const mebibyte = 2n ** 20n * one;

/** Go keeps a time span in 64 bits of nanoseconds. */
const longest = 2 ** 63 / 1e9;

function goDurationProblem(text: string, zero: 'allowed' | 'refused'): string | undefined {
  if (
    !/^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*$/.test(text) &&
    text !== '0'
  )
    return 'it is made of numbers with the units h, m, s and ms; there are no days';
  const seconds = text === '0' ? 0 : (durationOf(text.replaceAll('µs', 'us')) ?? 1);
  if (seconds === 0 && zero === 'refused') return 'it has to be more than nothing';
  return seconds > longest ? 'it is longer than 292 years' : undefined;
}

function prometheusDurationProblem(text: string): string | undefined {
  if (!/^(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?$/.test(text) || text === '')
    return 'it is made of whole numbers with the units y, w, d, h, m, s and ms, each once and the largest first';
  const seconds = durationOf(text) ?? 0;
  if (seconds === 0) return 'it has to be more than nothing';
  return seconds > longest ? 'it is longer than 292 years' : undefined;
}

/** The days of a month, leap years counted. */
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function dateProblem(text: string): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === '') return 'it is written year-month-day';
  if (Number(month) < 1 || Number(month) > 12) return `there is no month ${month}`;
  const days = daysIn(Number(year), Number(month));
  return Number(day) < 1 || Number(day) > days ? `that month has ${days} days` : undefined;
}

function timeProblem(text: string): string | undefined {
  const [, date = '', hour = '', minute = '', second = '', zone = ''] =
    /^([^T]+)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (date === '') return 'it is written like 2026-11-20T08:00:00Z, with its time zone';
  const day = dateProblem(date);
  if (day !== undefined) return day;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return 'there is no such time of day';
  return Number(zone.slice(1, 3) || 0) > 23 || Number(zone.slice(4) || 0) > 59
    ? 'there is no such time zone'
    : undefined;
}

export const amountFormats = {
  cpu: {
    what: 'an amount of CPU',
    example: '500m',
    source: `${apimachinery}; kubernetes 1.36, pkg/apis/core/validation (thousandths of a core)`,
    problem: (text) => amountProblem(text, one / 1000n, one / 1000n, '1m'),
  },
  memory: {
    what: 'an amount of memory',
    example: '2Gi',
    source: apimachinery,
    problem: (text) => amountProblem(text, mebibyte, one, '1Mi'),
  },
  'volume-size': {
    what: 'the size of a volume',
    example: '20Gi',
    source: `${apimachinery}; kubernetes 1.36, pkg/apis/core/validation, ValidatePersistentVolumeClaimSpec (more than 0)`,
    problem: (text) => amountProblem(text, mebibyte, one, '1Mi'),
  },
  'quota-amount': {
    what: 'an amount',
    example: '64Gi',
    source: apimachinery,
    problem: (text) => amountProblem(text, 0n, 1n, '1m'),
  },
  'go-duration': {
    what: 'a time span as Go reads it',
    example: '1h30m',
    source: 'Go 1.26, time, ParseDuration',
    problem: (text) => goDurationProblem(text, 'allowed'),
  },
  'go-duration-above-zero': {
    what: 'a time span as Go reads it',
    example: '24h',
    source: 'Go 1.26, time, ParseDuration',
    problem: (text) => goDurationProblem(text, 'refused'),
  },
  'prometheus-duration': {
    what: 'a time span as Prometheus reads it',
    example: '30d',
    source: 'prometheus/common, model, ParseDuration',
    problem: prometheusDurationProblem,
  },
  'backup-retention': matching(/^[1-9]\d{0,5}[dwm]$/, 'it is a whole number with d, w or m: days, weeks or months', {
    what: 'a retention as CloudNativePG reads it',
    example: '30d',
    source: 'plugin-barman-cloud, api/v1, ObjectStoreSpec.retentionPolicy',
  }),
  date: { what: 'a date', example: '2026-11-20', source: 'RFC 3339, full-date', problem: dateProblem },
  'date-time': {
    what: 'a point in time',
    example: '2026-11-20T08:00:00Z',
    source: 'RFC 3339, date-time',
    problem: timeProblem,
  },
} as const satisfies Readonly<Record<string, Format>>;
