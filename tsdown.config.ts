import { defineConfig } from 'tsdown';

// dist/ is flat: `new URL('./grammar-worker.js', import.meta.url)` finds the worker from any chunk.
export default defineConfig({
  entry: { main: 'src/cli/main.ts', 'grammar-worker': 'src/session/grammar-worker.ts' },
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  fixedExtension: false,
  dts: false,
  sourcemap: true,
  hash: true,
  outputOptions: { chunkFileNames: '[name]-[hash].js' },
});
