import { defineConfig } from 'tsdown';

const NOTHING = '\0nothing';

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
  // A first frame waits for one file, and not for the few hundred that Ink and React are made of. Node finds no names in
  // what @xterm/headless exports.
  deps: { alwaysBundle: ['ink', /^react($|\/)/, '@xterm/headless'], onlyBundle: false },
  // React in development mode is slower, and warns on the screen; its tools for developers are never loaded.
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [
    {
      name: 'without-devtools',
      resolveId: (id) => (/^react-devtools-core$|^\.\/devtools\.js$/.test(id) ? NOTHING : null),
      load: (id) => (id === NOTHING ? 'export {};' : null),
    },
  ],
  outputOptions: { chunkFileNames: '[name]-[hash].js' },
});
