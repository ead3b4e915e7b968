import { rulesOfDefinition, usedDefinitions } from '../kubernetes/definitions.ts';
import type { ApiShapeChecker } from '../kubernetes/shapes/apiShapes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { TreeObject } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';
import { pointerText } from '../model/values.ts';
import { locateLine } from '../yaml/locate.ts';
import { finding } from './findings.ts';

export const unreadRuleHint =
  'The API server checks it all the same. If that is known, say so in spec.silence: code: tree/unread-rule, and the reason.';

interface UnreadRule {
  readonly definition: ValueMap;
  readonly rule: string;
  readonly problem: string;
}

/** Rules of definitions that nobody can evaluate here, as the end of a sentence about the definition that has them. */
export function unreadRules(
  objects: readonly ValueMap[],
  { unreadableRule }: Pick<ApiShapeChecker, 'unreadableRule'>,
): readonly UnreadRule[] {
  return usedDefinitions(objects).flatMap((definition) =>
    [...rulesOfDefinition(definition)].flatMap(({ pointer, rule }) => {
      const why = unreadableRule(rule);
      if (why === undefined) return [];
      return [{ definition, rule, problem: `the rule ${rule} (${pointerText(pointer)}) is not checked here: ${why}.` }];
    }),
  );
}

/** The same as findings about the objects of a tree. */
export function unreadRuleFindings(objects: readonly TreeObject[], shapes: ApiShapeChecker): Diagnostic[] {
  const byObject = new Map<ValueMap, TreeObject>(objects.map((o) => [o.object, o]));
  return unreadRules([...byObject.keys()], shapes).flatMap(({ definition, rule, problem }) => {
    const object = byObject.get(definition);
    if (object === undefined) return [];
    const message = `${object.kind} ${object.name}: ${problem}`;
    const found = finding('tree/unread-rule', object, message, unreadRuleHint, 'warning');
    return [{ ...found, ...placeOfRule(object, rule) }];
  });
}

/** Where the template writes the rule, if it does so in one line. */
function placeOfRule({ template }: TreeObject, rule: string): Pick<Diagnostic, 'at'> {
  const start = template?.text.indexOf(rule) ?? -1;
  if (template === undefined || start === -1) return {};
  const above = template.text.slice(0, start).split('\n');
  return { at: locateLine(template.file, template.text, above.length, (above.at(-1) ?? '').length + 1, rule.length) };
}
