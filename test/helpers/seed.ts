import fc from 'fast-check';

/**
 * Property tests take the same inputs in every run, so that a change fails for what it changed. `SLIPWAY_TEST_SEED=<number>`
 * tries others; it also brings back the one that fast-check names in a failure.
 */
fc.configureGlobal({ seed: Number(process.env['SLIPWAY_TEST_SEED'] ?? 1) });
