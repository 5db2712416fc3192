import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasNativeCiphers } from '../../../src/protocols/ssh/library.ts';

const LIBRARY = fileURLToPath(new URL('../../../src/protocols/ssh/library.ts', import.meta.url));

/** Makes ciphers as ssh2 does, forgets them, has the memory collected, and says how many are still there. */
const SCRIPT = `
  const { createRequire } = await import('node:module');
  await import(process.argv[1]);
  const require = createRequire(process.argv[1]);
  const { AESGCMCipher, AESGCMDecipher } = require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node');
  const references = [];
  const make = (Cipher) => {
    const cipher = new Cipher('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(12));
    references.push(new WeakRef(cipher));
    cipher.free();
  };
  for (let made = 0; made < 50; made += 1) {
    make(AESGCMCipher);
    make(AESGCMDecipher);
  }
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  console.log(references.filter((reference) => reference.deref() !== undefined).length);
`;

describe('ssh2’s native ciphers', () => {
  it('are there', () => expect(hasNativeCiphers).toBe(true));

  it('are kept for as long as the process runs', () => {
    const args = ['--expose-gc', '--input-type=module', '--eval', SCRIPT, LIBRARY];
    const { status, signal, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: '100\n' });
  });
});
