import { beforeEach, describe, expect, it } from 'vitest';
import type { Approver, Asked } from '../../../src/core/approver.ts';
import type { Register } from '../../../src/session/approvals/register.ts';
import { effect, opaqueCall, person } from '../../policy/examples.ts';
import { answerTo, openRegister, ORIGIN } from '../asking.ts';
import { HandClock } from '../bench.ts';
import { askedFor, KeptWitness, opened, OWN, petition, setClock, TWO } from './petition.ts';

const TEXT = "delete from users where id = 1 and name = 'Ada'";
const UNTIL = '2026-01-01T00:30:00.000Z';

let clock: HandClock;
let register: Register;
let approver: Approver;

beforeEach(() => {
  clock = new HandClock();
  setClock(clock);
  ({ register, approver } = opened(clock));
});

async function grant(asked: Asked, uses = 5): Promise<string> {
  const { request, settled } = petition(approver, asked);
  await register.answer(answerTo(request, { uses, until: UNTIL }), null);
  await settled;
  return request.id;
}

function isGranted(asked: Asked, by = approver): boolean {
  return by.granted(asked, new KeptWitness()) !== null;
}

describe('a grant', () => {
  it('holds as often as it says: the first use is that of who asked', async () => {
    const id = await grant(askedFor(TEXT));
    const uses = Array.from({ length: 6 }, () => approver.granted(askedFor(TEXT), new KeptWitness())?.use ?? null);
    expect(uses).toEqual([2, 3, 4, 5, null, null]);
    expect(register.grants()).toEqual([]);
    expect(id).toHaveLength(8);
  });

  it('for one use leaves nothing', async () => {
    await grant(askedFor(TEXT), 1);
    expect(isGranted(askedFor(TEXT))).toBe(false);
  });

  it('holds for other values of the same kinds', async () => {
    await grant(askedFor(TEXT));
    expect(isGranted(askedFor("delete from users where id = 77 and name = 'Grace'"))).toBe(true);
    expect(isGranted(askedFor(TEXT, { bytes: Buffer.from('another frame') }))).toBe(true);
  });

  const others: [what: string, asked: Asked][] = [
    ['another text', askedFor("delete from users where id >= 1 and name = 'Ada'")],
    ['another kind of value', askedFor("delete from users where id = '1' and name = 'Ada'")],
    ['another column', askedFor("delete from users where id = 1 and nick = 'Ada'")],
    ['a comment', askedFor(`${TEXT} -- more`)],
    ['another blank', askedFor(`${TEXT} `)],
    ['other effects', askedFor(TEXT, { effects: [effect({ action: 'delete', name: 'users', where: 'absent' })] })],
    ['one effect more', askedFor(TEXT, { effects: [...askedFor('').effects, effect({ action: 'insert' })] })],
    ['other types of parameters', askedFor(TEXT, { parameterTypes: [25] })],
    ['other code behind it', askedFor(TEXT, { ground: 'other code' })],
    ['other masked columns', askedFor(TEXT, { masked: ['app.users.email'] })],
    ['other terms', askedFor(TEXT, { terms: [TWO] })],
    ['the extended protocol', askedFor(TEXT, { phase: 'bind' })],
  ];
  it.each(others)('does not hold for %s', async (_what, asked) => {
    await grant(askedFor(TEXT));
    expect(isGranted(asked)).toBe(false);
    expect(isGranted(askedFor(TEXT))).toBe(true);
  });

  it('does not hold for another session', async () => {
    await grant(askedFor(TEXT));
    expect(
      isGranted(
        askedFor(TEXT),
        register.approver({ ...ORIGIN, session: 'another' }, async () => true),
      ),
    ).toBe(false);
  });

  it('lapses at the minute', async () => {
    await grant(askedFor(TEXT));
    setClock(clock, '2026-01-01T00:29:59.999Z');
    expect(isGranted(askedFor(TEXT))).toBe(true);
    setClock(clock, UNTIL);
    expect([isGranted(askedFor(TEXT)), register.grants()]).toEqual([false, []]);
  });

  it('lapses though the wall clock is set back', async () => {
    const skew = { ahead: 0 };
    const skewed = { now: () => clock.now() + skew.ahead, monotonic: () => clock.monotonic() };
    register = openRegister(skewed);
    approver = register.approver(ORIGIN, async () => true);
    await grant(askedFor(TEXT));
    skew.ahead = -7_200_000;
    setClock(clock, UNTIL);
    expect(isGranted(askedFor(TEXT))).toBe(false);
  });

  it('without a time of its own lapses with the request', async () => {
    const { request, settled } = petition(approver, askedFor(TEXT));
    await register.answer(answerTo(request, { uses: 5 }), null);
    await settled;
    expect(register.grants()).toMatchObject([{ until: request.expires }]);
    setClock(clock, request.expires);
    expect(isGranted(askedFor(TEXT))).toBe(false);
  });

  it('ends with its session', async () => {
    await grant(askedFor(TEXT));
    register.forget(ORIGIN.session);
    expect([isGranted(askedFor(TEXT)), register.grants()]).toEqual([false, []]);
  });

  it('that is revoked holds no more, and everybody who ran under it is told, one of them to record it', async () => {
    const first = petition(approver, askedFor(TEXT));
    await register.answer(answerTo(first.request, { uses: 5, until: UNTIL }), null);
    const second = new KeptWitness();
    approver.granted(askedFor(TEXT), second);
    const revocation = { request: first.request.id, by: person, reason: 'enough' };
    expect(register.revoke(first.request.id, person, 'enough')).toMatchObject({ revoked: true, used: 2 });
    expect([first.witness.revocations, second.revocations]).toEqual([[[revocation, true]], [[revocation, false]]]);
    expect(isGranted(askedFor(TEXT))).toBe(false);
    expect(register.revoke(first.request.id, person, null)).toBeNull();
  });

  it('can be revoked when it is used up: what ran under it may still run', async () => {
    const id = await grant(askedFor(TEXT), 1);
    expect(register.revoke(id, person, null)).toMatchObject({ id, revoked: true });
    expect(register.revoke('bcdfghjk', person, null)).toBeNull();
  });
});

describe('where a value is what is done, a grant holds for that value alone', () => {
  const setting = effect({ action: 'set', object: 'setting', schema: null, name: 'search_path' });
  const cases: [what: string, one: Asked, another: Asked][] = [
    ['code in a literal', askedFor("do 'begin execute 1; end'"), askedFor("do 'begin execute 2; end'")],
    ['SQL in a literal', askedFor("select query_to_xml('table a')"), askedFor("select query_to_xml('table b')")],
  ].map(([what, one, another]) => {
    const opaque = { effects: [opaqueCall()] };
    return [what, { ...(one as Asked), ...opaque }, { ...(another as Asked), ...opaque }] as [string, Asked, Asked];
  });
  const more: [what: string, one: Asked, another: Asked][] = [
    [
      'a setting',
      askedFor("select set_config('search_path', 'app', false)", { effects: [setting] }),
      askedFor("select set_config('search_path', 'evil', false)", { effects: [setting] }),
    ],
    [
      'a password',
      askedFor("alter role app password 'a'", { effects: [effect({ action: 'role' })] }),
      askedFor("alter role app password 'b'", { effects: [effect({ action: 'role' })] }),
    ],
    [
      'a file',
      askedFor("copy users to '/tmp/a'", { effects: [effect({ action: 'copy-file' })] }),
      askedFor("copy users to '/tmp/b'", { effects: [effect({ action: 'copy-file' })] }),
    ],
    [
      'another process',
      askedFor('select pg_terminate_backend(1)', { effects: [effect({ action: 'server-admin' })] }),
      askedFor('select pg_terminate_backend(2)', { effects: [effect({ action: 'server-admin' })] }),
    ],
    [
      'a large object',
      askedFor('select lo_unlink(1)', { effects: [effect({ action: 'delete', object: 'large-object', name: null })] }),
      askedFor('select lo_unlink(2)', { effects: [effect({ action: 'delete', object: 'large-object', name: null })] }),
    ],
    [
      'a sequence that is not known',
      askedFor('select nextval($1)', { parameters: ['a'], effects: [effect({ object: 'sequence', name: null })] }),
      askedFor('select nextval($1)', { parameters: ['b'], effects: [effect({ object: 'sequence', name: null })] }),
    ],
    [
      'a function of the server’s',
      askedFor('select pg_sleep(1)', {
        effects: [effect({ action: 'call', object: 'function', schema: 'pg_catalog', name: 'pg_sleep' })],
      }),
      askedFor('select pg_sleep(999)', {
        effects: [effect({ action: 'call', object: 'function', schema: 'pg_catalog', name: 'pg_sleep' })],
      }),
    ],
    [
      'a parameter',
      askedFor('select query_to_xml($1)', { phase: 'bind', parameters: ['table a'], effects: [opaqueCall()] }),
      askedFor('select query_to_xml($1)', { phase: 'bind', parameters: ['table b'], effects: [opaqueCall()] }),
    ],
  ];
  it.each([...cases, ...more])('%s', async (_what, one, another) => {
    await grant(one);
    expect([isGranted(another), isGranted(one)]).toEqual([false, true]);
  });

  it('while what a function is given that was followed may differ', async () => {
    const effects = [effect({ action: 'call', object: 'function', name: 'forget' }), effect({ action: 'delete' })];
    await grant(askedFor('select app.forget(1)', { effects }));
    expect(isGranted(askedFor('select app.forget(2)', { effects }))).toBe(true);
  });

  it('while parameters of plain rows may differ', async () => {
    const bound = (value: string): Asked =>
      askedFor('delete from users where id = $1', { phase: 'bind', parameters: [value], terms: [OWN] });
    await grant(bound('1'));
    expect(isGranted(bound('2'))).toBe(true);
  });
});
