import semver from 'semver';

const options = { loose: true } as const;

/** Newest first; what is no version is left out. Pre-releases come after the release they lead to. */
export function sortVersions(versions: Iterable<string>): string[] {
  return [...new Set(versions)]
    .filter((v) => semver.valid(v, options) !== null)
    .sort((a, b) => semver.rcompare(a, b, options) || (a < b ? -1 : 1));
}

export interface Newest {
  /** Newest of all. */
  readonly newest: string | undefined;
  /** Newest with the same major version; below 1.0.0 also with the same minor. */
  readonly compatible: string | undefined;
}

/** What is newer than a version. Pre-releases count only for who has one. `versions` are sorted, newest first. */
export function newerVersions(current: string, versions: readonly string[]): Newest {
  const own = semver.parse(current, options);
  if (own === null) return { newest: undefined, compatible: undefined };
  const newer = versions.filter((v) => {
    const other = semver.parse(v, options);
    if (other === null || semver.compare(other, own, options) <= 0) return false;
    return other.prerelease.length === 0 || own.prerelease.length > 0;
  });
  const isCompatible = (v: string): boolean =>
    semver.major(v, options) === own.major && (own.major > 0 || semver.minor(v, options) === own.minor);
  return { newest: newer[0], compatible: newer.find(isCompatible) };
}

/** True when both are the same version: a `v` before it does not count, as for Helm. */
export function isSameVersion(a: string, b: string): boolean {
  return a.replace(/^v/, '') === b.replace(/^v/, '');
}

/** The versions around one that is not there: the next one up, and the next one down. */
export function nearestVersions(version: string, versions: readonly string[]): string[] {
  const own = semver.parse(version, options) ?? semver.coerce(version, options);
  const sorted = sortVersions(versions);
  if (own === null) return sorted.slice(0, 1);
  const same = sorted.find((v) => semver.eq(v, own, options));
  if (same !== undefined) return [same];
  const below = sorted.find((v) => semver.lt(v, own, options));
  const above = sorted.findLast((v) => semver.gt(v, own, options));
  return [above, below].filter((v) => v !== undefined);
}
