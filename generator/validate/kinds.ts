import type { ShapeResult } from '../kubernetes/shapes/apiShapes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { TreeObject } from '../model/model.ts';
import type { ApiStanding } from '../kubernetes/apiLifecycle.ts';
import type { ObjectPolicy } from './policy.ts';
import { finding } from './findings.ts';

const codes = { removed: 'api/removed', 'not-yet': 'api/not-yet', deprecated: 'api/deprecated' } as const;

/** What is to say of an API in a minor, for objects in trees and in files. */
export function standingFinding(
  apiVersion: string,
  kind: string,
  { state, says, replacement }: ApiStanding,
  minor: string,
): Pick<Diagnostic, 'code' | 'severity' | 'message' | 'hint'> {
  return {
    code: codes[state],
    severity: state === 'deprecated' ? 'warning' : 'error',
    message: `${apiVersion} ${kind} ${says}${state === 'deprecated' ? '' : ` (checked for Kubernetes ${minor})`}.`,
    hint: hintFor(state, replacement),
  };
}

function hintFor(state: ApiStanding['state'], replacement: string | undefined): string {
  if (replacement !== undefined) {
    const [kind = '', ...rest] = replacement.split('/').toReversed();
    return `Use ${rest.toReversed().join('/')} ${kind}${state === 'not-yet' ? ' until then' : ''}.`;
  }
  return state === 'not-yet'
    ? 'Upgrade the cluster first.'
    : 'There is no replacement of the same kind: see the release notes of Kubernetes, or of what brings the kind.';
}

/**
 * What is wrong with the kind of an object, whatever the object holds: said once per kind when there is no schema, else once
 * per template. `reported` remembers what was reported before.
 */
export function kindFindings(
  object: TreeObject,
  { status }: ShapeResult,
  standing: ApiStanding | undefined,
  minor: string,
  policy: ObjectPolicy,
  reported: Set<string>,
): Diagnostic[] {
  const kind = `${object.apiVersion} ${object.kind}`;
  if (standing !== undefined) {
    if (isReported(reported, `${kind} ${object.component} ${object.template?.file ?? ''}`)) return [];
    const { code, severity, message, hint } = standingFinding(object.apiVersion, object.kind, standing, minor);
    return [finding(code, object, `${object.kind} ${object.name}: ${message}`, hint ?? '', severity)];
  }
  if (status !== 'no-schema' || policy.ignoreMissingSchemas || isReported(reported, kind)) return [];
  const { component: _component, ...said } = finding(
    'tree/no-schema',
    object,
    `There is no schema for ${kind} in Kubernetes ${minor}: objects of this kind were not checked.`,
    'Import it: slipway schema import <crd file>.',
    'warning',
  );
  return [said];
}

function isReported(reported: Set<string>, what: string): boolean {
  const before = reported.has(what);
  reported.add(what);
  return before;
}

export function rejection(object: TreeObject): Diagnostic {
  const message = `${object.kind} ${object.name}: --reject names this kind.`;
  return finding('api/rejected', object, message, 'Take the object out, or the kind from the list.');
}
