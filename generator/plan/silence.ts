import type { Diagnostic, Location } from '../model/diagnostic.ts';
import { codes } from '../model/codes.ts';
import type { CatalogComponent, ClusterPlan, ResolvedCluster } from '../model/model.ts';
import type { ValueMap } from '../model/values.ts';
import { textAt } from '../model/values.ts';
import { didYouMean } from '../util/suggest.ts';
import { gathered } from '../config/merge.ts';
import type { Place } from '../config/merge.ts';
import { nameMatcher } from '../util/glob.ts';

/** A finding that is known and accepted, with its reason beside it. */
export interface Silence {
  readonly code: string;
  /** Globs; undefined: any. */
  readonly component: string | undefined;
  readonly name: string | undefined;
  /** Says which one it is, across clusters. */
  readonly key: string;
  readonly at: Location;
  /** It stands in a spec or environment, not in the catalog. */
  readonly isOfSpec: boolean;
}

/** Codes of opinion: rules about objects that would work all the same, for the one who knows why. */
const canBeSilenced =
  /^(?:argocd|reference)\/|^(?:api\/deprecated|spec\/consent|tree\/sync-option|tree\/no-schema|tree\/unread-rule|secret\/literal)$/;

export const silenceable: readonly string[] = Object.keys(codes).filter((code) => canBeSilenced.test(code));

/** Everything a cluster silences: in its spec, in its environments, and in the components it installs. */
export function silencesOf({ cluster, components }: Pick<ClusterPlan, 'cluster' | 'components'>): readonly Silence[] {
  const own = gathered(cluster.layers, 'silence').map(({ item, at }) => silence(item, at, undefined));
  return [...own, ...components.flatMap(({ name, component }) => silencesOfComponent(name, component))];
}

/** What a component of the catalog silences about what it renders. */
export const silencesOfComponent = (
  name: string,
  { silence: items, source }: Pick<CatalogComponent, 'silence' | 'source'>,
): readonly Silence[] =>
  items.map((item, i) => silence(item, (step = '') => source.at(`/spec/silence/${i}${step}`), name));

function silence(item: ValueMap, at: Place, component: string | undefined): Silence {
  const place = at('/code');
  return {
    code: textAt(item, 'code') ?? '',
    component: component ?? textAt(item, 'component'),
    name: textAt(item, 'name'),
    key: `${place.file}:${place.line}:${place.col}`,
    at: place,
    isOfSpec: component === undefined,
  };
}

/** Codes in `silence` that are none, or stand for what cannot work. */
export function silenceFindings({ layers, name }: Pick<ResolvedCluster, 'layers' | 'name'>): Diagnostic[] {
  return gathered(layers, 'silence').flatMap(({ item, at }) => {
    const code = textAt(item, 'code') ?? '';
    if (silenceable.includes(code)) return [];
    const isKnown = Object.hasOwn(codes, code);
    return {
      code: 'spec/silence' as const,
      severity: 'error' as const,
      cluster: name,
      at: at('/code'),
      message: isKnown
        ? `"${code}" cannot be silenced: it is no matter of opinion.`
        : `There is no code "${code}".${didYouMean(code, silenceable)}`,
      hint: `Codes that can: ${silenceable.filter((c) => c.split('/')[0] === code.split('/')[0]).join(', ') || 'see docs/argocd-rules.md'}.`,
    };
  });
}

/** Takes out what is silenced; `used` gets the keys of the silences that did. */
export function withoutSilenced(
  diagnostics: readonly Diagnostic[],
  silences: readonly Silence[],
  used: Set<string>,
): readonly Diagnostic[] {
  if (silences.length === 0) return diagnostics;
  return diagnostics.filter((d) => {
    const matching = silences.filter((s) => covers(s, d));
    for (const { key } of matching) used.add(key);
    return matching.length === 0;
  });
}

function covers({ code, component, name }: Silence, d: Diagnostic): boolean {
  return (
    code === d.code &&
    (component === undefined || nameMatcher([component])(d.component ?? '')) &&
    (name === undefined || (d.names ?? []).some(nameMatcher([name])))
  );
}

/** Silences of specs and environments that no cluster had a use for. */
export function unusedSilences(silences: readonly Silence[], used: ReadonlySet<string>): Diagnostic[] {
  const unused = new Map(silences.filter((s) => s.isOfSpec && !used.has(s.key)).map((s) => [s.key, s]));
  return [...unused.values()].map(({ code, at }) => ({
    code: 'spec/unused-silence',
    severity: 'warning',
    at,
    message: `Nothing of "${code}" is silenced here any more.`,
    hint: 'Remove the entry.',
  }));
}
