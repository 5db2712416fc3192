import { beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/core/catalog.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { Clearance } from '../../src/core/guard.ts';
import { catalog as catalogOf, relation, routine } from '../policy/sql/database.ts';
import { answerTo, ORIGIN } from './asking.ts';
import { asked, TABLES } from './bench.ts';
import { Petitioning } from './petitioning.ts';

const DELETE = 'delete from app.users where id = 1';
const FULL = new HoopError('record.append', 'the disk is full');

/** Deleting users deletes orders, too. */
function audited(): Catalog {
  const audit = routine('audit', 'plpgsql', 'begin delete from app.orders; return new; end', { symbol: 'trigger' });
  const users = relation('users', ['id'], { triggers: [{ events: ['delete'], function: audit.oid }] });
  return { ...TABLES, version: 'audited', relations: [users, relation('orders')], functions: [audit] };
}

let t: Petitioning;

beforeEach(() => void (t = new Petitioning()));

describe('a statement that is asked for', () => {
  it('goes on record with its request before anybody sees it, and with its answer before it is cleared', async () => {
    const statement = asked(DELETE);
    const clearance = await t.answered(t.guard(), statement);
    expect(clearance).toMatchObject({ outcome: 'cleared', number: 1, approval: `${t.hold.requests[0]?.id} 1` });
    if (clearance.outcome === 'cleared') expect(clearance.bytes).toBe(statement.bytes);
    expect(t.kinds()).toEqual(['statement', 'request', 'open', 'answer', 'settled']);
    expect(t.recorder.events).toMatchObject([
      { decision: { verdict: 'ask' } },
      { statement: 1, digest: t.hold.requests[0]?.digest },
      {},
      { answer: { verdict: 'approve', digest: t.hold.requests[0]?.digest } },
      { statement: 1, outcome: 'approved' },
    ]);
  });

  it('is shown with what the names stand for that it executes', async () => {
    await t.answered(t.guard(), asked('execute p', { preparedTexts: () => [DELETE] }));
    expect(t.hold.requests[0]).toMatchObject({ text: 'execute p', prepared: [{ name: 'p', texts: [DELETE] }] });
  });

  it('is shown to nobody before the request is durable, and sent only when the answer is', async () => {
    const gate = Promise.withResolvers<void>();
    t.recorder.gate = gate.promise;
    const guard = t.guard();
    const held = t.hold.next();
    const clearing = guard.clear(asked(DELETE), t.hold);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([t.hold.requests, t.register.list()]).toEqual([[], []]);
    gate.resolve();
    const request = await held;
    const written = Promise.withResolvers<void>();
    t.recorder.gate = written.promise;
    await t.register.answer(answerTo(request), null);
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
    const guard = t.guard();
    const clearance = await t.answered(guard, asked(DELETE));
    if (clearance.outcome !== 'cleared') throw new Error('it was refused');
    t.recorder.gate = Promise.reject(FULL);
    await expect(guard.release([clearance.bytes])).rejects.toBe(FULL);
    expect(t.lost).toEqual([FULL]);
  });

  it('is refused when the record is lost while it is held, whatever people say', async () => {
    const guard = t.guard();
    const held = t.hold.next();
    const clearing = guard.clear(asked(DELETE), t.hold);
    const request = await held;
    t.recorder.broken = FULL;
    await t.register.answer(answerTo(request), null);
    expect(await clearing).toMatchObject({ outcome: 'refused', refusal: { cause: 'unrecorded' } });
    expect(t.lost[0]).toBe(FULL);
  });

  it('is refused when the record is lost before anybody is asked', async () => {
    t.recorder.gate = Promise.reject(FULL);
    expect(await t.guard().clear(asked(DELETE), t.hold)).toMatchObject({ refusal: { cause: 'unrecorded' } });
    expect([t.hold.requests, t.register.list()]).toEqual([[], []]);
  });

  it.each(['granted', 'draft', 'ask', 'inForce'] as const)('is refused when %s fails', async (what) => {
    const approver = t.register.approver(ORIGIN, async () => true);
    const failing = (): never => {
      throw new Error('bug');
    };
    const clearance = await t.guard({ ...approver, [what]: failing }).clear(asked(DELETE), t.hold);
    expect(clearance).toMatchObject({ outcome: 'refused', refusal: { message: 'the request for approval failed' } });
  });

  it('is refused, and the session goes on, when its connection breaks before it is held', async () => {
    t.hold.readiness = Promise.reject(new HoopError('postgres.protocol', 'the client sent something else'));
    const clearance = await t.guard().clear(asked(DELETE), t.hold);
    expect(clearance).toMatchObject({ outcome: 'refused', refusal: { message: 'the request for approval failed' } });
    expect(t.lost).toEqual([]);
  });

  it.each([
    [{ verdict: 'deny', reason: 'no' } as const, 'denied', 'rejected'],
    [{ verdict: 'deny', reason: 'use\u00a0the migration' } as const, 'denied', 'rejected'],
  ])('is refused with the approver’s words when it is denied', async (with_, outcome, cause) => {
    const clearance = await t.answered(t.guard(), asked(DELETE), with_);
    expect(clearance).toMatchObject({ outcome: 'refused', number: 1, refusal: { cause } });
    if (clearance.outcome === 'refused') expect(clearance.refusal.message).toContain(with_.reason);
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome });
  });

  it.each([
    ['cancelled', 'cancelled', 'cancelled'],
    ['disconnected', 'disconnected', 'cancelled'],
    ['expired', 'ended', 'ended'],
  ] as const)('is refused when its connection says %s', async (reason, outcome, cause) => {
    const held = t.hold.next();
    const clearing = t.guard().clear(asked(DELETE), t.hold);
    await held;
    t.hold.leave(reason);
    const clearance = await clearing;
    expect(clearance).toMatchObject({ outcome: 'refused', refusal: { cause } });
    // Nobody has said no to it.
    expect(JSON.stringify(clearance)).not.toContain('do not retry');
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome });
  });

  it('is held again when it is sent again', async () => {
    const guard = t.guard();
    await t.answered(guard, asked(DELETE));
    await t.answered(guard, asked(DELETE), { verdict: 'deny', reason: 'once is enough' });
    expect(t.hold.requests).toHaveLength(2);
    expect(t.hold.requests[0]?.id).not.toBe(t.hold.requests[1]?.id);
  });
});

describe('a cursor', () => {
  it('is not asked for where it would change something whenever it is read', async () => {
    t.source.catalog = catalogOf({
      version: 'c',
      relations: [relation('users')],
      functions: [routine('purge', 'sql', 'delete from app.users where id = 1'), routine('secret', 'c', '')],
    });
    for (const query of ['select app.purge()', 'select app.secret()']) {
      expect(await t.guard().clear(asked(`declare c no scroll cursor for ${query}`), t.hold)).toMatchObject({
        outcome: 'refused',
        refusal: { message: 'what changes something is not approved for a cursor' },
      });
    }
    expect(t.hold.requests).toEqual([]);
  });
});

describe('a connection that is busy', () => {
  it('asks when all that came before is answered, judged as it is then', async () => {
    const ready = Promise.withResolvers<boolean>();
    t.hold.readiness = ready.promise;
    const clearing = t.guard().clear(asked(DELETE), t.hold);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(t.hold.requests).toEqual([]);
    t.changeTo(audited());
    const held = t.hold.next();
    ready.resolve(true);
    expect((await held).effects).toContainEqual(expect.objectContaining({ action: 'delete', name: 'orders' }));
    t.hold.leave('cancelled');
    await clearing;
  });

  it('asks nobody about what the server ignores', async () => {
    t.hold.readiness = Promise.resolve(false);
    expect(await t.guard().clear(asked(DELETE), t.hold)).toMatchObject({ outcome: 'refused', number: null });
    expect([t.hold.requests, t.kinds()]).toEqual([[], []]);
  });
});

describe('what was approved must still be what would happen', () => {
  async function whileHeld(text: string, act: () => void): Promise<Clearance> {
    const held = t.hold.next();
    const clearing = t.guard().clear(asked(text), t.hold);
    const request = await held;
    act();
    await t.register.answer(answerTo(request), null);
    return clearing;
  }

  const changed = { outcome: 'refused', refusal: { cause: 'expired', message: expect.stringContaining('changed') } };

  it('so a trigger that has come up meanwhile makes it another statement', async () => {
    const clearance = await whileHeld(DELETE, () => t.changeTo(audited()));
    expect(clearance).toMatchObject(changed);
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome: 'changed' });
  });

  const purging = (where: string): Catalog => {
    const purge = routine('purge', 'sql', `delete from app.users where ${where}`);
    return catalogOf({ version: where, relations: [relation('users')], functions: [{ ...purge, oid: 99_999 }] });
  };

  it('so a function that was replaced by one with the same effects makes it another statement', async () => {
    t.source.catalog = purging('id = 1');
    const clearance = await whileHeld('select app.purge()', () => t.changeTo(purging('id <> 1')));
    expect(clearance).toMatchObject(changed);
  });

  it('so a role that was changed makes it another statement', async () => {
    const clearance = await whileHeld(DELETE, () => t.changeTo({ ...TABLES, version: 'two', user: 'postgres' }));
    expect(clearance).toMatchObject(changed);
  });

  it('but other tables may come and go', async () => {
    const more = [...TABLES.relations, relation('elsewhere')];
    const clearance = await whileHeld(DELETE, () => t.changeTo({ ...TABLES, version: 'two', relations: more }));
    expect(clearance.outcome).toBe('cleared');
  });

  it('so policies that have changed meanwhile let nothing through, and nobody is asked under them any more', async () => {
    const clearance = await whileHeld(DELETE, () => (t.inForce = false));
    expect(clearance).toMatchObject(changed);
    expect(await t.guard().clear(asked(DELETE), t.hold)).toMatchObject({
      outcome: 'refused',
      refusal: { message: 'the policies have changed since this session was opened' },
    });
    expect(t.hold.requests).toHaveLength(1);
  });

  it('and the client must still want it when it has been judged again', async () => {
    const held = t.hold.next();
    const clearing = t.guard().clear(asked(DELETE), t.hold);
    const request = await held;
    t.source.onRead = () => t.hold.leave('disconnected');
    t.source.changes += 1;
    await t.register.answer(answerTo(request), null);
    expect(await clearing).toMatchObject({ outcome: 'refused', refusal: { cause: 'cancelled' } });
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome: 'disconnected' });
  });
});
