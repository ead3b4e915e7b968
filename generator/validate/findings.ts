import type { Diagnostic, Location } from '../model/diagnostic.ts';
import type { TreeObject } from '../model/model.ts';
import { locateLine } from '../yaml/locate.ts';

/** A finding about an object of a tree, at the template that rendered it. */
export function finding(
  code: Diagnostic['code'],
  object: TreeObject,
  message: string,
  hint: string,
  severity: Diagnostic['severity'] = 'error',
): Diagnostic {
  const at = objectLocation(object);
  const related = (object.patches ?? []).map((p) => ({ message: 'patched here', at: p.at }));
  return {
    code,
    severity,
    component: object.component,
    message,
    hint,
    names: [object.name],
    ...(at === undefined ? {} : { at }),
    ...(related.length === 0 ? {} : { related }),
  };
}

/** Where its template begins the object; undefined for what no template rendered. */
export const objectLocation = (object: TreeObject): Location | undefined =>
  object.template === undefined
    ? undefined
    : locateLine(object.template.file, object.template.text, objectLine(object, object.template.text), 1);

/**
 * The line (from 1) of a template that names the kind of an object it rendered: the best place there is. Of several, the one
 * with the name below it; an item of a typed list may have its name alone.
 */
export function objectLine({ kind, name }: Pick<TreeObject, 'kind' | 'name'>, text: string): number {
  const lines = text.split('\n');
  const says = (before: string, key: string, value: string): ((line: string) => boolean) => {
    const pattern = new RegExp(`${before}${key}["']?\\s*:\\s*["']?${escaped(value)}(?:$|[\\s"',}\\]])`);
    return (line) => pattern.test(line);
  };
  const isNamed = says('(?:^|[\\s{,"\'])', '(?:generateN|n)ame', name);
  const namesKind = says('^\\s*(?:-\\s+)?["\']?', 'kind', kind);
  const kinds = lines.flatMap((line, i) => (namesKind(line) ? [i] : []));
  const own = kinds.find((from, i) => lines.slice(from, kinds[i + 1]).some(isNamed)) ?? kinds[0];
  return Math.max(0, own ?? lines.findIndex(isNamed)) + 1;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
