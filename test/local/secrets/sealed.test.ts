import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { protectionOf, seal, unseal } from '../../../src/local/secrets/sealed.ts';

const OWNER = { kind: 'login', name: 'default' };
const KEY = new Secret('correct horse battery staple');
const VALUE = 'canary-1 ünïcode';
/** The least that is accepted, so that every bit can be tried. */
const CHEAP = { log2n: 14, r: 1, p: 1 };

const encrypted = (value = VALUE, owner = OWNER): Promise<Buffer> => seal(owner, new Secret(value), KEY, CHEAP);
const plain = (): Promise<Buffer> => seal(OWNER, new Secret(VALUE), null);
const open = (file: Buffer, key: Secret | null = KEY, owner = OWNER): ReturnType<typeof unseal> =>
  unseal(owner, file, () => Promise.resolve(key));

function flipped(file: Buffer, byte: number, bit: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt8(copy.readUInt8(byte) ^ (1 << bit), byte);
  return copy;
}

describe('a sealed secret', () => {
  it('opens with its key, and shows nothing of itself without', async () => {
    const file = await seal(OWNER, new Secret(VALUE), KEY);
    expect(protectionOf(file)).toBe('encrypted');
    expect(file.includes('canary')).toBe(false);
    expect(await open(file)).toEqual({ ok: true, value: VALUE });
    expect(await open(file, new Secret('another'))).toEqual({ ok: false, fault: 'key-wrong' });
    expect(await open(file, null)).toEqual({ ok: false, fault: 'key-needed' });
  });

  it('costs 32 MiB and three rounds to try a key on', async () => {
    const file = await seal(OWNER, new Secret(VALUE), KEY);
    expect([...file.subarray(10, 13)]).toEqual([15, 8, 3]);
  });

  it('is another file every time', async () => {
    expect((await encrypted()).equals(await encrypted())).toBe(false);
  });

  it('may be of any length', async () => {
    for (const size of [0, 1, 6 * 1024, 64 * 1024]) {
      const value = 'x'.repeat(size);
      expect(await open(await encrypted(value))).toEqual({ ok: true, value });
    }
  });

  it('does not open when any bit of it is flipped', async () => {
    const file = await encrypted();
    for (let byte = 0; byte < file.length; byte += 1) {
      const outcomes = Array.from({ length: 8 }, (_, bit) => open(flipped(file, byte, bit)));
      for (const outcome of await Promise.all(outcomes)) expect(outcome.ok, `byte ${byte}`).toBe(false);
    }
  });

  it('does not open when it is cut anywhere, or longer', async () => {
    const file = await encrypted();
    for (let length = 0; length < file.length; length += 1) {
      expect((await open(file.subarray(0, length))).ok, `${length} bytes`).toBe(false);
    }
    expect((await open(Buffer.concat([file, Buffer.from([0])]))).ok).toBe(false);
  });

  it.each([
    ['another name', { kind: 'login', name: 'other' }],
    ['another kind', { kind: 'target', name: 'default' }],
    ['a name and kind that read the same together', { kind: 'logi', name: 'ndefault' }],
  ])('does not open as the secret of %s', async (_what, owner) => {
    expect(await open(await encrypted(), KEY, owner)).toEqual({ ok: false, fault: 'damaged' });
    expect(await open(await plain(), KEY, owner)).toEqual({ ok: false, fault: 'damaged' });
  });

  it.each([
    ['a gigabyte', [23, 1, 1]],
    ['wide blocks', [14, 255, 1]],
    ['many rounds', [14, 1, 255]],
    ['next to nothing', [1, 1, 1]],
    ['no rounds', [14, 1, 0]],
    ['no blocks', [14, 0, 1]],
    ['more than a number holds', [255, 255, 255]],
  ])('is not tried when it says that it costs %s', async (_what, cost) => {
    const file = await encrypted();
    Buffer.from(cost).copy(file, 10);
    let asked = false;
    const outcome = await unseal(OWNER, file, () => {
      asked = true;
      return Promise.resolve(KEY);
    });
    expect(outcome).toEqual({ ok: false, fault: 'damaged' });
    expect(asked).toBe(false);
  });
});

describe('a secret in the clear', () => {
  it('opens without a key being asked for', async () => {
    const file = await plain();
    expect(protectionOf(file)).toBe('plain');
    expect(await unseal(OWNER, file, () => Promise.reject(new Error('asked')))).toEqual({ ok: true, value: VALUE });
  });

  it('is damaged when any bit of it is flipped, or it is cut', async () => {
    const file = await plain();
    for (let byte = 0; byte < file.length; byte += 1) {
      for (let bit = 0; bit < 8; bit += 1) expect((await open(flipped(file, byte, bit))).ok).toBe(false);
      expect((await open(file.subarray(0, byte))).ok).toBe(false);
    }
  });
});

it('a file of a later version is told from a damaged one', async () => {
  const file = await plain();
  file.writeUInt8(2, 8);
  expect(await open(file)).toEqual({ ok: false, fault: 'version' });
  expect(await open(Buffer.from('s3cret\n'))).toEqual({ ok: false, fault: 'damaged' });
});
