import { expect, test } from 'vitest';
import { isUsableHelm } from '../../../generator/adapters/helm/text.ts';

test.each([
  ['v4.2.3', true],
  ['4.0.0', true],
  ['v4.2', true], // built by `go install`: without the patch version
  ['v3.18.0', true],
  ['v3.19.4+g7cfb6e4', true],
  ['v3.17.3', false],
  ['v2.17.0', false],
  ['v5.0.0', false],
  ['v4', false],
  ['v4.2x', false],
  ['', false],
])('a Helm that calls itself %s is used: %s', (version, isUsable) => {
  expect(isUsableHelm(version)).toBe(isUsable);
});
