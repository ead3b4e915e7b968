import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShapeSource } from '../../generator/kubernetes/shapes/shapeTypes.ts';
import { repository } from './workspace.ts';

/** A file of schemas/ as data; undefined where there is none. */
export function readSchema(path: string): unknown {
  const file = join(repository, 'schemas', path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The schemas of this repository. */
export const committedSchemas: ShapeSource = {
  kubernetes: (minor) => readSchema(`kubernetes/v${minor}.json`),
  crd: (group, version, kind) => readSchema(`crds/${group}/${kind}_${version}.json`),
};
