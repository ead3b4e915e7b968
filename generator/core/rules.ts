import type { Diagnostic } from '../model/diagnostic.ts';
import type { Capability, ResolvedCluster, Rule } from '../model/model.ts';
import type { Value, ValueMap } from '../model/values.ts';
import { isList, isMap, member, pointerStep, pointerSteps } from '../model/values.ts';
import { celContext } from './cel.ts';
import { locateMerged } from './merge.ts';
import { celDiagnostic } from './tools.ts';
import type { Tools } from './tools.ts';

/** The cross-field rules of all enabled capabilities, asked of the merged options. */
export function checkRules(cluster: ResolvedCluster, tools: Tools): Diagnostic[] {
  return [...cluster.capabilities.values()].flatMap(({ capability, options }) => {
    const context = celContext(cluster, options);
    return capability.rules.flatMap((rule, i): Diagnostic[] => {
      try {
        return subjectsOf(rule.each, options)
          .filter(({ item }) => isViolated(rule, item === undefined ? context : { ...context, item }, tools))
          .map(({ pointer }) => violation(cluster, capability, rule, `${pointer}${rule.path}`));
      } catch (error) {
        return [celDiagnostic(error, capability.source.at(`/spec/rules/${i}/rule`))];
      }
    });
  });
}

export interface Subject {
  readonly pointer: string;
  readonly item: Value | undefined;
}

/** What `each` (of a rule, of a component) speaks of: the options as a whole, or each item of a list. */
export function subjectsOf(each: string | undefined, options: ValueMap): readonly Subject[] {
  if (each === undefined) return [{ pointer: '', item: undefined }];
  let found: Subject[] = [{ pointer: '', item: options }];
  for (const step of [...pointerSteps(each), '*']) found = found.flatMap((s) => stepInto(s, step));
  return found;
}

function stepInto({ pointer, item }: Subject, step: string): Subject[] {
  if (step === '*') return isList(item) ? item.map((value, i) => ({ pointer: `${pointer}/${i}`, item: value })) : [];
  const value = isMap(item) ? member(item, step) : undefined;
  return value === undefined ? [] : [{ pointer: `${pointer}/${pointerStep(step)}`, item: value }];
}

function isViolated(rule: Rule, context: ValueMap, tools: Tools): boolean {
  if (rule.when !== undefined && !tools.cel.test(rule.when, context)) return false;
  return !tools.cel.test(rule.rule, context);
}

function violation(cluster: ResolvedCluster, capability: Capability, rule: Rule, pointer: string): Diagnostic {
  const inList = capability.list !== undefined && pointerSteps(pointer)[0] === capability.list;
  const at = locateMerged(cluster.layers, inList ? pointer : `/capabilities/${capability.name}${pointer}`, 'value');
  return {
    code: 'spec/rule',
    severity: rule.severity,
    message: rule.message,
    hint: rule.hint ?? `The rule is: ${rule.rule}`,
    ...(at === undefined ? {} : { at }),
  };
}
