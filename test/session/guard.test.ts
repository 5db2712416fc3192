import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Column } from '../../src/core/column.ts';
import { type Exposure, type ResultMask, UNMASKED } from '../../src/core/mask.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { Guard } from '../../src/core/guard.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { type Observed, openGuard } from '../../src/session/guard.ts';
import { openBench } from '../../src/session/judge.ts';
import { Masks } from '../../src/session/masks.ts';
import { person } from '../policy/examples.ts';
import { ScriptedHold, unanswered } from './asking.ts';
import {
  asked,
  CountingGrammar,
  HandClock,
  NO_TRIALS,
  ScriptedRecorder,
  ScriptedSource,
  TestStanding,
} from './bench.ts';

const POLICY: Policy = { ...UNGUARDED, access: 'read-only' };
const FULL = new HoopError('record.append', 'the disk is full');

let recorder: ScriptedRecorder;
let observed: Observed[];
let masked: number[];
let lost: unknown[];
let standing: TestStanding;

function guardOf(policy: Policy, results: 'full' | 'summary' = 'full'): Guard {
  const bench = openBench({
    identity: person,
    policies: [policy],
    grammar: new CountingGrammar(),
    clock: new HandClock(),
  });
  return openGuard({
    results,
    input: 'none',
    connection: 3,
    bench,
    standing,
    database: { catalog: new ScriptedSource(), trials: NO_TRIALS },
    masks: new Masks(Buffer.alloc(32)),
    recorder,
    approver: unanswered(new HandClock()),
    key: Buffer.alloc(32),
    keepUndo: null,
    held: () => undefined,
    observe: (one) => void observed.push(one),
    masked: (values) => void masked.push(values),
    lost: (error) => void lost.push(error),
  });
}

beforeEach(() => {
  recorder = new ScriptedRecorder();
  observed = [];
  masked = [];
  lost = [];
  standing = new TestStanding(person);
});

describe('a guard', () => {
  it('clears the very bytes it was given', async () => {
    const statement = asked('select * from app.users');
    const clearance = await guardOf(POLICY).clear(statement, new ScriptedHold());
    expect(clearance).toMatchObject({ outcome: 'cleared', number: 1, changes: [[{ kind: 'none' }]] });
    if (clearance.outcome === 'cleared') expect(clearance.bytes).toBe(statement.bytes);
  });

  it('keeps what commands and terminals show, and under a summary how much it was, and its hash', () => {
    const kept = (results: 'full' | 'summary'): string[] => {
      recorder = new ScriptedRecorder();
      const guard = guardOf(POLICY, results);
      for (const [stream, isTerminal] of [
        ['output', false],
        ['errors', false],
        ['output', true],
      ] as const) {
        const screen = guard.screen({ statement: 1, stream, isTerminal, late: () => undefined });
        expect(screen.push(Buffer.from(`${stream} ${isTerminal}`)).toString()).toBe(`${stream} ${isTerminal}`);
        screen.end();
      }
      return recorder.events.flatMap((event) => (event.type === 'terminal' ? [event.text] : []));
    };
    expect(kept('full')).toEqual(['output false', 'errors false', 'output true']);
    expect(kept('summary')).toEqual([]);
    const known = recorder.events.flatMap((event) => (event.type === 'transfer' ? [event] : []));
    expect(known.map(({ stream, bytes }) => [stream, bytes])).toEqual([
      ['output', 12],
      ['errors', 12],
      ['output', 11],
    ]);
    expect(known[0]?.sha256).toBe(hash('sha256', 'output false'));
  });

  it('releases nothing before it is on record (law 3)', async () => {
    const gate = Promise.withResolvers<void>();
    recorder.gate = gate.promise;
    const guard = guardOf(POLICY);
    const statement = asked('select 1');
    const clearance = await guard.clear(statement, new ScriptedHold());
    if (clearance.outcome !== 'cleared') throw new Error('it was refused');
    let released = false;
    const releasing = Promise.resolve(guard.release([clearance.bytes])).then((bytes) => {
      released = true;
      return bytes;
    });
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([released, recorder.events.length]).toEqual([false, 1]);
    gate.resolve();
    expect(await releasing).toEqual(statement.bytes);
  });

  it('releases at once what is on record at once, as one run of bytes', async () => {
    const guard = guardOf(POLICY);
    const batch = [guard.housekeeping(Buffer.from('one')), guard.housekeeping(Buffer.from('two'))];
    expect(guard.release(batch)).toEqual(Buffer.from('onetwo'));
  });

  it('releases nothing, and ends the session, when the record fails on its way to the disk (R43)', async () => {
    recorder.gate = Promise.reject(FULL);
    const guard = guardOf(POLICY);
    await guard.clear(asked('select 1'), new ScriptedHold());
    await expect(guard.release([guard.housekeeping(Buffer.from('sync'))])).rejects.toBe(FULL);
    expect(lost).toEqual([FULL]);
  });

  it('writes refusals down, too, with the decision and the effects', async () => {
    const clearance = await guardOf(POLICY).clear(asked('delete from app.users'), new ScriptedHold());
    expect(clearance).toMatchObject({ outcome: 'refused', number: 1, refusal: { cause: 'denied' } });
    expect(recorder.events).toMatchObject([
      {
        type: 'statement',
        connection: 3,
        phase: 'query',
        text: 'delete from app.users',
        decision: { verdict: 'deny' },
        effects: [{ action: 'delete', name: 'users' }],
      },
    ]);
  });

  it.each(['select 1', 'delete from app.users', 'selec'])(
    'refuses and ends the session when %j cannot be recorded (R43)',
    async (text) => {
      recorder.broken = FULL;
      const clearance = await guardOf(POLICY).clear(asked(text), new ScriptedHold());
      expect(clearance).toMatchObject({ outcome: 'refused', number: null, refusal: { cause: 'unrecorded' } });
      expect(lost).toEqual([FULL]);
      expect(observed).toEqual([]);
    },
  );

  it('ends the session when anything else cannot be recorded', async () => {
    recorder.broken = FULL;
    const guard = guardOf(POLICY);
    await expect(guard.note({ type: 'close', connection: 3, cause: 'client' })).rejects.toBe(FULL);
    expect(lost).toEqual([FULL]);
    await expect(guard.stream({ type: 'notice', connection: 3, code: '00000', message: '' })).rejects.toBe(FULL);
    expect(lost).toEqual([FULL, FULL]);
  });

  it('writes a text down once, and parameters as text where they are', async () => {
    const parameters = [
      { format: 'text', value: Buffer.from('größe') },
      { format: 'text', value: Buffer.from([0xff]) },
      { format: 'binary', value: Buffer.from([1, 2]) },
      { format: 'text', value: null },
    ] as const;
    await guardOf(POLICY).clear(asked('select 1', { phase: 'bind', prepared: 9, parameters }), new ScriptedHold());
    expect(recorder.events).toMatchObject([
      { phase: 'bind', text: null, prepared: 9, parameters: ['größe', { base64: '/w==' }, { base64: 'AQI=' }, null] },
    ]);
  });

  describe('and rows', () => {
    const columns: readonly Column[] = [
      { name: 'a', table: 0, attribute: 0, type: 25, format: 'text' },
      { name: 'b', table: 0, attribute: 0, type: 23, format: 'binary' },
    ];
    const rewriter = {
      rewrite: (rows: Buffer) => Buffer.concat([rows, Buffer.from(' rewritten')]),
      search: () => true,
    };
    const frames = Buffer.from('rows');
    const disclosed = (...exposures: readonly Exposure[]): ResultMask => ({
      ...UNMASKED,
      disclosure: { exposures, names: exposures.map(() => null), copy: null },
    });

    it('shows them as they are where nothing is masked', () => {
      for (const result of [UNMASKED, disclosed({ kind: 'clear' }, { kind: 'clear' })]) {
        const masker = guardOf(POLICY).masker(columns, result, rewriter);
        expect([masker.transparent, masker.mask(frames)]).toEqual([true, frames]);
      }
    });

    it('has them rewritten with the masks of the masked columns, and no others', () => {
      const given: unknown[] = [];
      const result = disclosed({ kind: 'masked', with: 'redact' }, { kind: 'clear' });
      const masker = guardOf(POLICY).masker(columns, result, {
        ...rewriter,
        rewrite: (rows, masks) => {
          given.push(masks.map((one) => one?.bound(3) ?? null));
          return rewriter.rewrite(rows);
        },
      });
      expect([masker.transparent, masker.mask(frames).toString()]).toEqual([false, 'rows rewritten']);
      expect(given).toEqual([['[redacted]'.length, null]]);
    });

    it('makes the masks of a result once', () => {
      const { disclosure } = disclosed({ kind: 'withheld' }, { kind: 'withheld' });
      const masks = new Masks(Buffer.alloc(32));
      expect(masks.of(columns, disclosure, null)).toBe(masks.of(columns, disclosure, null));
      expect(masks.of(columns, disclosure, null)).not.toBe(masks.of([...columns], disclosure, null));
    });

    it.each([0, 1, 3])('does not show two columns where %i were foreseen', (count) => {
      const result = disclosed(...Array.from({ length: count }, () => ({ kind: 'clear' }) as const));
      expect(() => guardOf(POLICY).masker(columns, result, rewriter)).toThrow(
        expect.objectContaining({ code: 'session.columns' }),
      );
    });

    it('does not show a column under another name than was foreseen', () => {
      const { disclosure } = disclosed({ kind: 'clear' }, { kind: 'withheld' });
      const masks = new Masks(Buffer.alloc(32));
      const named = (...names: readonly (string | null)[]) =>
        disclosure && masks.of([...columns], { ...disclosure, names }, null);
      expect(named('a', null)).toHaveLength(2);
      expect(() => named('b', null)).toThrow(expect.objectContaining({ code: 'session.columns' }));
    });

    it('shows NULL of what nobody has described', () => {
      const { disclosure } = disclosed({ kind: 'clear' }, { kind: 'masked', with: 'redact' });
      const masks = new Masks(Buffer.alloc(32)).of([], disclosure, null);
      expect(masks?.map((one) => one?.write(frames, 0, 4, Buffer.alloc(9), 0) ?? 'clear')).toEqual(['clear', -1]);
    });
  });

  it('shows what was decided to whoever watches', async () => {
    const guard = guardOf(POLICY);
    await guard.clear(asked('select 1'), new ScriptedHold());
    await guard.clear(asked('delete from app.users'), new ScriptedHold());
    expect(observed.map((one) => [one.connection, one.statement.text, one.refusal === null])).toEqual([
      [3, 'select 1', true],
      [3, 'delete from app.users', false],
    ]);
  });
});
