import { defineConfig } from 'vitest/config';

// Most tests start processes and servers, on machines that do other things as well.
export default defineConfig({
  test: { testTimeout: 30_000, hookTimeout: 60_000 },
});
