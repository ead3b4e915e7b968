import { execFileSync } from 'node:child_process';

/** The command-line tests run the bundle, so it is built once before all tests. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}
