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
  return {
    code,
    severity,
    component: object.component,
    message,
    hint,
    names: [object.name],
    ...(at === undefined ? {} : { at }),
  };
}

/** Where its template begins the object; undefined for what no template rendered. */
export const objectLocation = (object: TreeObject): Location | undefined =>
  object.template === undefined
    ? undefined
    : locateLine(object.template.file, object.template.text, kindLine(object), 1);

/** The template's line that names the kind; the best place there is for an object that a template rendered. */
function kindLine(object: TreeObject): number {
  const lines = object.template?.text.split('\n') ?? [];
  const index = lines.findIndex((l) => l.trim() === `kind: ${object.kind}`);
  return index === -1 ? 1 : index + 1;
}
