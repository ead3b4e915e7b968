/** The parts of a URL as Go's url.ParseRequestURI has them, empty where absent. */
export interface UrlParts {
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}

const badEscape = /%(?![0-9a-fA-F]{2})/;
const hostForm = /^(?:\[[0-9a-fA-F:.]+(?:%25[^\]]+)?\]|(?:[^[\]:/?#%\s\\^`{|}]|%[89a-fA-F][0-9a-fA-F])*)(?::\d*)?$/;
const userForm = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

/** An absolute URL or an absolute path (Go 1.24, net/url.ParseRequestURI); undefined for anything else. */
export function parseUrl(text: string): UrlParts | undefined {
  // eslint-disable-next-line no-control-regex
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) return undefined;
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?([^]*)$/.exec(text) ?? [];
  if (scheme === '' && !text.startsWith('/')) return undefined;
  const at = rest.indexOf('?');
  const [before, query] = at === -1 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + 1)];
  if (!before.startsWith('/'))
    // what has a scheme and no slash is opaque: mailto:a@b
    return scheme === ''
      ? undefined
      : { scheme: scheme.toLowerCase(), host: '', hostname: '', port: '', path: '', query };
  const isAuthority = scheme !== '' && before.startsWith('//');
  const end = isAuthority ? before.indexOf('/', 2) : 0;
  const authority = isAuthority ? before.slice(2, end === -1 ? undefined : end) : '';
  const path = isAuthority ? (end === -1 ? '' : before.slice(end)) : before;
  if (badEscape.test(path)) return undefined;
  const sign = authority.lastIndexOf('@');
  const host = authority.slice(sign + 1);
  if (sign !== -1 && !userForm.test(authority.slice(0, sign))) return undefined;
  if (!hostForm.test(host)) return undefined;
  const [, hostname = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host) ?? [];
  return { scheme: scheme.toLowerCase(), host, hostname: hostname.replace(/^\[|\]$/g, ''), port, path, query };
}

/** The path as Go's URL.EscapedPath prints it: what a path may not have is escaped. */
export const escapedPath = (path: string): string =>
  encodeURI(path).replaceAll('%25', '%').replaceAll('#', '%23').replaceAll('?', '%3F');

/** Values of a query by name; pairs that cannot be read are left out, as Go does. */
export function queryOf(query: string): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  const pairs = query.split('&').filter((pair) => pair !== '' && !pair.includes(';') && !badEscape.test(pair));
  for (const pair of pairs) for (const [name, value] of new URLSearchParams(pair)) (out[name] ??= []).push(value);
  return out;
}
