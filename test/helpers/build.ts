import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** True with `vitest -u`: expectations are written anew. */
    readonly update: boolean;
  }
}

/** The command-line tests run the bundle, so it is built once before all tests. */
export function setup(project: TestProject): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  project.provide('update', project.config.snapshotOptions.updateSnapshot === 'all');
}
