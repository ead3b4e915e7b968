import { describe, expect, it } from 'vitest';
import { isMultiple, secondsIn, textFormat, textFormats } from '../../../../generator/kubernetes/shapes/formats.ts';

/** What the API server takes and refuses; `npm run test:e2e -- oracle` asks it about more. */
const cases: Readonly<Record<string, readonly [good: readonly string[], bad: readonly string[]]>> = {
  byte: [
    ['YQ==', 'YWJj'],
    ['', 'YQ', 'YWJj\nZGVm'],
  ],
  gobytes: [
    ['', 'YQ==', 'YWJj\nZGVm', 'YWJj\r\n'],
    ['YQ', 'a b='],
  ],
  cidr: [
    ['10.0.0.0/8', '010.0.0.1/8', '2001:db8::/32'],
    ['10.0.0.0', '10.0.0.0/33', '::/129'],
  ],
  date: [
    ['2024-02-29', '2000-12-31'],
    ['2023-02-29', '2024-13-01', '24-01-01', '2024-1-1'],
  ],
  datetime: [
    ['2026-01-02T03:04:05Z', '2026-01-02t03:04:05.1+02:00'],
    ['2026-01-02T24:00:00Z', '2026-02-30T00:00:00Z', '2026-01-02T03:04:05'],
  ],
  gotime: [
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.123456-07:00'],
    ['2026-01-02t03:04:05z', '2026-01-02T03:04:60Z', ''],
  ],
  duration: [
    ['1h30m', '-1.5s', '22 days', '0'],
    ['', 'soon', '5', '1.5 lightyears'],
  ],
  email: [
    ['a@example.com', 'Name <a@example.com>', 'a@b'],
    ['a', 'a@', '<a@b', 'a b@c'],
  ],
  hostname: [
    ['a', 'a.example.com', '1a.example.com'],
    ['', '-a', 'a_b.example.com'],
  ],
  ipv4: [
    ['192.0.2.1', '010.0.0.1', '::ffff:1.2.3.4'],
    ['256.0.0.1', '1.2.3', '::1'],
  ],
  ipv6: [
    ['::1', '2001:db8::1', '::ffff:1.2.3.4'],
    ['1.2.3.4', ':::', 'fe80::1%eth0'],
  ],
  mac: [
    ['01:23:45:67:89:ab', '0123.4567.89ab', '01-23-45-67-89-ab'],
    ['01:23', '01:23-45:67:89:ab', ''],
  ],
  uri: [
    ['https://example.com/a?b', '/a', 'mailto:a@b', 'http://[::1]:80/'],
    ['example.com', '', 'http://a b', '/a%zz', 'http://a:b'],
  ],
  uuid: [
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'],
    ['123e4567', ''],
  ],
  isbn: [
    ['0321751043', '978-0321751041'],
    ['0321751044', ''],
  ],
  creditcard: [
    ['4220855426222389', '4220-8554-2622-2389'],
    ['4220855426213389', 'card'],
  ],
};

describe('formats', () => {
  it.each(Object.entries(cases))('%s', (name, [good, bad]) => {
    for (const text of good) expect([text, textFormats[name]?.(text)]).toEqual([text, true]);
    for (const text of bad) expect([text, textFormats[name]?.(text)]).toEqual([text, false]);
  });

  it('have their names with dashes or without; our own are none of definitions', () => {
    expect(['date-time', 'datetime', 'mac', 'idn-email', 'gotime', 'constructor'].map(textFormat)).toEqual([
      'datetime',
      'datetime',
      'mac',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('of durations have seconds', () => {
    expect(['1h30m', '-1.5s', '22 days', '1 wk 2d', 'soon'].map(secondsIn)).toEqual([
      5400,
      -1.5,
      1_900_800,
      777_600,
      undefined,
    ]);
  });

  it('of numbers count steps as the API server does', () => {
    expect([0.3, 0.7, -0.2, 0.25].map((value) => isMultiple(value, 0.1))).toEqual([true, true, true, false]);
    expect([2, 3, 2.5].map((value) => isMultiple(value, 2))).toEqual([true, false, false]);
    // by the whole part of the step, which is zero
    expect(isMultiple(1, 0.5)).toBe(false);
  });
});
