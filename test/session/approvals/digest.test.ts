import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../src/core/approver.ts';
import { type Bound, digestOf, likeness, shapeOf } from '../../../src/session/approvals/digest.ts';
import { effect } from '../../policy/examples.ts';
import { ORIGIN, reviewer } from '../asking.ts';
import { askedFor, TWO } from './petition.ts';

const asked = askedFor('delete from users where id = $1', { phase: 'bind', parameters: ['1'], parameterTypes: [23] });
const { bytes, parameterTypes, ground, ...shown } = asked;
const bound: Bound = {
  ...ORIGIN,
  ...shown,
  id: 'bcdfghjk',
  issuer: 'os',
  statement: 7,
  asked: '2026-01-01T00:00:00.000Z',
  expires: '2026-01-01T00:01:00.000Z',
};
const sent = { bytes, parameterTypes, ground };

describe('a digest', () => {
  it('is the same for the same content, in whatever order it is written', () => {
    const turned = Object.fromEntries(Object.entries(bound).reverse()) as unknown as Bound;
    expect(digestOf(turned, sent)).toBe(digestOf(bound, sent));
    expect(digestOf(bound, sent)).toMatch(/^[0-9a-f]{64}$/);
  });

  const changes: [field: string, bound: Partial<Bound>, sent: Partial<Pick<Asked, keyof typeof sent>>][] = [
    ['id', { id: 'bcdfghjm' }, {}],
    ['session', { session: 'another' }, {}],
    ['variables', { variables: ['CC=gcc'] }, {}],
    ['target', { target: { ...ORIGIN.target, address: 'elsewhere:5432' } }, {}],
    ['user of the target', { target: { ...ORIGIN.target, user: 'admin' } }, {}],
    ['issuer of those who answer', { issuer: 'https://idp.example' }, {}],
    ['reason', { reason: 'ticket 4712' }, {}],
    ['policies', { policyHash: 'another' }, {}],
    ['connection', { connection: 2 }, {}],
    ['statement', { statement: 8 }, {}],
    ['subject', { identity: reviewer }, {}],
    ['phase', { phase: 'execute' }, {}],
    ['text', { text: 'delete from users where id = $2' }, {}],
    ['parameter', { parameters: ['2'] }, {}],
    ['parameter that is NULL', { parameters: [null] }, {}],
    ['parameter as bytes', { parameters: [{ base64: 'MQ==' }] }, {}],
    ['effects', { effects: [effect()] }, {}],
    ['masked columns', { masked: ['app.users.email'] }, {}],
    ['terms', { terms: [TWO] }, {}],
    ['asked', { asked: '2026-01-01T00:00:00.001Z' }, {}],
    ['expiry', { expires: '2026-01-01T00:01:00.001Z' }, {}],
    ['transaction', { inTransaction: true }, {}],
    ['type of a parameter', {}, { parameterTypes: [25] }],
    ['byte', {}, { bytes: Buffer.from('delete from users where id = $1\0') }],
    ['code behind it', {}, { ground: 'another' }],
  ];
  it.each(changes)('is another one for another %s', (_field, inBound, inSent) => {
    expect(digestOf({ ...bound, ...inBound }, { ...sent, ...inSent })).not.toBe(digestOf(bound, sent));
  });

  it('does not change when what stands at the end of one part stands at the beginning of the next', () => {
    const one = digestOf({ ...bound, text: 'ab' }, { ...sent, bytes: Buffer.from('c') });
    expect(digestOf({ ...bound, text: 'a' }, { ...sent, bytes: Buffer.from('bc') })).not.toBe(one);
  });
});

describe('the shape of a statement', () => {
  it('leaves numbers and plain texts out', () => {
    expect(shapeOf(askedFor("select * from t where a = 1 and b = 'x''y'"))).toBe(
      'select * from t where a = ? and b = ?',
    );
  });

  it.each([
    "select $$1$$ where a = '1'",
    "select 'a' -- 1",
    "select 'a' /* 1 */",
    "select E'\\1'",
    "select U&'\\0061'",
    "select 'größe'",
    "select 'a\u0000b'",
    'select "a" from t',
  ])('is the whole of %j, in which it is not plain what a value is', (text) => {
    expect(shapeOf(askedFor(text))).toBe(text);
  });
});

describe('statements are alike', () => {
  const like = (text: string): string => likeness(askedFor(text));

  it('when they differ in values alone', () => {
    expect(like('delete from users where id = 1')).toBe(like('delete from users where id = 2'));
  });

  it('but not when other variables are set for them', () => {
    const asked = askedFor('make');
    const [one, other] = [
      { ...asked, variables: ['CC=gcc'] },
      { ...asked, variables: ['CC=/tmp/gcc'] },
    ];
    expect(new Set([asked, one, other].map(likeness)).size).toBe(3);
  });

  it.each([
    ['delete from users where id = 1', "delete from users where id = '1'"],
    ['delete from users where id = 1', 'delete from users where id = -1'],
    ['delete from users where id = 1', 'delete from users where id = 1.5'],
    ['delete from users where id = 1', 'delete from users where id = 1234567890'],
    ['delete from users where id = 1', 'delete from users where id = ?'],
    ['delete from users where id = 1', 'delete from users where id = 1 or 2'],
    ["delete from users where a = 'x'", "delete from users where a = 'x' or b = 'y'"],
    ["delete from users where a = 'x'", "delete from users where a = E'x'"],
    ['delete from users where id = 1', 'delete from users where іd = 1'],
    ['delete from users where id = 1', 'delete from "Users" where id = 1'],
  ])('but not %j and %j', (one, other) => {
    expect(like(one)).not.toBe(like(other));
  });
});
