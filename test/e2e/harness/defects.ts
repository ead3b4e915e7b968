import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const annotation = '    argocd.argoproj.io/manifest-generate-paths: "."\n';
const wave = 'argocd.argoproj.io/sync-wave';

/**
 * The root manages itself, in wave 0, and the health of Applications says Progressing until the operation of the root has
 * ended, which waits for it. Argo CD waits for every wave but the last, so the root has to be in the last one. A root that
 * has a wave of its own is left alone.
 */
export function putRootLast(tree: string): void {
  const file = join(tree, 'root.yaml');
  const text = readFileSync(file, 'utf8');
  const [before, root = ''] = text.split('\nkind: Application\n');
  if (root.includes(wave) || !root.includes('root.yaml')) return;
  const changed = root.replace(annotation, `${annotation}    ${wave}: "1000"\n`);
  writeFileSync(file, [before, changed].join('\nkind: Application\n'));
}
