import type { Reporter, TestModule } from 'vitest/node';

/** Prints the closing line that CI reads: `Tests: N passed, N failed`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const states = modules.flatMap((m) => [...m.children.allTests()].map((t) => t.result().state));
    const brokenModules = modules.filter(
      (m) => m.state() === 'failed' && [...m.children.allTests()].every((t) => t.result().state !== 'failed'),
    ).length;
    const count = (state: string): number => states.filter((s) => s === state).length;
    const skipped = count('skipped');
    process.stdout.write(
      `\nTests: ${count('passed')} passed, ${count('failed') + brokenModules} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
    );
  }
}
