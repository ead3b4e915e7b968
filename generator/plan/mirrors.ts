import type { ValueMap } from '../model/values.ts';
import { asString } from '../model/values.ts';
import { withoutEnd } from '../util/text.ts';

const withoutSlash = (url: string): string => withoutEnd(url, '/');

/**
 * Where a chart repository is fetched from: `spec.charts.mirrors` names it exactly, or a prefix of it that ends with `/`;
 * the longest that matches wins. Without one, the repository itself.
 */
export function mirrorOf(repository: string, mirrors: ValueMap): string {
  const wanted = withoutSlash(repository);
  const matching = Object.keys(mirrors).filter((key) =>
    key.endsWith('/') ? `${wanted}/`.startsWith(key) : withoutSlash(key) === wanted,
  );
  const [key] = matching.sort((a, b) => b.length - a.length);
  const mirror = key === undefined ? undefined : asString(mirrors[key]);
  if (key === undefined || mirror === undefined) return repository;
  const rest = key.endsWith('/') ? wanted.slice(key.length) : '';
  return rest === '' ? withoutSlash(mirror) : `${withoutSlash(mirror)}/${rest}`;
}
