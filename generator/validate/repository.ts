import { locateMerged } from '../config/merge.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { ResolvedCluster } from '../model/model.ts';
import type { GitFacts } from '../ports.ts';
import { parseGitUrl, repositoryOf, withoutLogin } from '../util/gitUrl.ts';
import { didYouMean } from '../util/suggest.ts';

/** Hosts that nobody has (RFC 2606): what examples and new files name until somebody says better. */
const placeholder = /(?:^|\.)(?:example\.(?:com|net|org)|example|invalid)$/;

/**
 * Where Argo CD is told to read the trees (`spec.git`), held against what git knows of this repository; one finding per place
 * that says it. Everything but a wrong folder is a warning: Argo CD may read a mirror, and this may be a fork.
 */
export function repositoryFindings(
  clusters: readonly Pick<ResolvedCluster, 'info' | 'layers'>[],
  facts: GitFacts,
): readonly Diagnostic[] {
  const found = clusters.flatMap((cluster) => findingsOf(cluster, facts));
  return [...new Map(found.map((d) => [JSON.stringify([d.code, d.at, d.message]), d])).values()];
}

/** `same`: a remote has it; `copy`: one on another host is called the same, a mirror of it; else what is wrong. */
type Kinship = 'same' | 'copy' | 'placeholder' | 'other' | 'unknown';

function kinshipOf(url: string, { remotes }: GitFacts): Kinship {
  const own = repositoryOf(url);
  const known = remotes.flatMap(({ urls }) => urls.flatMap((u) => repositoryOf(u) ?? []));
  if (own === undefined) return 'unknown';
  if (known.includes(own)) return 'same';
  const host = parseGitUrl(url)?.host ?? '';
  if (placeholder.test(host)) return 'placeholder';
  if (known.length === 0) return 'unknown';
  const isMirror = known.some(
    (k) => k.split('/').at(-1) === own.split('/').at(-1) && k.split('/')[0] !== own.split('/')[0],
  );
  return isMirror ? 'copy' : 'other';
}

function findingsOf(
  { info: { git }, layers }: Pick<ResolvedCluster, 'info' | 'layers'>,
  facts: GitFacts,
): readonly Diagnostic[] {
  if (git.repoURL === '') return []; // a finding of its own
  const kinship = kinshipOf(git.repoURL, facts);
  const at = (name: string): Pick<Diagnostic, 'at'> => {
    const place = locateMerged(layers, `/git/${name}`, 'value');
    return place === undefined ? {} : { at: place };
  };
  const remote = facts.remotes.flatMap(({ urls }) => urls).find((url) => repositoryOf(url) !== undefined);
  const shown = remote === undefined ? undefined : withoutLogin(remote);
  const found: Diagnostic[] = [];
  if (kinship === 'placeholder' || kinship === 'other')
    found.push({
      code: 'spec/git-url',
      severity: 'warning',
      ...at('repoURL'),
      message:
        kinship === 'placeholder'
          ? `Argo CD would read ${git.repoURL}, a host of examples that nobody has.`
          : `Argo CD would read ${git.repoURL}, and this repository is ${shown ?? ''}.`,
      hint: `Set spec.git.repoURL to ${shown ?? 'the address that Argo CD clones this repository from'}${kinship === 'placeholder' ? '.' : ', unless this is a fork, or Argo CD reads a copy.'}`,
    });
  if (git.path !== facts.path)
    found.push({
      code: 'spec/git-path',
      severity: kinship === 'same' ? 'error' : 'warning',
      ...at('path'),
      message:
        git.path === ''
          ? `This fleet is the folder ${facts.path} of its git repository, and Argo CD would look for deploy/ at the top.`
          : `Argo CD would look for deploy/ in the folder ${git.path} of the git repository, and this fleet is ${facts.path === '' ? 'at its top' : `the folder ${facts.path}`}.`,
      hint: facts.path === '' ? 'Remove path from spec.git.' : `Set spec.git.path to ${facts.path}.`,
    });
  if (isUnknownBranch(git.branch, facts))
    found.push({
      code: 'spec/git-branch',
      severity: 'warning',
      ...at('branch'),
      message: `Argo CD would follow the branch ${git.branch}, which this repository does not have.${didYouMean(git.branch, [...facts.branches])}`,
      hint: `Set spec.git.branch to ${facts.defaultBranch ?? facts.branch ?? ''}, or push ${git.branch} first.`,
    });
  return found;
}

/** Not asked where git knows some branches only: a detached or shallow checkout of CI. */
function isUnknownBranch(branch: string, { branch: current, branches, isShallow }: GitFacts): boolean {
  return current !== undefined && !isShallow && branch !== current && !branches.has(branch);
}
