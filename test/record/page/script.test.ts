import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import { expect, it } from 'vitest';
import { SCRIPT } from '../../../src/record/page/script.generated.ts';

/** Whatever nobody would see in the page's source. */
const INVISIBLE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The page's script in one piece, as it is embedded in pages. */
async function bundled(): Promise<string> {
  const { bundles } = await build({
    config: false,
    entry: fileURLToPath(new URL('../../../src/record/page/browser/main.ts', import.meta.url)),
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false } },
    dts: false,
    write: false,
    logLevel: 'silent',
  });
  const chunk = bundles[0]?.chunks.find(({ type }) => type === 'chunk');
  // Within strings and expressions, which is where they are, these mean the same.
  return (chunk?.type === 'chunk' ? chunk.code : '').replace(INVISIBLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

it('is the one that pages hold (npm run page writes it anew)', async () => {
  const code = await bundled();
  const text = `/* Made from browser/ by \`npm run page\`. */\nexport const SCRIPT =\n  ${JSON.stringify(code)};\n`;
  await expect(text).toMatchFileSnapshot('../../../src/record/page/script.generated.ts');
});

it('ends nowhere but at its end, and makes no markup', () => {
  expect(SCRIPT).not.toMatch(/<\/script|<!--/i);
  expect(SCRIPT).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/);
  expect(SCRIPT).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(/);
});
