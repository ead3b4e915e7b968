import { annotationList, identityOf, isHook } from '../kubernetes/object.ts';
import { hookOf } from '../helm/hooks.ts';
import type { ValueMap } from '../model/values.ts';
import { textAt } from '../model/values.ts';
import type { Severity } from '../model/diagnostic.ts';

/** What Argo CD makes of `generateName`, where that goes wrong. */
export interface GeneratedNameProblem<T> {
  readonly about: T;
  readonly severity: Severity;
  /** Goes on behind the object: `has …`. */
  readonly problem: string;
  readonly hint: string;
}

/** What Argo CD 3.5 puts behind the name of a hook (gitops-engine, getSyncTasks): revision, phase and seconds. */
const addedTo = (phase: string): number => `abcdef0-${phase}-1700000000`.length;

/** Names of these become the value of a label. */
const shortNames: ReadonlySet<string> = new Set(['batch/Job', 'apps/StatefulSet']);
const longestShortName = 63;
const longestName = 253;

/**
 * Objects of one Application that have a `generateName` and no name. Argo CD completes the name of a hook by itself, the same for
 * all of one phase; anything else it applies, which needs a name.
 */
export function generatedNameProblems<T>(
  objects: readonly T[],
  objectOf: (about: T) => ValueMap,
  replaces = false,
): GeneratedNameProblem<T>[] {
  const first = new Map<string, T>();
  return objects.flatMap((about): GeneratedNameProblem<T>[] => {
    const object = objectOf(about);
    if (!hasGeneratedName(object)) return [];
    if (!isHook(object)) return replaces || isReplaced(object) ? [] : [withoutName(about)];
    const prefix = textAt(object, 'metadata', 'generateName') ?? '';
    const phases = hookOf(object).phases;
    const long = phases.filter((phase) => prefix.length + addedTo(phase) > longestOf(object));
    const { group, kind, namespace } = identityOf(object);
    const keys = phases.map((phase) => `${group}/${kind}/${namespace}/${prefix} ${phase}`);
    const taken = keys.some((key) => first.has(key));
    for (const key of keys) first.set(key, about);
    return [...(long.length > 0 ? [tooLong(about, object, long)] : []), ...(taken ? [sameName(about, phases)] : [])];
  });
}

/** No name, and the beginning of one. */
export const hasGeneratedName = (object: ValueMap): boolean =>
  (textAt(object, 'metadata', 'name') ?? '') === '' && (textAt(object, 'metadata', 'generateName') ?? '') !== '';

const isReplaced = (object: ValueMap): boolean =>
  annotationList(object, 'argocd.argoproj.io/sync-options').includes('Replace=true');

const longestOf = (object: ValueMap): number => {
  const { group, kind } = identityOf(object);
  return shortNames.has(`${group}/${kind}`) ? longestShortName : longestName;
};

function withoutName<T>(about: T): GeneratedNameProblem<T> {
  return {
    about,
    severity: 'error',
    problem: 'has a generateName and no name: Argo CD applies it, which takes a name.',
    hint: 'Give it a name, or make it a hook (argocd.argoproj.io/hook), whose name Argo CD completes.',
  };
}

function tooLong<T>(about: T, object: ValueMap, phases: readonly string[]): GeneratedNameProblem<T> {
  const added = Math.max(...phases.map(addedTo));
  return {
    about,
    severity: 'error',
    problem: `gets too long a name: Argo CD adds ${added} characters for ${phases.join(', ')}, and ${longestOf(object)} are allowed.`,
    hint: `Shorten generateName to ${longestOf(object) - added} characters.`,
  };
}

function sameName<T>(about: T, phases: readonly string[]): GeneratedNameProblem<T> {
  return {
    about,
    severity: 'warning',
    problem: `has the generateName of another hook of ${phases.join(', ')}: Argo CD gives both the same name, so that the second is applied over the first.`,
    hint: 'Give each a generateName of its own.',
  };
}
