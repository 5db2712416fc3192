import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAILURE, isAnswer, isFailure, requestOf } from '../../../../src/protocols/ssh/lending/agent-messages.ts';
import { fingerprintOf } from '../../../../src/protocols/ssh/openssh-key.ts';

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function message(...parts: readonly Buffer[]): Buffer {
  return string(Buffer.concat(parts));
}

const byte = (value: number): Buffer => Buffer.from([value]);
const KEY = Buffer.concat([string('ssh-ed25519'), string(Buffer.alloc(32, 7))]);
const HOST = Buffer.concat([string('ssh-ed25519'), string(Buffer.alloc(32, 8))]);
const LIST = message(byte(11));
const signing = (data: Buffer, key: Buffer = KEY): Buffer => message(byte(13), string(key), string(data), uint32(0));
const BY = `with ${fingerprintOf(KEY)} (ssh-ed25519): `;

function login(method: string, ...more: readonly Buffer[]): Buffer {
  return Buffer.concat([
    string(Buffer.alloc(32)),
    byte(50),
    string('root'),
    string('ssh-connection'),
    string(method),
    byte(1),
    string('ssh-ed25519'),
    string(KEY),
    ...more,
  ]);
}

describe('what is asked of an agent', () => {
  it.each([
    ['a login', login('publickey'), 'a login as root'],
    [
      'a login at a server that is named',
      login('publickey-hostbound-v00@openssh.com', string(HOST)),
      `a login as root at the server with the key ${fingerprintOf(HOST)}`,
    ],
    [
      'a signature',
      Buffer.concat([Buffer.from('SSHSIG'), string('git'), string(''), string('sha512'), string('x')]),
      'a signature for "git"',
    ],
    ['anything else', Buffer.from('whatever'), '8 bytes that are no login'],
    ['a login with more behind it', login('publickey', byte(0)), /^\d+ bytes that are no login$/],
    ['a login that another method is for', login('hostbased'), /^\d+ bytes that are no login$/],
    ['a login that is cut', login('publickey').subarray(0, -1), /^\d+ bytes that are no login$/],
  ])('is %s by one of its keys', (_what, data, purpose) => {
    const request = requestOf(signing(data));
    expect(request).toMatchObject({ kind: 'sign' });
    const words = request.kind === 'sign' ? request.words : '';
    expect(words.startsWith(BY)).toBe(true);
    expect(words.slice(BY.length)).toMatch(purpose instanceof RegExp ? purpose : new RegExp(`^${escaped(purpose)}$`));
  });

  it('is said at a length that is the other side’s to choose, and not as long as it likes', () => {
    const request = requestOf(signing(Buffer.concat([Buffer.from('SSHSIG'), string('n'.repeat(100_000))])));
    expect(request.kind === 'sign' && request.words.length < 300).toBe(true);
    const odd = requestOf(signing(Buffer.from('x'), string('\u001b[2J')));
    expect(odd).toMatchObject({ kind: 'sign', words: expect.stringContaining('(of an unknown kind)') as string });
  });

  it.each([1, 3, 7, 8, 9, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 0, 12, 14, 28, 255])(
    'is refused when its type is %i, whatever is in it',
    (type) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
          expect(requestOf(message(byte(type), Buffer.from(body)))).toMatchObject({ kind: 'refused' });
        }),
      );
    },
  );

  it('is refused without a word on record when every client of OpenSSH asks it', () => {
    const binding = message(byte(27), string('session-bind@openssh.com'), string(HOST));
    expect(requestOf(binding)).toEqual({ kind: 'refused', words: null });
    const other = message(byte(27), string('query'));
    expect(requestOf(other)).toEqual({ kind: 'refused', words: 'an extension of its: query' });
  });

  it('is a list or a signature only when not a byte is missing or left over', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(LIST, signing(login('publickey'))),
        fc.nat(400),
        fc.uint8Array({ minLength: 1, maxLength: 9 }),
        (whole, cut, more) => {
          const shorter = whole.subarray(4, Math.max(5, whole.length - 1 - (cut % (whole.length - 5 || 1))));
          if (shorter.length < whole.length - 4) expect(requestOf(message(shorter)).kind).toBe('refused');
          expect(requestOf(message(whole.subarray(4), Buffer.from(more))).kind).toBe('refused');
        },
      ),
    );
  });
});

describe('what an agent answers', () => {
  it.each([
    ['a list to a list', message(byte(12), uint32(0)), 'list', true],
    ['a signature to a signature', message(byte(14), string('x')), 'sign', true],
    ['a no to either', FAILURE, 'list', true],
    ['a no to either', FAILURE, 'sign', true],
    ['a signature to a list', message(byte(14), string('x')), 'list', false],
    ['a list to a signature', message(byte(12), uint32(0)), 'sign', false],
    ['a no with more behind it', message(byte(5), byte(0)), 'sign', false],
    ['a question', LIST, 'list', false],
  ] as const)('may be %s', (_what, answer, kind, expected) => {
    expect(isAnswer(answer, kind)).toBe(expected);
  });

  it('is a no when it says so', () => {
    expect([isFailure(FAILURE), isFailure(message(byte(14)))]).toEqual([true, false]);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
