import fc from 'fast-check';

/**
 * HOOPCTL_TEST_SEED: a number that properties draw other examples from. Without it they are the same in every run: what
 * fails is then about what was changed.
 */
fc.configureGlobal({ seed: Number(process.env['HOOPCTL_TEST_SEED'] ?? 1) });
