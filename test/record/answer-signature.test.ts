import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer, SignedAnswer } from '../../src/core/request.ts';
import { isAsSigned, isSignedWith, signAnswer } from '../../src/record/answer-signature.ts';
import { parseVerificationKey, type SigningKey } from '../../src/record/key.ts';
import { person } from '../policy/examples.ts';

function newKey(): SigningKey & { readonly pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { privateKey, publicKey, pem, id: parseVerificationKey(pem).id };
}

const key = newKey();
const ANSWER: Answer = {
  request: 'bcdfghjk',
  digest: 'd'.repeat(64),
  verdict: 'approve',
  reason: 'looked at it',
  by: { ...person, actsFor: { ...person, subject: 'u-7' } },
  at: '2026-01-01T00:00:00.000Z',
  uses: 3,
  until: '2026-01-01T01:00:00.000Z',
  effect: 'e',
  breakGlass: false,
};
const signed = signAnswer(ANSWER, key);

/** Every answer that differs from `value` in one leaf; lists also by one more and one fewer. */
function* bent(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield [...(value as unknown[]), 'more'];
    if (value.length > 0) yield value.slice(1);
    for (const [index, item] of value.entries()) {
      for (const other of bent(item)) yield value.toSpliced(index, 1, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) for (const other of bent(part)) yield { ...value, [name]: other };
  } else if (typeof value === 'string') yield* [`${value} `, value.slice(1), value.toUpperCase() + value, null];
  else if (typeof value === 'number') yield* [value + 1, -value, String(value), null];
  else if (typeof value === 'boolean') yield* [!value, Number(value)];
  else yield* ['null', '', {}];
}

describe('a signed answer', () => {
  it('is as it was signed', () => {
    expect(isAsSigned(signed)).toBe(true);
    expect(isAsSigned(JSON.parse(JSON.stringify(signed)) as SignedAnswer)).toBe(true);
    expect(isSignedWith(signed, [newKey(), key])).toBe(true);
  });

  it('is so whatever is in its texts', () => {
    for (const reason of ['größe', '\ud83d\ude42', '\ud800', '","deny', '\u2028', '__proto__']) {
      expect(isAsSigned(signAnswer({ ...ANSWER, reason }, key))).toBe(true);
    }
  });

  it('is not when any field is another', () => {
    let tried = 0;
    for (const other of bent(signed)) {
      tried += 1;
      expect({ other, valid: isAsSigned(other as SignedAnswer) }).toEqual({ other, valid: false });
    }
    expect(tried).toBeGreaterThan(60);
  });

  it('is not when what stands in one field stands in another', () => {
    expect(isAsSigned({ ...signed, digest: signed.request, request: signed.digest })).toBe(false);
    expect(isAsSigned({ ...signed, reason: signed.effect, effect: signed.reason })).toBe(false);
    expect(isAsSigned({ ...signed, at: signed.until ?? '', until: signed.at })).toBe(false);
  });

  it('is not when one bit of its key or signature is flipped', () => {
    for (const field of ['key', 'signature'] as const) {
      const bytes = Buffer.from(signed[field], 'base64');
      for (let bit = 0; bit < bytes.length * 8; bit += 7) {
        const other = Buffer.from(bytes);
        other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect([bit, isAsSigned({ ...signed, [field]: other.toString('base64') })]).toEqual([bit, false]);
      }
    }
  });

  it('is written in one way: the same bytes in another base64 are another answer', () => {
    for (const field of ['key', 'signature'] as const) {
      const text = signed[field];
      const padded = `${text.slice(0, 5)} ${text.slice(5)}`;
      for (const other of [
        padded,
        text.replaceAll('=', ''),
        `${text}\n`,
        text.replaceAll('+', '-').replace('/', '_'),
      ]) {
        if (other !== text) expect([other, isAsSigned({ ...signed, [field]: other })]).toEqual([other, false]);
      }
    }
  });

  it('is not without a key or a signature, or with what is none', () => {
    for (const other of ['', 'AAAA', 'no base64 at all', ANSWER.digest]) {
      expect(isAsSigned({ ...signed, signature: other })).toBe(false);
      expect(isAsSigned({ ...signed, key: other })).toBe(false);
    }
  });

  it('is not when its key is of another kind', () => {
    for (const pair of [
      generateKeyPairSync('ed448'),
      generateKeyPairSync('x25519'),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ]) {
      const der = createPublicKey(pair.privateKey).export({ type: 'spki', format: 'der' });
      expect(isAsSigned({ ...signed, key: der.toString('base64') })).toBe(false);
    }
  });

  it('counts only with a key that is known', () => {
    const stranger = newKey();
    const forged = signAnswer(ANSWER, stranger);
    expect(isAsSigned(forged)).toBe(true);
    expect(isSignedWith(forged, [key])).toBe(false);
    expect(isSignedWith({ ...forged, key: signed.key }, [key])).toBe(false);
    expect(isSignedWith({ ...forged, signature: signed.signature }, [key])).toBe(false);
    expect(isSignedWith(signed, [])).toBe(false);
  });
});
