import { UsageError } from '../../model/diagnostic.ts';
import type { FleetFolder } from '../../ports.ts';
import { parseGitUrl, withoutLogin } from '../../util/gitUrl.ts';

/** Whose CI runs the fleet's checks. */
export type Forge = 'github' | 'gitlab' | 'forgejo' | 'none';

/** What the files of a new fleet say about where it is. */
export interface FleetPlace {
  /** What Argo CD clones. */
  readonly repository: string;
  /** False: nobody has said, and the address is one of examples. */
  readonly isKnown: boolean;
  readonly branch: string;
  /** The folder of the fleet in its git repository; '' for the top. */
  readonly path: string;
  readonly name: string;
  readonly ci: Forge;
  readonly owners: readonly string[];
}

export const placeholderUrl = 'https://git.example.com/platform/fleet.git';

/** The address of origin, or of another remote, as a spec may hold it: without a login; undefined for one of this machine. */
export function remoteUrl({ git }: Pick<FleetFolder, 'git'>): string | undefined {
  const urls = (git?.remotes ?? []).flatMap((remote) => remote.urls);
  const url = urls.find((u) => parseGitUrl(u) !== undefined);
  return url === undefined ? undefined : specUrl(url);
}

/** Argo CD and specs know the short form for the user git only. */
function specUrl(url: string): string {
  const plain = withoutLogin(url.trim());
  const parts = parseGitUrl(plain);
  if (parts?.scheme !== 'ssh' || /^(?:git@|ssh:)/.test(plain)) return plain;
  return `ssh://${parts.user === '' ? 'git' : parts.user}@${parts.host}/${parts.path}`;
}

/** The branch that clones get, else the one that is checked out. */
export const usualBranch = ({ git }: Pick<FleetFolder, 'git'>): string => git?.defaultBranch ?? git?.branch ?? 'main';

/** The forge of a repository by its host; `none` for one whose host does not say. */
export function forgeOf(url: string): Forge {
  const host = parseGitUrl(url)?.host ?? '';
  if (/(?:^|\.)github\./.test(host)) return 'github';
  if (/(?:^|\.)gitlab\./.test(host)) return 'gitlab';
  return /(?:^|\.)(?:codeberg|forgejo|gitea)\./.test(host) ? 'forgejo' : 'none';
}

/** Why a repository cannot be named in a spec, as a sentence. */
export function urlProblem(url: string): string | undefined {
  if (/\s/.test(url) || parseGitUrl(url) === undefined || !/^(?:https?:\/\/|ssh:\/\/|git@|git:\/\/)/.test(url))
    return 'It has to be an address that Argo CD can clone: https://…, ssh://… or git@host:path.';
  return withoutLogin(url) === url ? undefined : 'It holds a login, and git is no place for one.';
}

const folderForm = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$/;
const branchForm = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

export const branchProblem = (branch: string): string | undefined =>
  branchForm.test(branch) ? undefined : 'It has to be the name of a branch: letters, digits and . _ / -.';

/** Throws UsageError for what specs cannot say. */
export function requirePlace({ repository, branch, path }: Pick<FleetPlace, 'repository' | 'branch' | 'path'>): void {
  const url = urlProblem(repository);
  if (url !== undefined)
    throw new UsageError(`${withoutLogin(repository)} cannot be in a spec. ${url}`, 'Correct --repository.');
  const problem = branchProblem(branch);
  if (problem !== undefined)
    throw new UsageError(`"${branch}" cannot be in a spec. ${problem}`, 'Name another --branch.');
  if (!folderForm.test(path))
    throw new UsageError(
      `The folder "${path}" of the git repository cannot be named in a spec.`,
      'Rename it: letters, digits and . _ - for each part.',
    );
}
