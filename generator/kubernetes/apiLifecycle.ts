import type { Value } from '../model/values.ts';
import { asMap, asString, isMap, member } from '../model/values.ts';

/** Parsed files of the schemas folder: see ShapeSource, and `kubernetes/lifecycle.json` (scripts/lifecycle.ts). */
export interface LifecycleSource {
  kubernetes(minor: string): unknown;
  crd(group: string, version: string, kind: string): unknown;
  /** `{kinds: {"<apiVersion>/<Kind>": {introduced, deprecated, removed, replacement}}}`, minors as `1.34`. */
  lifecycle(): unknown;
}

/** What is the matter with a group/version/Kind; a sound one has no standing. */
export interface ApiStanding {
  /** `removed`, `not-yet`: the API server refuses it. `deprecated`: it warns, or the next minor refuses it. */
  readonly state: 'removed' | 'not-yet' | 'deprecated';
  /** Continues a sentence that starts with the kind: "was removed in Kubernetes 1.25". */
  readonly says: string;
  /** `<apiVersion>/<Kind>` that this minor has in its place, or else the next one, where there is one. */
  readonly replacement?: string;
}

export interface ApiLifecycle {
  standing(apiVersion: string, kind: string, minor: string): ApiStanding | undefined;
}

/** How far documents of other minors are looked for. */
const reach = 10;

/**
 * Which APIs a minor no longer has, does not have yet, or is about to lose. The documents of the minors decide where they
 * can; the lifecycle that Kubernetes publishes speaks for what is older than they are, and of deprecation.
 */
export function createApiLifecycle(source: LifecycleSource): ApiLifecycle {
  const known = new Map<string, ApiStanding | undefined>();
  const documents = new Map<string, Kinds | undefined>();
  const kindsAt: KindsAt = (minor) => {
    if (!documents.has(minor)) documents.set(minor, kindsOf(source.kubernetes(minor)));
    return documents.get(minor);
  };
  let entries: Kinds | undefined;
  return {
    standing(apiVersion, kind, minor) {
      const gvk = `${apiVersion}/${kind}`;
      const key = `${minor} ${gvk}`;
      if (known.has(key)) return known.get(key);
      entries ??= kindsOf(source.lifecycle()) ?? {};
      const found = builtInStanding(gvk, minor, kindsAt, entries) ?? customStanding(source, apiVersion, kind);
      known.set(key, found);
      return found;
    },
  };
}

type Kinds = Readonly<Record<string, Value>>;
type KindsAt = (minor: string) => Kinds | undefined;

/** A document that is only a part tells nothing of what it lacks. */
function kindsOf(document: unknown): Kinds | undefined {
  const kinds = isMap(document) && document['partial'] !== true ? document['kinds'] : undefined;
  return isMap(kinds) ? { ...kinds } : undefined;
}

function builtInStanding(gvk: string, minor: string, kindsAt: KindsAt, entries: Kinds): ApiStanding | undefined {
  const entry = asMap(own(entries, gvk));
  const [introduced, deprecated, removed] = ['introduced', 'deprecated', 'removed'].map((k) => asString(entry[k]));
  const here = kindsAt(minor);
  const standing = (state: ApiStanding['state'], says: string, next = minor): ApiStanding => {
    const better = replacementOf(gvk, minor, kindsAt, entries) ?? replacementOf(gvk, next, kindsAt, entries);
    return { state, says, ...(better === undefined ? {} : { replacement: better }) };
  };
  if (here === undefined || own(here, gvk) === undefined) {
    if (removed !== undefined && !isAfter(removed, minor))
      return standing('removed', `was removed in Kubernetes ${removed}`);
    const last = here === undefined ? undefined : nearest(gvk, minor, -1, kindsAt);
    if (last !== undefined) return standing('removed', `was removed in Kubernetes ${plus(last, 1)}`);
    const later = here === undefined ? undefined : nearest(gvk, minor, 1, kindsAt);
    const first = introduced !== undefined && isAfter(introduced, minor) ? introduced : later;
    if (first !== undefined) return standing('not-yet', `is there from Kubernetes ${first} on`);
    if (here !== undefined) return undefined;
  }
  const next = plus(minor, 1);
  const after = kindsAt(next);
  if (here !== undefined && after !== undefined && own(after, gvk) === undefined)
    return standing('deprecated', `is removed in Kubernetes ${next}, the next version`, next);
  if (deprecated === undefined || isAfter(deprecated, minor)) return undefined;
  const until = removed === undefined ? '' : `, to be removed in ${removed}`;
  return standing('deprecated', `is deprecated since Kubernetes ${deprecated}${until}`);
}

const own = (kinds: Kinds, gvk: string): Value | undefined => (Object.hasOwn(kinds, gvk) ? kinds[gvk] : undefined);

/** The nearest minor in one direction whose document has the kind. */
function nearest(gvk: string, minor: string, step: 1 | -1, kindsAt: KindsAt): string | undefined {
  for (let i = 1; i <= reach; i += 1) {
    const at = plus(minor, step * i);
    const kinds = kindsAt(at);
    if (kinds !== undefined && own(kinds, gvk) !== undefined) return at;
  }
  return undefined;
}

/** What Kubernetes names as replacement, or the same kind in the most stable version of its group; nothing the minor lacks. */
function replacementOf(gvk: string, minor: string, kindsAt: KindsAt, entries: Kinds): string | undefined {
  const here = kindsAt(minor);
  const named = asString(member(own(entries, gvk), 'replacement'));
  if (named !== undefined && (here === undefined || own(here, named) !== undefined)) return named;
  const [kind = '', , ...group] = gvk.split('/').toReversed();
  const same = Object.keys(here ?? {}).filter((other) => {
    const [otherKind, , ...otherGroup] = other.split('/').toReversed();
    return other !== gvk && otherKind === kind && otherGroup.join('/') === group.join('/');
  });
  return same.sort((a, b) => stability(a) - stability(b))[0];
}

const stability = (gvk: string): number => (gvk.includes('alpha') ? 2 : gvk.includes('beta') ? 1 : 0);

/** What the definition of a custom kind says of its version. */
function customStanding(source: LifecycleSource, apiVersion: string, kind: string): ApiStanding | undefined {
  const [group, version, ...rest] = apiVersion.split('/');
  if (group === undefined || version === undefined || rest.length > 0) return undefined;
  const document = source.crd(group, version, kind);
  const replacement = asString(member(document, 'replacement'));
  const instead = replacement === undefined ? {} : { replacement };
  if (member(document, 'served') === false)
    return { state: 'removed', says: 'is no longer served by its definition', ...instead };
  const deprecated = member(document, 'deprecated');
  if (deprecated === undefined || deprecated === false) return undefined;
  const says = `is deprecated by its definition${typeof deprecated === 'string' ? ` ("${deprecated}")` : ''}`;
  return { state: 'deprecated', says, ...instead };
}

const numberOf = (minor: string): number => Number(minor.split('.')[1] ?? NaN);
const plus = (minor: string, by: number): string => `1.${numberOf(minor) + by}`;
const isAfter = (a: string, b: string): boolean => numberOf(a) > numberOf(b);
