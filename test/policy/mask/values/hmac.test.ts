import { createHash, createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Hmac } from '../../../../src/policy/mask/values/hmac.ts';
import { compress, INITIAL } from '../../../../src/policy/mask/values/sha256.ts';

const KEY = randomBytes(32);
const PURPOSE = 'a test';

function hex(words: Int32Array): string {
  return [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function reference(message: Buffer): string {
  const own = createHmac('sha256', KEY).update(PURPOSE).digest();
  return createHmac('sha256', own).update(message).digest('hex');
}

describe('the keyed function behind hashes and tokens', () => {
  it('is HMAC-SHA-256 for messages of every length up to four blocks', () => {
    const hmac = new Hmac(KEY, PURPOSE);
    for (let length = 0; length <= 260; length += 1) {
      const message = randomBytes(length);
      hmac.bytes(message, 0, length);
      hmac.end();
      expect(hex(hmac.words)).toBe(reference(message));
    }
  });

  it('does not depend on the pieces a message is fed in', () => {
    const hmac = new Hmac(KEY, PURPOSE);
    const message = randomBytes(200);
    for (let cut = 0; cut <= 200; cut += 1) {
      hmac.bytes(message, 0, cut);
      hmac.bytes(message, cut, 200);
      hmac.end();
      expect(hex(hmac.words)).toBe(reference(message));
    }
  });

  it('takes words with the highest byte first', () => {
    const hmac = new Hmac(KEY, PURPOSE);
    hmac.word(0xfedcba98);
    hmac.byte(7);
    hmac.end();
    expect(hex(hmac.words)).toBe(reference(Buffer.from('fedcba9807', 'hex')));
  });

  it('gives another outcome for another purpose', () => {
    const [one, other] = [new Hmac(KEY, 'one'), new Hmac(KEY, 'other')];
    one.end();
    other.end();
    expect(hex(one.words)).not.toBe(hex(other.words));
  });

  it('compresses as SHA-256 does', () => {
    const block = Buffer.alloc(64);
    block[0] = 0x80;
    const state = Int32Array.from(INITIAL);
    compress(state, block, 0);
    expect(hex(state)).toBe(createHash('sha256').digest('hex'));
  });
});
