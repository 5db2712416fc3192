import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ring } from '../../../../src/tui/model/connect/ring.ts';
import { Tally } from '../../../../src/tui/model/connect/tally.ts';
import { effort } from '../../../effort.ts';
import { ALICE, START } from '../../approve/samples.ts';
import { door, ran, refused } from '../../connect/live-samples.ts';

describe('a ring', () => {
  it('keeps the last ones in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (all, most) => {
        const ring = new Ring<number>(most);
        for (const one of all) ring.push(one);
        expect(ring.toArray()).toEqual(all.slice(-most));
      }),
    );
  });
});

describe('the tally of a session', () => {
  it('counts what is let through, what is refused, what is masked, and who asks', () => {
    const tally = new Tally();
    const events = [ran(), ran({ masked: 2, connection: 2 }), refused(), ran({ session: 'other' })];
    for (const event of events) tally.add(event, START);
    for (const values of [40, 2]) tally.add({ type: 'masked', values }, START);
    expect(tally.snapshot().totals).toEqual({ letThrough: 3, refused: 1, masked: 42, connections: 3 });
  });

  it('shows who asks as they are now, at every door', () => {
    const tally = new Tally();
    for (const session of ['one', 'two']) tally.add(door({ session }), START);
    const identity = { ...ALICE, groups: [] };
    tally.add({ type: 'identity', identity }, START);
    expect(tally.snapshot().doors.map((one) => [one.session, one.identity])).toEqual([
      ['one', identity],
      ['two', identity],
    ]);
  });

  it('tells a statement when it runs, not when it is prepared; a refusal it tells at once', () => {
    const tally = new Tally();
    for (const phase of ['prepare', 'bind', 'execute'] as const) tally.add(ran({ phase }), START);
    tally.add(refused({ phase: 'prepare' }), START);
    const { statements } = tally.snapshot();
    expect(statements.map(({ phase, refusal }) => [phase, refusal === null])).toEqual([
      ['execute', true],
      ['prepare', false],
    ]);
  });

  it('remembers what was refused when thousands that were not have come since', () => {
    const tally = new Tally();
    tally.add(refused(), START);
    for (let index = 0; index < 5000; index += 1) tally.add(ran(), START);
    const { statements, refused: kept, totals } = tally.snapshot();
    expect(statements).toHaveLength(1000);
    expect(statements.at(-1)?.number).toBe(5001);
    expect(kept).toHaveLength(1);
    expect(totals.letThrough).toBe(5000);
  });

  it('keeps the beginning of a long text, and how long it was', () => {
    const tally = new Tally();
    tally.add(ran({ text: `select 1 -- ${'x'.repeat(1_000_000)}\ud800` }), START);
    const [seen] = tally.snapshot().statements;
    expect(seen?.text).toHaveLength(8000);
    expect(seen?.text.startsWith('select 1 -- xxx')).toBe(true);
    expect(seen?.length).toBe(1_000_013);
  });

  it('takes a hundred thousand statements in less than a second', () => {
    const tally = new Tally();
    const event = ran();
    const spent = effort();
    for (let index = 0; index < 100_000; index += 1) tally.add(event, START);
    expect(spent()).toBeLessThan(1000);
  });
});
