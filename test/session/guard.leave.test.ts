import { beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../src/core/request.ts';
import type { Statement } from '../../src/core/statement.ts';
import { person } from '../policy/examples.ts';
import { catalog as catalogOf, routine } from '../policy/sql/database.ts';
import { asked } from './bench.ts';
import { approvalOf, Petitioning, requestOf } from './petitioning.ts';

const DELETE = 'delete from app.users where id = 1';

let t: Petitioning;

beforeEach(() => void (t = new Petitioning()));

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
    expect(await t.guard().clear(prepare(), t.hold)).toMatchObject({ outcome: 'cleared', approval: null });
    expect(t.hold.requests).toEqual([]);
  });

  it('preparing asks where code is in play that nobody follows, and binding runs under the same leave, once', async () => {
    const guard = t.guard();
    const id = approvalOf(await t.answered(guard, prepare(OPAQUE_CODE)));
    expect(id).toBe(`${t.hold.requests[0]?.id} 1`);
    const bound = asked(OPAQUE_CODE, { phase: 'bind', approval: id, parameters: [] });
    expect(approvalOf(await guard.clear(bound, t.hold))).toBe(id);
    const again = t.hold.next();
    const clearing = guard.clear(bound, t.hold);
    expect((await again).id).not.toBe(requestOf(id));
    t.hold.leave('cancelled');
    await clearing;
  });

  it('leave that was given without values does not hold for any', async () => {
    const guard = t.guard();
    const text = "select app.run($1), 'x'";
    t.source.catalog = catalogOf({ version: 'c', functions: [routine('run', 'c', '')] });
    const id = approvalOf(await t.answered(guard, prepare(text)));
    const held = t.hold.next();
    const clearing = guard.clear(
      asked(text, { phase: 'bind', approval: id, parameters: [{ format: 'text', value: Buffer.from('1') }] }),
      t.hold,
    );
    expect((await held).parameters).toEqual(['1']);
    t.hold.leave('cancelled');
    await clearing;
  });

  it('binding asks, and shows the values', async () => {
    const held = t.hold.next();
    const clearing = t.guard().clear(bind(null, '7'), t.hold);
    const request: ApprovalRequest = await held;
    expect([request.phase, request.parameters]).toEqual(['bind', ['7']]);
    t.hold.leave('cancelled');
    await clearing;
  });

  it('executing runs under the leave that was given when it was bound, and a second binding asks again', async () => {
    const guard = t.guard();
    const id = approvalOf(await t.answered(guard, bind(null)));
    expect(approvalOf(await guard.clear(execute(id), t.hold))).toBe(id);
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'granted', request: requestOf(id), use: 1 });
    const held = t.hold.next();
    const clearing = guard.clear(bind(id), t.hold);
    expect((await held).id).not.toBe(requestOf(id));
    t.hold.leave('cancelled');
    await clearing;
  });

  it.each([null, 'bcdfghjk', '__proto__', ''])('executing without leave is refused: %j', async (approval) => {
    expect(await t.guard().clear(execute(approval), t.hold)).toMatchObject({
      outcome: 'refused',
      refusal: { cause: 'expired' },
    });
    expect(t.hold.requests).toEqual([]);
  });

  it('leave of another connection is none', async () => {
    const id = approvalOf(await t.answered(t.guard(), bind(null)));
    expect(await t.guard().clear(execute(id), t.hold)).toMatchObject({ outcome: 'refused' });
  });

  it('leave does not hold for another statement', async () => {
    const guard = t.guard();
    const id = approvalOf(await t.answered(guard, bind(null)));
    const other = asked('delete from app.orders where id = 1', { phase: 'execute', approval: id });
    expect(await guard.clear(other, t.hold)).toMatchObject({ outcome: 'refused', refusal: { cause: 'expired' } });
  });

  it('leave does not wait for a better opportunity, but what has begun may be fetched to its end', async () => {
    const guard = t.guard();
    const [late, timely] = [
      approvalOf(await t.answered(guard, bind(null))),
      approvalOf(await t.answered(guard, bind(null))),
    ];
    expect(approvalOf(await guard.clear(execute(timely), t.hold))).toBe(timely);
    t.clock.micros += 600_000_000;
    expect(await guard.clear(execute(late), t.hold)).toMatchObject({
      outcome: 'refused',
      refusal: { cause: 'expired' },
    });
    expect(approvalOf(await guard.clear(execute(timely), t.hold))).toBe(timely);
  });
});

describe('a grant for several uses', () => {
  const several = { uses: 3, until: '2026-01-01T01:00:00.000Z' };

  it('is used without asking, each use on record', async () => {
    const guard = t.guard();
    const id = requestOf(approvalOf(await t.answered(guard, asked(DELETE), several)));
    // Each use is one of its own.
    expect(approvalOf(await guard.clear(asked('delete from app.users where id = 2'), t.hold))).toBe(`${id} 2`);
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'granted', request: id, use: 2 });
    expect(t.hold.requests).toHaveLength(1);
  });

  it('is for each of its uses apart: one that began in time does not prolong another', async () => {
    const guard = t.guard();
    const bound = asked(DELETE, { phase: 'bind', parameters: [] });
    const lasting = { ...several, until: new Date(t.clock.now() + 3000).toISOString() };
    const first = approvalOf(await t.answered(guard, bound, lasting));
    const second = approvalOf(await guard.clear(bound, t.hold));
    const execute = (approval: string | null) => guard.clear(asked(DELETE, { phase: 'execute', approval }), t.hold);
    expect((await execute(first)).outcome).toBe('cleared');
    t.clock.micros += 4_000_000;
    expect((await execute(second)).outcome).toBe('refused');
    expect((await execute(first)).outcome).toBe('cleared');
  });

  it('is not used where the condition has come to hold always', async () => {
    const guard = t.guard();
    await t.answered(guard, asked('delete from app.users where 1 = 2'), several);
    const held = t.hold.next();
    const clearing = guard.clear(asked('delete from app.users where 1 = 1'), t.hold);
    expect((await held).effects).toContainEqual(expect.objectContaining({ action: 'delete', where: 'absent' }));
    t.hold.leave('cancelled');
    await clearing;
  });

  it('is not used for a name that stands for another prepared statement', async () => {
    const guard = t.guard();
    const run = (text: string): Statement => asked('execute p(1)', { preparedTexts: () => [text] });
    await t.answered(guard, run('delete from app.users where id = $1'), several);
    expect((await guard.clear(run('delete from app.users where id = $1'), t.hold)).outcome).toBe('cleared');
    const held = t.hold.next();
    const clearing = guard.clear(run('delete from app.users where id <> $1'), t.hold);
    await held;
    t.hold.leave('cancelled');
    expect((await clearing).outcome).toBe('refused');
  });

  it('is not used after policies have changed', async () => {
    const guard = t.guard();
    await t.answered(guard, asked(DELETE), several);
    t.inForce = false;
    expect((await guard.clear(asked(DELETE), t.hold)).outcome).toBe('refused');
  });

  it('closes its connection when it is revoked, and what was bound under it does not run', async () => {
    const guard = t.guard();
    const statement = asked(DELETE, { phase: 'bind', parameters: [] });
    const id = approvalOf(await t.answered(guard, statement, several)) ?? '';
    t.register.revoke(requestOf(id), person, 'enough');
    expect(t.hold.severed).toBe(1);
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'revoked', request: requestOf(id), reason: 'enough' });
    const late = asked(DELETE, { phase: 'execute', approval: id });
    expect(await guard.clear(late, t.hold)).toMatchObject({ outcome: 'refused' });
  });
});
