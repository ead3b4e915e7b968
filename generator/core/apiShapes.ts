// PLACEHOLDER by the core author until the real one arrives: overwrite this file.
import type { ShapeChecker } from './validate.ts';
export function createApiShapes(_source: { kubernetes(minor: string): unknown; crd(group: string, version: string, kind: string): unknown }): ShapeChecker {
  return { check: () => ({ status: 'no-schema', problems: [] }) };
}
