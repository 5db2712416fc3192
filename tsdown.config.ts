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
  // One file instead of a few hundred is what a screen's first frame is fast by.
  deps: { alwaysBundle: ['ink', /^react($|\/)/], neverBundle: ['react-devtools-core'], onlyBundle: false },
  // React in development mode is slower, and warns on the screen.
  define: { 'process.env.NODE_ENV': '"production"' },
  outputOptions: { chunkFileNames: '[name]-[hash].js' },
});
