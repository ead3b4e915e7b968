import { defineConfig } from 'vitest/config';

const factor = Number(process.env['SLIPWAY_E2E_PATIENCE'] ?? 1);

/** The end-to-end tests: a real API server and a real Argo CD (docs/e2e.md). Not part of `npm test`. */
export default defineConfig({
  test: {
    env: { NO_COLOR: '1', SLIPWAY_NO_COLOR: '1' },
    root: import.meta.dirname,
    setupFiles: ['../helpers/seed.ts'],
    include: ['*.test.ts'],
    globalSetup: ['../helpers/build.ts'],
    reporters: ['verbose'],
    testTimeout: factor * (process.env['SLIPWAY_E2E_CHARTS'] === undefined ? 900_000 : 2_400_000),
    hookTimeout: factor * 300_000,
    fileParallelism: false,
  },
});
