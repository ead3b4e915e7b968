import { withoutEnd } from '../../util/text.ts';

/** As Argo CD's NormalizeGitURL: two texts for one repository. */
export function sameRepository(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

export function normal(url: string): string {
  const plain = withoutEnd(url.trim().toLowerCase(), '/').replace(/\.git$/, '');
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/)(.+)$/.exec(plain);
  if (scp !== null && !plain.includes('://')) return `ssh://${scp[1] ?? ''}/${scp[2] ?? ''}`;
  return plain.replace(/^(ssh:\/\/)[^@/]+@/, '$1');
}
