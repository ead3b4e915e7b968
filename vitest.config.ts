import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    env: { NO_COLOR: '1', SLIPWAY_NO_COLOR: '1' },
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    globalSetup: ['test/helpers/build.ts'],
    setupFiles: ['test/helpers/seed.ts'],
    reporters: ['default', './test/helpers/reporter.ts'],
    testTimeout: 60_000,
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
