import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Most tests start processes and servers, on machines that do other things as well. They wait more than they compute: every
// core has a file of its own.
export default defineConfig({
  test: {
    globalSetup: 'test/global-setup.ts',
    setupFiles: 'test/seed.ts',
    maxWorkers: availableParallelism(),
    // What happens in its own time is waited for as long as on a machine that does much else.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
  },
});
