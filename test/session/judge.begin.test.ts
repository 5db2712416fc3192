import { beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { Judge, openBench } from '../../src/session/judge.ts';
import { person } from '../policy/examples.ts';
import { catalog, relation } from '../policy/sql/database.ts';
import { asked, CountingGrammar, HandClock, ScriptedSource } from './bench.ts';

const POLICY = { ...UNGUARDED, name: 'reading', access: 'read-only' } as const;

let source: ScriptedSource;
let clock: HandClock;
let open: () => Judge;

beforeEach(() => {
  source = new ScriptedSource();
  clock = new HandClock();
  const bench = openBench({ identity: person, policies: [POLICY], grammar: new CountingGrammar(), clock });
  open = () => new Judge(bench, source);
});

const verdict = async (judge: Judge, text = 'select * from app.users'): Promise<string> =>
  (await judge.judge(asked(text))).decision.verdict;

describe('a judge whose connection has begun', () => {
  it('asks at once, and the first statement waits for that answer', async () => {
    const judge = open();
    judge.begin();
    expect(source.reads).toBe(1);
    expect(await verdict(judge)).toBe('allow');
    expect(source.reads).toBe(1);
  });

  it('asks also when another connection has just done so', async () => {
    await verdict(open());
    open().begin();
    expect(source.reads).toBe(2);
  });

  it('asks again for a first statement that comes late', async () => {
    const judge = open();
    judge.begin();
    await verdict(judge);
    const late = open();
    late.begin();
    clock.micros += 1_000_000;
    source.catalog = catalog({ version: 'two', relations: [relation('users')] });
    await verdict(late);
    expect(source.reads).toBe(3);
  });

  it('asks again when it could not be told, and the first statement hears why', async () => {
    const judge = open();
    source.onRead = () => {
      throw new HoopError('postgres.catalog', 'the target is silent');
    };
    judge.begin();
    const { decision } = await judge.judge(asked('select * from app.users'));
    expect(decision).toMatchObject({ verdict: 'deny', refusal: { message: 'the target is silent' } });
    expect(source.reads).toBe(2);
    source.onRead = () => undefined;
    expect(await verdict(judge)).toBe('allow');
  });
});
