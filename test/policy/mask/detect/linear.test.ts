import { expect, it } from 'vitest';
import { DETECTOR_NAMES } from '../../../../src/policy/mask/detect/names.ts';
import { compileScanner } from '../../../../src/policy/mask/detect/scanner.ts';

const scanner = compileScanner(DETECTOR_NAMES);

/** How many bytes are looked at, those of searches and copies included. */
function stepsFor(text: string): number {
  let steps = 0;
  const counted = new Proxy(Buffer.from(text, 'latin1'), {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/u.test(key)) {
        steps++;
        return target[Number(key)];
      }
      if (key === 'subarray') {
        return (from: number, to: number) => {
          const part = target.subarray(from, to);
          const search = part.indexOf.bind(part);
          return Object.assign(part, {
            indexOf(word: string, start = 0) {
              const at = search(word, start);
              steps += (at < 0 ? part.length : at) - start;
              return at;
            },
          });
        };
      }
      if (key === 'toString') {
        return (encoding: BufferEncoding, from: number, to: number) => {
          steps += Math.max(0, to - from);
          return target.toString(encoding, from, to);
        };
      }
      return Reflect.get(target, key, target) as unknown;
    },
  });
  scanner.scan(counted, 0, text.length, () => undefined);
  return steps;
}

const KEY = '-----BEGIN PRIVATE KEY-----';

it.each([
  ['digits', '4'],
  ['digits of cards without end', '4111 1111 1111 1111 '],
  ['groups of four', '1234-'],
  ['at signs', '@'],
  ['addresses one in another', 'a@'],
  ['domains without an end', 'a@b.'],
  ['labels of letters', 'a.'],
  ['headers of tokens', 'eyJ.'],
  ['headers without a dot', 'eyJ'],
  ['headers that decode', 'eyJhbGciOiJIUzI1NiJ9.'],
  ['keys that begin and never end', KEY],
  ['keys that end with something else', `${KEY}-----END CERTIFICATE-----`],
  ['short keys', `${KEY}-----END PRIVATE KEY-----`],
  ['ids of access keys', 'AKIAIOSFODNN7EXAMPLE '],
  ['words before secrets', 'secret_access_key '],
  ['letters at random', 'aB3dE5gH7jK9mN1pQ3sT5v'],
  ['tokens in a row', 'aB3dE5gH7jK9mN1pQ3sT5v '],
  ['zeroes and blanks', '0 '],
  ['plus signs', '+1'],
  ['numbers of accounts', 'DE89 '],
  ['prefixes of tokens', 'ghp_sk-xoxb-'],
  ['escapes', '\\n'],
  ['brackets', '(0'],
])('looks at twice as many bytes of twice as many %s', (_what, piece) => {
  const size = 30_000;
  const once = stepsFor(piece.repeat(Math.ceil(size / piece.length)));
  const twice = stepsFor(piece.repeat(Math.ceil((2 * size) / piece.length)));
  expect(twice).toBeLessThan(once * 2.1 + 1000);
  expect(once).toBeLessThan(size * 120);
});
