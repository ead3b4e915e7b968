import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogSource } from '../../model/fleet.ts';
import { textAt } from '../../model/values.ts';
import { version } from '../../model/version.ts';
import { readJson } from '../../yaml/limits.ts';

/** The source of the catalog in the program's own package, which lies in `home`. */
export function ownCatalog(home: string): Extract<CatalogSource, { kind: 'npm' }> {
  const about = readJson(readFileSync(join(home, 'package.json'), 'utf8'));
  return { kind: 'npm', package: textAt(about, 'name') ?? 'slipway', version };
}
