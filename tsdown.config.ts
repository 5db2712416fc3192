import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'tsdown';

const NOTHING = '\0nothing';

/** The directories of packages that these modules are from. */
function packagesOf(modules: readonly string[]): readonly string[] {
  const found = modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? '');
  return [...new Set(found.filter((directory) => directory !== ''))].sort();
}

/** What a package's licence asks to be said of it: its name, and the licence's own words. */
function noticeOf(directory: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const file = readdirSync(directory).find((entry) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(entry));
  const words = file === undefined ? `Licensed under ${license}.` : readFileSync(join(directory, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${words}\n`;
}

// dist/ is flat: `new URL('./grammar-worker.js', import.meta.url)` finds the worker from any chunk.
export default defineConfig({
  entry: {
    main: 'src/cli/main.ts',
    'grammar-worker': 'src/session/grammar-worker.ts',
    'sandbox-init': 'src/local/sandbox/init.ts',
    'keychain-process': 'src/local/secrets/keychain-process.ts',
  },
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  fixedExtension: false,
  dts: false,
  sourcemap: true,
  hash: true,
  // A first frame waits for one file, and not for the few hundred that Ink and React are made of; nor does a door for the
  // 75 of yaml. Node finds no names in what @xterm/headless exports.
  deps: { alwaysBundle: ['ink', /^react($|\/)/, '@xterm/headless', 'yaml'], onlyBundle: false },
  // React in development mode is slower, and warns on the screen; its tools for developers are never loaded.
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [
    {
      name: 'without-devtools',
      resolveId: (id) => (/^react-devtools-core$|^\.\/devtools\.js$/.test(id) ? NOTHING : null),
      load: (id) => (id === NOTHING ? 'export {};' : null),
    },
    {
      name: 'third-party-notices',
      generateBundle(_, bundle) {
        const modules = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []));
        const source = packagesOf(modules)
          .map(noticeOf)
          .join(`\n${'-'.repeat(80)}\n\n`);
        this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source });
      },
    },
  ],
  outputOptions: {
    chunkFileNames: '[name]-[hash].js',
    // Every command needs some of core/, and a file more takes longer to open than all of it to read.
    codeSplitting: { groups: [{ name: 'core', test: /[\\/]src[\\/]core[\\/]/ }] },
  },
});
