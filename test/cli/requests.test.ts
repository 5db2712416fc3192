import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { osUser } from '../../src/identity/os-user.ts';
import { openInbox, type OpenInbox } from '../../src/local/inbox/open.ts';
import type { Register } from '../../src/session/index.ts';
import type { Asked as AskedFor } from '../../src/core/approver.ts';
import { effect, policy } from '../policy/examples.ts';
import { ORIGIN } from '../session/asking.ts';
import { askedFor, OWN, type Petition, petition } from '../session/approvals/petition.ts';
import { lastLine, Place, type Running } from './command-line.ts';

let place: Place;
let inbox: OpenInbox;
let register: Register;
const open: Petition[] = [];

beforeAll(async () => {
  place = new Place(null);
  const { state } = place;
  const policies = [policy({ default: 'ask' })];
  const runtime = join(state, 'run');
  inbox = await openInbox({ state, runtime, own: osUser(), provider: null, clock: systemClock, policies });
  ({ register } = inbox);
});

afterEach(async () => {
  for (const one of open.splice(0)) one.gone.abort('cancelled');
  register.forget(ORIGIN.session);
  while (register.list().length > 0) await new Promise((resolve) => setImmediate(resolve));
});

afterAll(async () => {
  await inbox[Symbol.asyncDispose]();
  place.remove();
});

function held(text = 'delete from app.users where id = 1', with_: Partial<AskedFor> = {}): Petition {
  const approver = register.approver(ORIGIN, async () => true);
  const one = petition(approver, askedFor(text, { identity: osUser(), ...with_ }));
  open.push(one);
  return one;
}

const document = (stdout: string): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;

describe('approve', () => {
  it('approves the request that begins so, and says what happens now', async () => {
    const one = held();
    expect(await place.run('approve', one.request.id.slice(0, 5).toUpperCase())).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: `Approved ${one.request.id}: it runs now.\n`,
    });
    expect((await one.settled).outcome).toBe('approved');
  });

  it('gives programs a document', async () => {
    const one = held();
    const { code, stdout } = await place.run('approve', one.request.id, '--json', '--reason', 'looked at it');
    expect([code, document(stdout)]).toEqual([
      0,
      { version: 1, request: one.request.id, accepted: true, outcome: 'approved', missing: null },
    ]);
    expect(one.witness.answers).toMatchObject([{ reason: 'looked at it', uses: 1, until: null, breakGlass: false }]);
  });

  it('gives what is granted its bounds', async () => {
    const one = held();
    expect((await place.run('approve', one.request.id, '--uses', '5', '--for', '30m')).code).toBe(0);
    const [grant] = register.grants();
    expect(grant).toMatchObject({ uses: 5, used: 1 });
    const lasts = Date.parse(grant?.until ?? '') - Date.now();
    expect(lasts > 29 * 60_000 && lasts <= 30 * 60_000).toBe(true);
  });

  it.each([
    ['no id', [], /which request/],
    ['an empty id', [''], /the id is empty/],
    ['a blank id', [' '], /the id is empty/],
    ['no number of uses', ['ID', '--uses', 'many'], /uses/],
    ['uses below one', ['ID', '--uses', '0'], /uses/],
    ['uses below zero', ['ID', '--uses=-1'], /uses/],
    ['half a use', ['ID', '--uses', '1.5'], /uses/],
    ['a thousand million uses', ['ID', '--uses', '1000000000'], /uses/],
    ['no time', ['ID', '--for', 'ever'], /for/],
  ])('with %s is a mistake of whoever types, and approves nothing', async (_what, args, said) => {
    const one = held();
    const { code, stderr } = await place.run('approve', ...args.map((arg) => arg.replace('ID', one.request.id)));
    expect([code, stderr]).toEqual([2, expect.stringMatching(said)]);
    expect(lastLine(stderr)).toMatch(/^Try: /);
    expect(one.outcome()).toBeNull();
  });

  it('ends with 6 when nothing waits under the id, or several begin so', async () => {
    held();
    for (const id of ['zzzzzzzz', 'k\u001b[31m', '*', '.', '__proto__']) {
      const { code, stderr } = await place.run('approve', id);
      expect([id, code, stderr.includes('\u001b')]).toEqual([id, 6, false]);
    }
    const first = held().request.id;
    let second = held().request.id;
    while (second[0] !== first[0]) second = held().request.id;
    expect(await place.run('approve', first[0] ?? '')).toMatchObject({ code: 6 });
    expect(open.map(({ outcome }) => outcome())).toEqual(open.map(() => null));
  });

  it('ends with 5 when whoever answers may not, and the request goes on waiting', async () => {
    const others = held('drop table users', {
      terms: [{ ...OWN, approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 } }],
    });
    const long = held();
    for (const [args, said] of [
      [[others.request.id], 'you asked for it yourself: it takes a member of dba'],
      [[others.request.id, '--break-glass', '--reason', 'fire'], 'does not let you override it'],
      [[long.request.id, '--for', '48h'], 'it may hold for a day at most'],
      [[long.request.id, '--reason', 'red \u001b[31m'], 'a reason is plain text'],
    ] as const) {
      const { code, stderr } = await place.run('approve', ...args);
      expect([args, code, stderr]).toEqual([args, 5, expect.stringContaining(said)]);
    }
    expect([others.outcome(), long.outcome()]).toEqual([null, null]);
  });

  it('takes no login for what is answered without one', async () => {
    const one = held();
    const { code, stderr } = await place.run('approve', one.request.id, '--profile', 'ada');
    expect([code, stderr]).toEqual([2, expect.stringContaining('no login counts there\nTry: leave --profile out')]);
    expect(one.outcome()).toBeNull();
  });

  it('of an effect that nobody has shown does not count', async () => {
    const one = held();
    expect(await place.run('approve', one.request.id, '--effect')).toMatchObject({ code: 5 });
    expect(one.outcome()).toBeNull();
  });

  it('of an effect says why there is none, and nothing of it is obeyed by a terminal', async () => {
    const one = held();
    const withheld = 'app.f\u001b]0;owned\u0007 may do anything';
    register.preview(one.request.id, { estimate: null, dryRun: null, withheld });
    const { code, stderr } = await place.run('approve', one.request.id, '--effect');
    expect([code, stderr.split('\n')[0]]).toEqual([
      5,
      'error: the effect cannot be approved: app.f<U+001B>]0;owned<U+0007> may do anything',
    ]);
  });
});

describe('deny', () => {
  it('denies with a reason, and not without one', async () => {
    const one = held();
    expect((await place.run('deny', one.request.id)).code).toBe(2);
    expect((await place.run('deny', one.request.id, '--reason', '  ')).code).toBe(5);
    expect((await place.run('deny', '', '--reason', 'no')).code).toBe(2);
    expect(one.outcome()).toBeNull();
    const { code, stdout } = await place.run('deny', one.request.id, '--reason', 'use the migration', '--json');
    expect([code, document(stdout)]).toMatchObject([0, { version: 1, accepted: true, outcome: 'denied' }]);
    expect(await one.settled).toEqual({ outcome: 'denied', reason: 'use the migration' });
    expect(await place.run('deny', one.request.id, '--reason', 'again')).toMatchObject({ code: 6 });
  });
});

describe('inside a session', () => {
  it.each([
    ['approve', 'ID'],
    ['deny', 'ID', '--reason', 'no'],
    ['requests', 'revoke', 'ID'],
  ])('%s refuses: whoever asks does not answer (R8)', async (...args) => {
    const one = held();
    for (const session of ['2026', '']) {
      const inside = new Place(null, { HOOPCTL_STATE_DIR: place.state, HOOPCTL_SESSION: session });
      try {
        const { code, stderr } = await inside.run(...args.map((arg) => arg.replace('ID', one.request.id)));
        expect([code, stderr]).toEqual([5, expect.stringContaining('inside a guarded session')]);
      } finally {
        inside.remove();
      }
    }
    expect(one.outcome()).toBeNull();
  });
});

describe('requests', () => {
  it('are none where none waits', async () => {
    expect(await place.run('requests', 'list')).toMatchObject({ code: 0, stdout: '', stderr: /^No statement waits/ });
    expect(document((await place.run('requests', 'list', '--json')).stdout)).toEqual({ version: 1, requests: [] });
    expect(document((await place.run('requests', 'grants', '--json')).stdout)).toEqual({ version: 1, grants: [] });
    expect(await place.run('requests', 'show', 'bcdfghjk')).toMatchObject({ code: 6 });
    expect(await place.run('requests', 'revoke', 'bcdfghjk')).toMatchObject({ code: 6 });
    expect(await place.run('requests', 'revoke', '')).toMatchObject({ code: 2 });
  });

  it('are listed and shown as they are', async () => {
    const one = held('delete from app.users where id = $1', { phase: 'bind', parameters: ['7', null] });
    const listed = document((await place.run('requests', 'list', '--json')).stdout);
    expect(listed).toEqual({ version: 1, requests: [one.request] });
    expect(document((await place.run('requests', 'show', one.request.id, '--json')).stdout)).toEqual({
      version: 1,
      request: one.request,
    });
    const { stdout } = await place.run('requests', 'show', one.request.id);
    for (const part of [
      'delete from app.users where id = $1',
      '$1 = "7"',
      '$2 = null',
      'delete table app.users',
      one.request.digest,
      'reason   ticket 4711',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout.indexOf('It would:')).toBeLessThan(stdout.indexOf('Statement ('));
  });

  it('say the gravest that they would do first, whatever the statement begins with', async () => {
    const some = (['insert', 'update', 'drop'] as const).map((action) => effect({ action, name: 'users' }));
    const one = held('insert …; update …; drop …', { effects: some });
    const listed = (await place.run('requests', 'list')).stdout;
    expect(listed).toContain('drop table app.users, and 2 more');
    const { stdout } = await place.run('requests', 'show', one.request.id);
    expect(stdout).toMatch(/^It would:\n {2}drop table app\.users\n {2}insert table app\.users\n/m);
  });

  const HOSTILE = [
    'delete from app.users',
    '\u001b[2J\u001b]0;owned\u0007',
    '\u009b31m',
    '\u202edrop\u202c',
    '\u200b\u00ad\ufeff',
    '\r',
    '\b\b\b',
    '\u2028',
    '\u{e0041}',
    ' '.repeat(100_000),
    '-- the end',
  ].join('');
  const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\ufeff\u{e0000}-\u{e0fff}]/u;

  it('of hostile texts reach no terminal raw, and nothing of them is cut off (R41)', async () => {
    const name = 'users\u001b[31m\u202e';
    const one = held(HOSTILE, {
      effects: [effect({ action: 'delete', name })],
      parameters: ['\u001b[31m', '\u202e'],
      masked: [`app.${name}.email`],
      terms: [{ ...OWN, message: 'mind\u001b[31m' }],
    });
    const outputs = await Promise.all(
      [
        ['requests', 'list'],
        ['requests', 'list', '--json'],
        ['requests', 'show', one.request.id],
        ['requests', 'show', one.request.id, '--json'],
      ].map((args) => place.run(...args)),
    );
    for (const { code, stdout, stderr } of outputs) {
      expect(code).toBe(0);
      expect(UNSAFE.exec(stdout + stderr)).toBeNull();
    }
    expect(outputs[2]?.stdout).toContain('-- the end');
    expect((document(outputs[3]?.stdout ?? '')['request'] as { text: string }).text).toBe(HOSTILE);
    await place.run('approve', one.request.id, '--uses', '2', '--for', '1m');
    for (const args of [
      ['requests', 'grants'],
      ['requests', 'grants', '--json'],
    ]) {
      const { code, stdout, stderr } = await place.run(...args);
      expect([code, UNSAFE.exec(stdout + stderr)]).toEqual([0, null]);
    }
    const revoked = await place.run('requests', 'revoke', one.request.id.slice(0, 6), '--json');
    expect([revoked.code, UNSAFE.exec(revoked.stdout)]).toEqual([0, null]);
    expect(document(revoked.stdout)).toMatchObject({ version: 1, grant: { id: one.request.id, revoked: true } });
  });

  /** `line` waits for the line with this number. */
  function watching(...args: readonly string[]): Running & { readonly line: (index: number) => Promise<string> } {
    const running = place.start('requests', 'watch', ...args);
    let said = '';
    running.child.stdout?.on('data', (part: Buffer) => (said += part.toString()));
    const line = async (index: number): Promise<string> => {
      for (;;) {
        const lines = said.split('\n');
        if (lines.length > index + 1) return lines[index] ?? '';
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    return { ...running, line };
  }

  it('are watched as they come and go, until Ctrl-C', async () => {
    const { child, outcome, line } = watching('--json');
    let count = 0;
    const next = async (): Promise<Record<string, unknown>> => document(await line(count++));
    const one = held(HOSTILE);
    expect(await next()).toMatchObject({ version: 1, event: 'request', request: { id: one.request.id } });
    await place.run('deny', one.request.id, '--reason', 'no');
    expect(await next()).toMatchObject({ version: 1, event: 'answer', answer: { verdict: 'deny', reason: 'no' } });
    expect(await next()).toMatchObject({ version: 1, event: 'settled', outcome: 'denied' });
    child.kill('SIGINT');
    const { code, stdout } = await outcome;
    expect([code, UNSAFE.exec(stdout)]).toEqual([130, null]);
  });

  it('are watched as lines for people, too', async () => {
    const { child, outcome, line } = watching();
    const one = held('delete from app.users', { effects: [effect({ action: 'delete', name: 'users\u001b[31m' })] });
    expect(await line(0)).toMatch(new RegExp(`^${one.request.id}  waits (?:1:00|0:\\d\\d) on pg for `));
    one.gone.abort('disconnected');
    expect(await line(1)).toBe(`${one.request.id}  settled: its client went away: it was not sent`);
    child.kill('SIGTERM');
    const { code, stdout } = await outcome;
    expect([code, UNSAFE.exec(stdout)]).toEqual([143, null]);
  });
});
