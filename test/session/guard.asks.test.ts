import { beforeEach, describe, expect, it } from 'vitest';
import type { Approver } from '../../src/core/approver.ts';
import type { Catalog } from '../../src/core/catalog.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { Clearance, Guard } from '../../src/core/guard.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import type { Answer, ApprovalRequest } from '../../src/core/request.ts';
import type { Statement } from '../../src/core/statement.ts';
import type { AskRule } from '../../src/policy/rules.ts';
import { openGuard } from '../../src/session/guard.ts';
import { openBench } from '../../src/session/judge.ts';
import { Masks } from '../../src/session/masks.ts';
import type { Register } from '../../src/session/approvals/register.ts';
import { askRule, person, policy } from '../policy/examples.ts';
import { catalog as catalogOf, relation, routine } from '../policy/sql/database.ts';
import { answerTo, openRegister, ORIGIN, ScriptedHold } from './asking.ts';
import { asked, CountingGrammar, HandClock, ScriptedRecorder, ScriptedSource, TABLES } from './bench.ts';

const WRITES: AskRule = askRule({ action: ['insert', 'update', 'delete'] });
const OPAQUE: AskRule = askRule({ action: ['call', 'do', 'dynamic', 'unknown'] });
const DELETE = 'delete from app.users where id = 1';
const FULL = new HoopError('record.append', 'the disk is full');

let clock: HandClock;
let recorder: ScriptedRecorder;
let source: ScriptedSource;
let register: Register;
let hold: ScriptedHold;
let lost: unknown[];
let inForce: boolean;

beforeEach(() => {
  clock = new HandClock();
  clock.micros = Date.parse('2026-01-01T00:00:00.000Z') * 1000;
  recorder = new ScriptedRecorder();
  source = new ScriptedSource();
  register = openRegister(clock);
  hold = new ScriptedHold();
  lost = [];
  inForce = true;
});

function guardOf(approver: Approver = register.approver(ORIGIN, async () => inForce)): Guard {
  return openGuard({
    connection: 3,
    bench: openBench({
      identity: person,
      policies: [policy({ ask: [WRITES, OPAQUE] })],
      grammar: new CountingGrammar(),
      clock,
    }),
    catalog: source,
    masks: new Masks(Buffer.alloc(32)),
    recorder,
    approver,
    held: () => void recorder.events.push({ type: 'open', connection: 3, application: null, peer: 'shown to people' }),
    observe: () => undefined,
    lost: (error) => void lost.push(error),
  });
}

/** Puts a statement before the guard, waits until it is held, and answers. */
async function answered(guard: Guard, statement: Statement, with_: Partial<Answer> = {}): Promise<Clearance> {
  const held = hold.next();
  const clearance = guard.clear(statement, hold);
  await register.answer(answerTo(await held, with_));
  return clearance;
}

function kinds(): string[] {
  return recorder.events.map(({ type }: SessionEvent) => type);
}

function changeTo(catalog: Catalog): void {
  source.catalog = catalog;
  source.changes += 1;
}

/** Deleting users deletes orders, too. */
function audited(): Catalog {
  const audit = routine('audit', 'plpgsql', 'begin delete from app.orders; return new; end', { symbol: 'trigger' });
  const users = relation('users', ['id'], { triggers: [{ events: ['delete'], function: audit.oid }] });
  return { ...TABLES, version: 'audited', relations: [users, relation('orders')], functions: [audit] };
}

const approvalOf = (clearance: Clearance): string | null =>
  clearance.outcome === 'cleared' ? clearance.approval : null;

describe('a statement that is asked for', () => {
  it('goes on record with its request before anybody sees it, and with its answer before it is cleared', async () => {
    const statement = asked(DELETE);
    const clearance = await answered(guardOf(), statement);
    expect(clearance).toMatchObject({ outcome: 'cleared', number: 1, approval: hold.requests[0]?.id });
    if (clearance.outcome === 'cleared') expect(clearance.bytes).toBe(statement.bytes);
    expect(kinds()).toEqual(['statement', 'request', 'open', 'answer', 'settled']);
    expect(recorder.events).toMatchObject([
      { decision: { verdict: 'ask' } },
      { statement: 1, digest: hold.requests[0]?.digest },
      {},
      { answer: { verdict: 'approve', digest: hold.requests[0]?.digest } },
      { statement: 1, outcome: 'approved' },
    ]);
  });

  it('is shown to nobody before the request is durable, and sent only when the answer is', async () => {
    const gate = Promise.withResolvers<void>();
    recorder.gate = gate.promise;
    const guard = guardOf();
    const held = hold.next();
    const clearing = guard.clear(asked(DELETE), hold);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([hold.requests, register.list()]).toEqual([[], []]);
    gate.resolve();
    const request = await held;
    const written = Promise.withResolvers<void>();
    recorder.gate = written.promise;
    await register.answer(answerTo(request));
    const clearance = await clearing;
    if (clearance.outcome !== 'cleared') throw new Error('it was refused');
    let released = false;
    const releasing = Promise.resolve(guard.release([clearance.bytes])).then(() => (released = true));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(released).toBe(false);
    written.resolve();
    await releasing;
  });

  it('is refused, and the session over, when the answer does not get onto the disk (R43)', async () => {
    const guard = guardOf();
    const clearance = await answered(guard, asked(DELETE));
    if (clearance.outcome !== 'cleared') throw new Error('it was refused');
    recorder.gate = Promise.reject(FULL);
    await expect(guard.release([clearance.bytes])).rejects.toBe(FULL);
    expect(lost).toEqual([FULL]);
  });

  it('is refused when the record is lost while it is held, whatever people say', async () => {
    const guard = guardOf();
    const held = hold.next();
    const clearing = guard.clear(asked(DELETE), hold);
    const request = await held;
    recorder.broken = FULL;
    await register.answer(answerTo(request));
    expect(await clearing).toMatchObject({ outcome: 'refused', refusal: { cause: 'unrecorded' } });
    expect(lost[0]).toBe(FULL);
  });

  it('is refused when the record is lost before anybody is asked', async () => {
    recorder.gate = Promise.reject(FULL);
    expect(await guardOf().clear(asked(DELETE), hold)).toMatchObject({ refusal: { cause: 'unrecorded' } });
    expect([hold.requests, register.list()]).toEqual([[], []]);
  });

  it.each(['granted', 'draft', 'ask', 'inForce'] as const)('is refused when %s fails', async (what) => {
    const approver = register.approver(ORIGIN, async () => true);
    const failing = (): never => {
      throw new Error('bug');
    };
    const clearance = await guardOf({ ...approver, [what]: failing }).clear(asked(DELETE), hold);
    expect(clearance).toMatchObject({ outcome: 'refused', refusal: { message: 'the request for approval failed' } });
  });

  it.each([
    [{ verdict: 'deny', reason: 'no' } as const, 'denied', 'rejected'],
    [{ verdict: 'deny', reason: 'use\u00a0the migration' } as const, 'denied', 'rejected'],
  ])('is refused with the approver’s words when it is denied', async (with_, outcome, cause) => {
    const clearance = await answered(guardOf(), asked(DELETE), with_);
    expect(clearance).toMatchObject({ outcome: 'refused', number: 1, refusal: { cause } });
    if (clearance.outcome === 'refused') expect(clearance.refusal.message).toContain(with_.reason);
    expect(recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome });
  });

  it.each([
    ['cancelled', 'cancelled', 'cancelled'],
    ['disconnected', 'disconnected', 'cancelled'],
    ['expired', 'ended', 'expired'],
  ] as const)('is refused when its connection says %s', async (reason, outcome, cause) => {
    const held = hold.next();
    const clearing = guardOf().clear(asked(DELETE), hold);
    await held;
    hold.leave(reason);
    expect(await clearing).toMatchObject({ outcome: 'refused', refusal: { cause } });
    expect(recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome });
  });

  it('is held again when it is sent again', async () => {
    const guard = guardOf();
    await answered(guard, asked(DELETE));
    await answered(guard, asked(DELETE), { verdict: 'deny', reason: 'once is enough' });
    expect(hold.requests).toHaveLength(2);
    expect(hold.requests[0]?.id).not.toBe(hold.requests[1]?.id);
  });
});

describe('a connection that is busy', () => {
  it('asks when all that came before is answered, judged as it is then', async () => {
    const ready = Promise.withResolvers<boolean>();
    hold.readiness = ready.promise;
    const clearing = guardOf().clear(asked(DELETE), hold);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(hold.requests).toEqual([]);
    changeTo(audited());
    const held = hold.next();
    ready.resolve(true);
    expect((await held).effects).toContainEqual(expect.objectContaining({ action: 'delete', name: 'orders' }));
    hold.leave('cancelled');
    await clearing;
  });

  it('asks nobody about what the server ignores', async () => {
    hold.readiness = Promise.resolve(false);
    expect(await guardOf().clear(asked(DELETE), hold)).toMatchObject({ outcome: 'refused', number: null });
    expect([hold.requests, kinds()]).toEqual([[], []]);
  });
});

describe('what was approved must still be what would happen', () => {
  async function whileHeld(text: string, act: () => void): Promise<Clearance> {
    const held = hold.next();
    const clearing = guardOf().clear(asked(text), hold);
    const request = await held;
    act();
    await register.answer(answerTo(request));
    return clearing;
  }

  const changed = { outcome: 'refused', refusal: { cause: 'expired', message: expect.stringContaining('changed') } };

  it('so a trigger that has come up meanwhile makes it another statement', async () => {
    const clearance = await whileHeld(DELETE, () => changeTo(audited()));
    expect(clearance).toMatchObject(changed);
    expect(recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome: 'changed' });
  });

  const purging = (where: string): Catalog => {
    const purge = routine('purge', 'sql', `delete from app.users where ${where}`);
    return catalogOf({ version: where, relations: [relation('users')], functions: [{ ...purge, oid: 99_999 }] });
  };

  it('so a function that was replaced by one with the same effects makes it another statement', async () => {
    source.catalog = purging('id = 1');
    const clearance = await whileHeld('select app.purge()', () => changeTo(purging('id <> 1')));
    expect(clearance).toMatchObject(changed);
  });

  it('so a role that was changed makes it another statement', async () => {
    const clearance = await whileHeld(DELETE, () => changeTo({ ...TABLES, version: 'two', user: 'postgres' }));
    expect(clearance).toMatchObject(changed);
  });

  it('but other tables may come and go', async () => {
    const more = [...TABLES.relations, relation('elsewhere')];
    const clearance = await whileHeld(DELETE, () => changeTo({ ...TABLES, version: 'two', relations: more }));
    expect(clearance.outcome).toBe('cleared');
  });

  it('so policies that have changed meanwhile let nothing through, and nobody is asked under them any more', async () => {
    const clearance = await whileHeld(DELETE, () => (inForce = false));
    expect(clearance).toMatchObject(changed);
    expect(await guardOf().clear(asked(DELETE), hold)).toMatchObject({
      outcome: 'refused',
      refusal: { message: 'the policies have changed since this session was opened' },
    });
    expect(hold.requests).toHaveLength(1);
  });

  it('and the client must still want it when it has been judged again', async () => {
    const held = hold.next();
    const clearing = guardOf().clear(asked(DELETE), hold);
    const request = await held;
    source.onRead = () => hold.leave('disconnected');
    source.changes += 1;
    await register.answer(answerTo(request));
    expect(await clearing).toMatchObject({ outcome: 'refused', refusal: { cause: 'cancelled' } });
    expect(recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome: 'disconnected' });
  });
});

describe('in the extended protocol', () => {
  const prepare = (text = DELETE): Statement => asked(text, { phase: 'prepare' });
  const bind = (approval: string | null, ...values: readonly string[]): Statement =>
    asked(values.length === 0 ? DELETE : 'delete from app.users where id = $1', {
      phase: 'bind',
      prepared: 1,
      approval,
      parameters: values.map((value) => ({ format: 'text', value: Buffer.from(value) })),
    });
  const execute = (approval: string | null): Statement => asked(DELETE, { phase: 'execute', prepared: 1, approval });
  const OPAQUE_CODE = "do $$ begin execute 'x'; end $$";

  it('preparing asks nobody', async () => {
    expect(await guardOf().clear(prepare(), hold)).toMatchObject({ outcome: 'cleared', approval: null });
    expect(hold.requests).toEqual([]);
  });

  it('preparing asks where code is in play that nobody follows, and binding runs under the same leave, once', async () => {
    const guard = guardOf();
    const id = approvalOf(await answered(guard, prepare(OPAQUE_CODE)));
    expect(id).toBe(hold.requests[0]?.id);
    const bound = asked(OPAQUE_CODE, { phase: 'bind', approval: id, parameters: [] });
    expect(approvalOf(await guard.clear(bound, hold))).toBe(id);
    const again = hold.next();
    const clearing = guard.clear(bound, hold);
    expect((await again).id).not.toBe(id);
    hold.leave('cancelled');
    await clearing;
  });

  it('leave that was given without values does not hold for any', async () => {
    const guard = guardOf();
    const text = "select app.run($1), 'x'";
    source.catalog = catalogOf({ version: 'c', functions: [routine('run', 'c', '')] });
    const id = approvalOf(await answered(guard, prepare(text)));
    const held = hold.next();
    const clearing = guard.clear(
      asked(text, { phase: 'bind', approval: id, parameters: [{ format: 'text', value: Buffer.from('1') }] }),
      hold,
    );
    expect((await held).parameters).toEqual(['1']);
    hold.leave('cancelled');
    await clearing;
  });

  it('binding asks, and shows the values', async () => {
    const held = hold.next();
    const clearing = guardOf().clear(bind(null, '7'), hold);
    const request: ApprovalRequest = await held;
    expect([request.phase, request.parameters]).toEqual(['bind', ['7']]);
    hold.leave('cancelled');
    await clearing;
  });

  it('executing runs under the leave that was given when it was bound, and a second binding asks again', async () => {
    const guard = guardOf();
    const id = approvalOf(await answered(guard, bind(null)));
    expect(approvalOf(await guard.clear(execute(id), hold))).toBe(id);
    expect(recorder.events.at(-1)).toMatchObject({ type: 'granted', request: id, use: 1 });
    const held = hold.next();
    const clearing = guard.clear(bind(id), hold);
    expect((await held).id).not.toBe(id);
    hold.leave('cancelled');
    await clearing;
  });

  it.each([null, 'bcdfghjk', '__proto__', ''])('executing without leave is refused: %j', async (approval) => {
    expect(await guardOf().clear(execute(approval), hold)).toMatchObject({
      outcome: 'refused',
      refusal: { cause: 'expired' },
    });
    expect(hold.requests).toEqual([]);
  });

  it('leave of another connection is none', async () => {
    const id = approvalOf(await answered(guardOf(), bind(null)));
    expect(await guardOf().clear(execute(id), hold)).toMatchObject({ outcome: 'refused' });
  });

  it('leave does not hold for another statement', async () => {
    const guard = guardOf();
    const id = approvalOf(await answered(guard, bind(null)));
    const other = asked('delete from app.orders where id = 1', { phase: 'execute', approval: id });
    expect(await guard.clear(other, hold)).toMatchObject({ outcome: 'refused', refusal: { cause: 'expired' } });
  });

  it('leave does not wait for a better opportunity, but what has begun may be fetched to its end', async () => {
    const guard = guardOf();
    const [late, timely] = [
      approvalOf(await answered(guard, bind(null))),
      approvalOf(await answered(guard, bind(null))),
    ];
    expect(approvalOf(await guard.clear(execute(timely), hold))).toBe(timely);
    clock.micros += 600_000_000;
    expect(await guard.clear(execute(late), hold)).toMatchObject({ outcome: 'refused', refusal: { cause: 'expired' } });
    expect(approvalOf(await guard.clear(execute(timely), hold))).toBe(timely);
  });
});

describe('a grant for several uses', () => {
  const several = { uses: 3, until: '2026-01-01T01:00:00.000Z' };

  it('is used without asking, each use on record', async () => {
    const guard = guardOf();
    const id = approvalOf(await answered(guard, asked(DELETE), several));
    expect(approvalOf(await guard.clear(asked('delete from app.users where id = 2'), hold))).toBe(id);
    expect(recorder.events.at(-1)).toMatchObject({ type: 'granted', request: id, use: 2 });
    expect(hold.requests).toHaveLength(1);
  });

  it('is not used where the condition has come to hold always', async () => {
    const guard = guardOf();
    await answered(guard, asked('delete from app.users where 1 = 2'), several);
    const held = hold.next();
    const clearing = guard.clear(asked('delete from app.users where 1 = 1'), hold);
    expect((await held).effects).toContainEqual(expect.objectContaining({ action: 'delete', where: 'absent' }));
    hold.leave('cancelled');
    await clearing;
  });

  it('is not used for a name that stands for another prepared statement', async () => {
    const guard = guardOf();
    const run = (text: string): Statement => asked('execute p(1)', { preparedTexts: () => [text] });
    await answered(guard, run('delete from app.users where id = $1'), several);
    expect((await guard.clear(run('delete from app.users where id = $1'), hold)).outcome).toBe('cleared');
    const held = hold.next();
    const clearing = guard.clear(run('delete from app.users where id <> $1'), hold);
    await held;
    hold.leave('cancelled');
    expect((await clearing).outcome).toBe('refused');
  });

  it('is not used after policies have changed', async () => {
    const guard = guardOf();
    await answered(guard, asked(DELETE), several);
    inForce = false;
    expect((await guard.clear(asked(DELETE), hold)).outcome).toBe('refused');
  });

  it('closes its connection when it is revoked, and what was bound under it does not run', async () => {
    const guard = guardOf();
    const statement = asked(DELETE, { phase: 'bind', parameters: [] });
    const id = approvalOf(await answered(guard, statement, several)) ?? '';
    register.revoke(id, person, 'enough');
    expect(hold.severed).toBe(1);
    expect(recorder.events.at(-1)).toMatchObject({ type: 'revoked', request: id, reason: 'enough' });
    const late = asked(DELETE, { phase: 'execute', approval: id });
    expect(await guard.clear(late, hold)).toMatchObject({ outcome: 'refused' });
  });
});
