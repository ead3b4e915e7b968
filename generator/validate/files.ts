import { secondDefinitions, secondDefinitionText } from '../kubernetes/definitions.ts';
import type { ShapeResult } from '../kubernetes/shapes/apiShapes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FoundObject, Unreadable } from '../yaml/objects.ts';
import { treatmentOf } from './policy.ts';
import type { TreeChecks } from './tree.ts';
import { standingFinding } from './kinds.ts';
import { pointerText } from '../model/values.ts';

/** As kubeconform tells them apart: an error is what could not be checked, or must not be there. */
export type ObjectStatus = 'valid' | 'invalid' | 'error' | 'skipped';

export interface ObjectResult {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly status: ObjectStatus;
  readonly diagnostics: readonly Diagnostic[];
  /** What is wrong inside an invalid object: JSON pointers and messages. */
  readonly problems: ShapeResult['problems'];
}

/** Checks objects that no cluster renders, against one minor of Kubernetes (`1.36`). */
export function checkObjects(
  found: readonly (FoundObject | Unreadable)[],
  minor: string,
  checks: TreeChecks,
): ObjectResult[] {
  const objects = found.filter((item): item is FoundObject => 'object' in item);
  checks.shapes.expect(
    objects.filter((o) => treatmentOf(o.apiVersion, o.kind, checks.policy) === 'check').map((o) => o.object),
    minor,
  );
  const twice = definedTwice(objects.filter((o) => treatmentOf(o.apiVersion, o.kind, checks.policy) === 'check'));
  return found.map((item) => {
    if (!('object' in item)) return unreadable(item);
    const result = checkObject(item, minor, checks);
    return { ...result, diagnostics: [...result.diagnostics, ...(twice.get(item) ?? [])] };
  });
}

/** Definitions of one kind that say different things: they may be alternatives, so that it is a warning. */
function definedTwice(objects: readonly FoundObject[]): ReadonlyMap<FoundObject, readonly Diagnostic[]> {
  const found = secondDefinitions(objects, (o) => o.object).filter((second) => !second.isEqual);
  return new Map(
    found.map((second) => {
      const { about, first, isOneObject } = second;
      const diagnostic: Diagnostic = {
        code: 'tree/second-definition',
        severity: 'warning',
        message: `${about.kind} ${about.name} ${secondDefinitionText(second, isOneObject ? first.file : first.name)}`,
        at: about.at('/spec/names/kind'),
        hint: 'Keep one of the two, or check them apart.',
        related: [{ message: 'the first', at: first.at('/spec/names/kind') }],
      };
      return [about, [diagnostic]] as const;
    }),
  );
}

function unreadable({ file, why, isSyntax, at, isConflict = false }: Unreadable): ObjectResult {
  const diagnostic: Diagnostic = {
    code: isConflict ? 'yaml/merge-conflict' : isSyntax ? 'yaml/syntax' : 'tree/object',
    severity: 'error',
    message: isSyntax ? `Neither YAML nor JSON: ${why}.` : `Not a Kubernetes object: ${why}.`,
    at,
    hint: 'Correct the document, or take it out.',
  };
  return { file, apiVersion: '', kind: '', name: '', status: 'error', diagnostics: [diagnostic], problems: [] };
}

function checkObject(item: FoundObject, minor: string, checks: TreeChecks): ObjectResult {
  const { file, apiVersion, kind, name } = item;
  const result = (
    status: ObjectStatus,
    diagnostics: readonly Diagnostic[] = [],
    problems: ShapeResult['problems'] = [],
  ): ObjectResult => ({ file, apiVersion, kind, name, status, diagnostics, problems });
  const treatment = treatmentOf(apiVersion, kind, checks.policy);
  if (treatment === 'skip') return result('skipped');
  if (treatment === 'reject')
    return result('error', [
      {
        code: 'api/rejected',
        severity: 'error',
        message: `${kind} ${name}: --reject names this kind.`,
        at: item.at('/kind'),
        hint: 'Take the object out, or the kind from the list.',
      },
    ]);
  const verdict = checks.shapes.check(item.object, minor);
  const standing = checks.lifecycle.standing(apiVersion, kind, minor);
  const said = standing === undefined ? undefined : standingFinding(apiVersion, kind, standing, minor);
  const ofKind: Diagnostic[] =
    said === undefined ? [] : [{ ...said, message: `${kind} ${name}: ${said.message}`, at: item.at('/apiVersion') }];
  if (verdict.status !== 'no-schema')
    return result(verdict.status, [...ofKind, ...problemFindings(item, verdict)], verdict.problems);
  if (said?.severity === 'error') return result('error', ofKind);
  if (checks.policy.ignoreMissingSchemas) return result('skipped');
  return result('error', [missing(item, minor)]);
}

function missing({ apiVersion, kind, name, at }: FoundObject, minor: string): Diagnostic {
  return {
    code: 'tree/no-schema',
    severity: 'error',
    message: `${kind} ${name}: there is no schema for ${apiVersion} ${kind} in Kubernetes ${minor}.`,
    at: at('/kind'),
    hint: 'Import it (slipway schema import <crd file>), name a place that has it (--schema-location), or leave such kinds out (--ignore-missing-schemas).',
  };
}

function problemFindings({ kind, name, at }: FoundObject, { problems }: ShapeResult): Diagnostic[] {
  return problems.map((p) => ({
    code: 'tree/schema',
    severity: 'error',
    message: `${kind} ${name}: ${p.pointer === '' ? 'the object' : pointerText(p.pointer)} ${p.message}.${p.suggestion === undefined ? '' : ` Did you mean "${p.suggestion}"?`}`,
    at: at(p.pointer, p.keyword === 'additionalProperties' ? 'key' : 'value'),
    hint: 'Correct the object, or what makes it.',
  }));
}
