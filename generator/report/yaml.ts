import type { Value } from '../model/values.ts';
import { emitYaml } from '../yaml/emit.ts';
import { reportData } from './json.ts';
import type { Report } from './types.ts';

/** The same document as JSON, as YAML. */
export const yamlReport = (report: Report): string =>
  // through JSON: what is undefined in data has no place in either
  emitYaml(JSON.parse(JSON.stringify(reportData(report))) as Value);
