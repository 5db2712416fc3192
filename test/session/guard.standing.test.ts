import { beforeEach, describe, expect, it } from 'vitest';
import type { Clearance } from '../../src/core/guard.ts';
import type { Refusal } from '../../src/core/decision.ts';
import { answerTo, ORIGIN } from './asking.ts';
import { asked } from './bench.ts';
import { Petitioning } from './petitioning.ts';
import { person } from '../policy/examples.ts';

const DELETE = 'delete from app.users where id = 1';
const UNKNOWN = 'the provider cannot be reached';

let t: Petitioning;

beforeEach(() => void (t = new Petitioning()));

const refusalIn = (clearance: Clearance): Refusal | null =>
  clearance.outcome === 'refused' ? clearance.refusal : null;

async function cleared(clearance: Clearance | Promise<Clearance>): Promise<Clearance & { outcome: 'cleared' }> {
  const settled = await clearance;
  if (settled.outcome !== 'cleared') throw new Error(`it was refused: ${settled.refusal.message}`);
  return settled;
}

describe('while it is not known who asks', () => {
  it('nothing is let through, and that is told and on record', async () => {
    t.standing.trouble = UNKNOWN;
    const clearance = await t.guard().clear(asked('select * from app.users'), t.hold);
    expect(clearance).toMatchObject({
      outcome: 'refused',
      number: 1,
      refusal: {
        cause: 'unconfirmed',
        message: 'it is not known for sure any more who asks: the provider cannot be reached',
        detail: expect.stringContaining('It was not sent.') as string,
        hint: expect.stringContaining('hoopctl login') as string,
      },
    });
    expect(t.recorder.events).toMatchObject([
      {
        type: 'statement',
        text: 'select * from app.users',
        decision: { verdict: 'deny', rule: { clause: 'identity' } },
      },
    ]);
  });

  it('nothing is asked of the target', async () => {
    t.standing.trouble = UNKNOWN;
    await t.guard().clear(asked('select * from app.users'), t.hold);
    expect(t.source.reads).toBe(0);
  });

  it('what was judged before is no exception', async () => {
    const guard = t.guard();
    await cleared(guard.clear(asked('select * from app.users'), t.hold));
    await guard.release([]);
    t.standing.trouble = UNKNOWN;
    for (const phase of ['query', 'prepare', 'bind', 'execute'] as const) {
      const again = await guard.clear(asked('select * from app.users', { phase }), t.hold);
      expect(refusalIn(again)?.cause, phase).toBe('unconfirmed');
    }
  });

  it('what is refused anyway is refused for that, and nobody is asked for what would be asked for', async () => {
    t.standing.trouble = UNKNOWN;
    const clearance = await t.guard().clear(asked(DELETE), t.hold);
    expect([refusalIn(clearance)?.cause, t.hold.requests]).toEqual(['unconfirmed', []]);
  });

  it('messages without a statement pass, so that the refusal reaches its client', async () => {
    t.standing.trouble = UNKNOWN;
    const guard = t.guard();
    await guard.clear(asked('select 1'), t.hold);
    expect(await guard.release([guard.housekeeping(Buffer.from('sync'))])).toEqual(Buffer.from('sync'));
  });

  it('is over when it is known again', async () => {
    const guard = t.guard();
    t.standing.trouble = UNKNOWN;
    await guard.clear(asked('select 1'), t.hold);
    t.standing.trouble = null;
    const { bytes } = await cleared(guard.clear(asked('select 1'), t.hold));
    expect(await guard.release([bytes])).toEqual(Buffer.from('select 1'));
  });
});

describe('what waits while it becomes unknown who asks', () => {
  it('is refused when its names had to be asked for', async () => {
    t.source.onRead = () => void (t.standing.trouble = UNKNOWN);
    const clearance = await t.guard().clear(asked('select * from app.users'), t.hold);
    expect(refusalIn(clearance)?.cause).toBe('unconfirmed');
    expect(t.recorder.events).toMatchObject([{ decision: { verdict: 'deny' } }]);
  });

  it('is not released when its record had to be waited for', async () => {
    const guard = t.guard();
    const gate = Promise.withResolvers<void>();
    const { bytes } = await cleared(guard.clear(asked('select 1'), t.hold));
    t.recorder.gate = gate.promise;
    const releasing = guard.release([bytes]);
    t.standing.trouble = UNKNOWN;
    gate.resolve();
    await expect(releasing).rejects.toMatchObject({ code: 'session.unconfirmed' });
    expect(t.lost).toEqual([]);
  });

  it('is not released with what came later in its pipeline', async () => {
    const guard = t.guard();
    const { bytes } = await cleared(guard.clear(asked('select 1'), t.hold));
    t.standing.trouble = UNKNOWN;
    expect(refusalIn(await guard.clear(asked('select 2'), t.hold))?.cause).toBe('unconfirmed');
    await expect(guard.release([bytes, guard.housekeeping(Buffer.from('sync'))])).rejects.toMatchObject({
      code: 'session.unconfirmed',
      message: expect.stringContaining(UNKNOWN) as string,
    });
  });

  it('is not sent although people approve it', async () => {
    const guard = t.guard();
    const held = t.hold.next();
    const clearing = guard.clear(asked(DELETE), t.hold);
    const request = await held;
    t.standing.trouble = UNKNOWN;
    await t.register.answer(answerTo(request), null);
    expect(refusalIn(await clearing)?.cause).toBe('unconfirmed');
    expect(t.recorder.events.at(-1)).toMatchObject({ type: 'settled', outcome: 'unconfirmed' });
  });

  it('is not sent under what was approved before', async () => {
    let late: string | null = null;
    const inForce = async (): Promise<boolean> => {
      t.standing.trouble = late;
      return true;
    };
    const guard = t.guard(t.register.approver(ORIGIN, inForce));
    await t.answered(guard, asked(DELETE), { uses: 3 });
    expect((await guard.clear(asked(DELETE), t.hold)).outcome).toBe('cleared');
    late = UNKNOWN;
    t.observed.length = 0;
    expect(refusalIn(await guard.clear(asked(DELETE), t.hold))?.cause).toBe('unconfirmed');
    expect(t.observed.map(({ refusal }) => refusal?.cause)).toEqual(['unconfirmed']);
  });

  it('is not told as let through to whoever watches', async () => {
    t.standing.trouble = UNKNOWN;
    await t.guard().clear(asked('select 1'), t.hold);
    expect(t.observed.map(({ refusal }) => refusal?.cause)).toEqual(['unconfirmed']);
  });
});

describe('a request', () => {
  it('is made in the name of who asks by then', async () => {
    const guard = t.guard();
    const promoted = { ...person, groups: ['engineering', 'oncall'] };
    t.standing.tell(promoted);
    await t.answered(guard, asked(DELETE));
    expect(t.hold.requests.map(({ identity }) => identity)).toEqual([promoted]);
  });
});

describe('a guard that has no doubt', () => {
  it('asks twice for a statement: when it is judged, and when it is sent', async () => {
    const guard = t.guard();
    await cleared(guard.clear(asked('select 1'), t.hold));
    await guard.release([]);
    t.standing.asked = 0;
    const clearance = guard.clear(asked('select 1'), t.hold);
    expect(clearance).not.toBeInstanceOf(Promise);
    const { bytes } = await cleared(clearance);
    expect(guard.release([bytes])).toEqual(Buffer.from('select 1'));
    expect(t.standing.asked).toBe(2);
    await guard.release([guard.housekeeping(Buffer.from('sync'))]);
    expect(t.standing.asked).toBe(2);
  });
});
