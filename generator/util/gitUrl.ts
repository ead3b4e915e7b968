import { withoutEnd } from './text.ts';

/** The parts of an address that git clones from. */
export interface GitUrl {
  /** `https`, `ssh`, `git`, `http` or `file`; the short form `git@host:path` is ssh. */
  readonly scheme: string;
  /** Without the password; '' where there is none. */
  readonly user: string;
  /** Lower case, without the port. */
  readonly host: string;
  /** Digits, or ''. */
  readonly port: string;
  /** Without slashes around it. */
  readonly path: string;
}

/** Undefined for a folder of this machine, which no other machine can clone from. */
export function parseGitUrl(text: string): GitUrl | undefined {
  const full = /^(?:git\+)?(https?|ssh|git):\/\/(?:([^/@]*)@)?(\[[^\]]*\]|[^/:]+)(?::(\d*))?(\/.*)?$/i.exec(
    text.trim(),
  );
  // as git: a colon before any slash; one letter before it is a drive of Windows
  const short = /^(?:([^/@:]+)@)?([^/:@]{2,}):(?!\/\/)(.*)$/.exec(text.trim());
  const [, scheme = 'ssh', login = '', host = '', port = '', path = ''] =
    full ?? (short === null ? [] : [short[0], 'ssh', short[1], short[2], '', short[3]]);
  if (host === '' || (full === null && /^file$/i.test(host))) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    user: login.split(':')[0] ?? '',
    host: host.toLowerCase(),
    port,
    path: withoutEnd(path, '/').replace(/^\/+/, ''),
  };
}

/** Addresses that hosts have for ssh where its port is closed. */
const otherHosts: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};

/**
 * One text for all addresses of a repository: over ssh and https, with and without user, port and `.git`, in the forms that
 * Azure DevOps and Bitbucket Server have for each. Undefined for a folder of this machine.
 */
export function repositoryOf(url: string): string | undefined {
  const parts = parseGitUrl(url);
  if (parts === undefined) return undefined;
  const path = parts.path.replace(/\.git$/i, '').toLowerCase();
  const azure = /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  if (parts.host === 'ssh.dev.azure.com' && azure !== null)
    return `dev.azure.com/${azure[1] ?? ''}/${azure[2] ?? ''}/_git/${azure[3] ?? ''}`;
  const host = otherHosts[parts.host] ?? parts.host;
  return `${host}/${parts.scheme === 'ssh' ? path : path.replace(/^scm\//, '')}`;
}

/** An address without what may be a secret in it: a login of http, and a password of any. */
export function withoutLogin(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)([^/@]*)@/i, (_, scheme: string, login: string) =>
    /^(?:git\+)?https?:/i.test(scheme) ? scheme : `${scheme}${login.split(':')[0] ?? ''}@`,
  );
}
