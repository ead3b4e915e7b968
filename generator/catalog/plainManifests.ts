import type { Diagnostic } from '../model/diagnostic.ts';
import type { PlainManifest, TreeObject } from '../model/model.ts';
import type { Value } from '../model/values.ts';
import { compareText, isMap } from '../model/values.ts';
import { doubtfulIn } from '../kubernetes/definitions.ts';
import { emitYaml } from '../yaml/emit.ts';
import { inexactNumbers } from '../yaml/jsonNumbers.ts';
import { objectsOf } from '../yaml/lists.ts';
import { countLines, locate } from '../yaml/locate.ts';
import { scalarFinding } from '../yaml/refuse.ts';
import { parseSource } from '../yaml/source.ts';
import type { Tools } from '../template/tools.ts';
import { readJson } from '../yaml/limits.ts';

/**
 * The objects of a folder that have nothing to fill in. They are JSON because machines write them (CRDs of half a megabyte),
 * and JSON is read a hundred times faster than YAML.
 */
export function readPlainManifests(
  files: ReadonlyMap<string, string>,
  folder: string,
  diagnostics: Diagnostic[],
): readonly PlainManifest[] {
  const found: PlainManifest[] = [];
  for (const file of [...files.keys()].filter((f) => f.startsWith(folder) && f.endsWith('.json')).sort(compareText)) {
    const text = files.get(file) ?? '';
    const object = parsed(text);
    if (isMap(object)) {
      const lines = countLines(text);
      for (const scalar of doubtfulIn(object, inexactNumbers(text))) {
        const found = scalarFinding(scalar, () =>
          locate(file, text, lines, scalar.at, scalar.at + scalar.source.length),
        );
        if (found !== undefined) diagnostics.push(found);
      }
      found.push(...objectsOf(object).map((item) => ({ file, text, object: item })));
      continue;
    }
    const said = object === undefined ? parseSource(file, text).diagnostics[0] : undefined;
    if (said?.code === 'yaml/merge-conflict') {
      diagnostics.push(said);
      continue;
    }
    diagnostics.push({
      code: 'catalog/invalid',
      severity: 'error',
      message: `The file is not one Kubernetes object in JSON.${said === undefined ? '' : ` ${said.message}`}`,
      at: said?.at ?? { file, line: 1, col: 1 },
      hint: 'Write one object or list per file; what has something to fill in is a template (.yaml.hbs).',
    });
  }
  return found;
}

/** Undefined when the text is not JSON. */
function parsed(text: string): Value | undefined {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

/** Prints objects of a tree; those without templates once per run, because every cluster has the same. */
export function objectPrinter(tools: Tools): (object: TreeObject) => string {
  const known = (tools.memo.get('plain-texts') as WeakMap<object, string> | undefined) ?? new WeakMap<object, string>();
  tools.memo.set('plain-texts', known);
  return ({ object, template }) => {
    if (template === undefined || !('object' in template)) return emitYaml(object);
    const text = known.get(template) ?? emitYaml(object);
    known.set(template, text);
    return text;
  };
}
