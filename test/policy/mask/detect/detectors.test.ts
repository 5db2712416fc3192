import { describe, expect, it } from 'vitest';
import { DETECTOR_NAMES } from '../../../../src/policy/mask/detect/names.ts';
import { AROUND, found, NEAR_MISSES, POSITIVES, scannerOf } from './examples.ts';
import { pem, SECRET_40, secret } from './secrets.ts';

/** Where a key is cut off it reaches to the end of the text, whatever follows. */
const reachesEnd = (value: string): boolean => value.includes('BEGIN') && !value.includes('END ');

describe.each(DETECTOR_NAMES)('%s', (name) => {
  const scanner = scannerOf(name);

  it('has fifteen examples and fifteen near misses at least', () => {
    expect(new Set(POSITIVES[name]).size).toBeGreaterThanOrEqual(15);
    expect(new Set(NEAR_MISSES[name]).size).toBeGreaterThanOrEqual(15);
  });

  it.each(POSITIVES[name])('finds %j, whole and nothing else, wherever it stands', (value) => {
    for (const [before, after] of AROUND) {
      const text = before + value + after;
      expect(found(scanner, text), text).toEqual([reachesEnd(value) ? value + after : value]);
    }
  });

  it.each(NEAR_MISSES[name])('does not take %j for one', (value) => {
    for (const [before, after] of AROUND) expect(found(scanner, before + value + after), value).toEqual([]);
  });

  it('finds all of several that stand in one text', () => {
    const values = POSITIVES[name].filter((value) => !reachesEnd(value));
    expect(found(scanner, values.join(' ; '))).toEqual(values);
  });
});

describe('what is near decides', () => {
  const id = secret('AK', 'IAIOSFODNN7EXAMPLE');

  it.each([
    [`${id} ${SECRET_40}`, [id, SECRET_40]],
    [`${SECRET_40},${id}`, [SECRET_40, id]],
    [`{"id":"${id}","s":"${SECRET_40}"}`, [id, SECRET_40]],
    [`aws_secret_access_key = ${SECRET_40}`, [SECRET_40]],
    [`AWS_SECRET_ACCESS_KEY="${SECRET_40}"`, [SECRET_40]],
    [`"SecretAccessKey": "${SECRET_40}"`, [SECRET_40]],
    [`secretAccessKey=${SECRET_40}`, [SECRET_40]],
    [`${id} ${'x '.repeat(200)}${SECRET_40}`, [id]],
    [`${id} ${SECRET_40}x`, [id]],
  ])('for secrets of AWS: %s', (text, expected) => {
    expect(found(scannerOf('aws-key'), text)).toEqual(expected);
  });

  it('for the private key of a service account', () => {
    const key = pem('PRIVATE KEY').replaceAll('\n', '\\n');
    expect(found(scannerOf('gcp-key'), `{"type":"service_account","private_key": "${key}","x":1}`)).toEqual([key]);
  });

  it('for the end of a private key that is followed by a certificate', () => {
    const cut = '-----BEGIN PRIVATE KEY-----\nMIIE\n';
    expect(found(scannerOf('private-key'), `${cut}${pem('CERTIFICATE')}`)).toEqual([`${cut}${pem('CERTIFICATE')}`]);
  });

  it.each(['api_key=', 'token: ', '"Secret":"', 'Authorization: Bearer ', 'PASSWORD='])(
    'for a digest after %j',
    (before) => {
      const digest = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
      expect(found(scannerOf('high-entropy'), before + digest)).toEqual([digest]);
    },
  );
});

describe('an escape before a value', () => {
  it.each([
    ['"\\nada@example.com"', 'ada@example.com'],
    ['"\\u00e4ada@example.com"', 'ada@example.com'],
    ['x\\tada@example.com', 'ada@example.com'],
  ])('stays whole in %s', (text, expected) => {
    expect(found(scannerOf('email'), text)).toEqual([expected]);
  });

  it.each(['a\\n', 'a\\u0041', 'key%3D', 'x\\r\\n'])('hides nothing: %j', (before) => {
    const value = POSITIVES['github-token'][0] ?? '';
    expect(found(scannerOf('github-token'), before + value)).toEqual([value]);
  });
});

it('addresses next to words of other scripts are found without them', () => {
  expect(found(scannerOf('email'), '邮箱ada@example.com请回复')).toEqual(['ada@example.com']);
});
