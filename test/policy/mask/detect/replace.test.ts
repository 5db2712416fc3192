import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETECTOR_NAMES } from '../../../../src/policy/mask/detect/names.ts';
import {
  type Method,
  maskFinding,
  type Replaced,
  replaceFindings,
} from '../../../../src/policy/mask/detect/replace.ts';
import { compileScanner } from '../../../../src/policy/mask/detect/scanner.ts';
import { AROUND, found, POSITIVES } from './examples.ts';

const keyed = (method: 'hash' | 'token', text: string): string => `${method}-${text.length}`;
const scanner = compileScanner(DETECTOR_NAMES);

/** A text with everything masked that is found in it. */
function masked(text: string, method: Method): string {
  const bytes = Buffer.from(text, 'utf8');
  const findings: Replaced[] = [];
  scanner.scan(bytes, 0, bytes.length, (start, end) => findings.push({ start, end, method }));
  return replaceFindings(bytes, 0, bytes.length, findings, keyed).toString('utf8');
}

describe('a finding', () => {
  it.each<[string, Method, string]>([
    ['4111111111111111', 'redact', '[redacted]'],
    ['4111111111111111', 'null', '[redacted]'],
    ['4111111111111111', 'hash', 'hash-16'],
    ['4111111111111111', 'token', 'token-16'],
    ['4111111111111111', { partial: 4 }, '************1111'],
    ['123-45-6789', { partial: 64 }, '******-6789'],
    ['ada@example.com', { partial: 'domain' }, '[redacted]@example.com'],
    ['4111111111111111', { partial: 'domain' }, '[redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nada@example.com', { partial: 'domain' }, '[redacted]'],
    ['ada@example.com-aB3dE5gH7jK9mN1pQ3sT5v', { partial: 'domain' }, '[redacted]'],
    ['abcdefgh@b.co', { partial: 64 }, '*********b.co'],
    ['jörg@müller.de', { partial: 6 }, '********ler.de'],
  ])('%s under %j is shown as %s', (value, method, expected) => {
    expect(maskFinding(value, method, keyed)).toBe(expected);
  });
});

describe('a text', () => {
  it('keeps what is around its findings', () => {
    expect(masked('é ada@example.com, 日本 123-45-6789!', 'redact')).toBe('é [redacted], 日本 [redacted]!');
  });

  it('is masked within its bounds alone', () => {
    const bytes = Buffer.from('abcdef', 'utf8');
    expect(replaceFindings(bytes, 1, 5, [{ start: 2, end: 3, method: 'redact' }], keyed).toString()).toBe(
      'b[redacted]de',
    );
    expect(replaceFindings(bytes, 1, 5, [], keyed).toString()).toBe('bcde');
  });

  it('stays JSON where a bare number is masked', () => {
    const text = JSON.stringify({
      card: 4111111111111111,
      cards: [4111111111111111, '4111111111111111'],
      mail: 'x\nada@example.com',
    });
    expect(JSON.parse(masked(text, 'redact'))).toEqual({
      card: '[redacted]',
      cards: ['[redacted]', '[redacted]'],
      mail: 'x\n[redacted]',
    });
  });

  const pieces = [...Object.values(POSITIVES).flat(), ...AROUND.flat(), 'a', '1', '-'];

  it.each<[Method]>([['redact'], ['null'], [{ partial: 'domain' }], [{ partial: 4 }], [{ partial: 64 }]])(
    'has no finding left of values that are parted when it was masked with %j',
    (method) => {
      fc.assert(
        fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), (parts) => {
          expect(found(scanner, masked(parts.join(' ; '), method))).toEqual([]);
        }),
        { numRuns: 1000 },
      );
    },
  );
});
