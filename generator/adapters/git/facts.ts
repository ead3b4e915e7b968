import type { GitFacts } from '../../ports.ts';
import type { GitProgram } from './git.ts';

/** What the repository of a folder is called and where the folder lies in it; undefined where git does not read it. */
export async function gitFacts(git: GitProgram): Promise<GitFacts | undefined> {
  const found = await Promise.all([
    git.maybe(['rev-parse', '--is-shallow-repository', '--show-prefix']),
    git.maybe(['symbolic-ref', '-q', '--short', 'HEAD']),
    git.maybe(['for-each-ref', '--format=%(refname)%00%(symref)', 'refs/heads', 'refs/remotes']),
    git.maybe(['config', '-z', '--get-regexp', String.raw`^remote\..*\.(push)?url$`]),
    git.maybe(['remote', '-v']),
  ]).catch(() => undefined); // no git on this machine
  const [place, branch, refs = '', configured = '', used = ''] = found ?? [];
  if (place === undefined) return undefined;
  const [shallow = '', prefix = ''] = place.split('\n');
  return {
    path: prefix.replace(/\/$/, ''),
    isShallow: shallow === 'true',
    branch,
    remotes: remotesIn(configured, used),
    ...branchesIn(refs),
  };
}

/** As they are configured, and as git uses them after `url.<base>.insteadOf`. */
function remotesIn(configured: string, used: string): GitFacts['remotes'] {
  const urls = new Map<string, Set<string>>();
  const add = (name: string, url: string): void => void urls.set(name, (urls.get(name) ?? new Set()).add(url));
  for (const entry of configured.split('\0')) {
    const [, name, url] = /^remote\.(.+)\.(?:push)?url\n([^]+)$/.exec(entry) ?? [];
    if (name !== undefined && url !== undefined) add(name, url);
  }
  for (const line of used.split('\n')) {
    const [, name, url] = /^([^\t]+)\t(.+) \((?:fetch|push)\)/.exec(line) ?? [];
    if (name !== undefined && url !== undefined) add(name, url);
  }
  const names = [...urls.keys()].sort((a, b) => Number(b === 'origin') - Number(a === 'origin'));
  return names.map((name) => ({ name, urls: [...(urls.get(name) ?? [])] }));
}

/** Branches by their names, those of remotes too, and the one that the HEAD of origin names. */
function branchesIn(refs: string): Pick<GitFacts, 'branches' | 'defaultBranch'> {
  const branches = new Set<string>();
  let defaultBranch: string | undefined;
  for (const line of refs.split('\n')) {
    const [ref = '', target = ''] = line.split('\0');
    const name = /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(ref)?.[1];
    if (ref === 'refs/remotes/origin/HEAD') defaultBranch = target.slice('refs/remotes/origin/'.length);
    if (name !== undefined && name !== 'HEAD') branches.add(name);
  }
  return { branches, defaultBranch };
}
