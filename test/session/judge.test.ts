import { beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/core/catalog.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { Judge, openBench } from '../../src/session/judge.ts';
import { person, schemas } from '../policy/examples.ts';
import { catalog as emptyCatalog, relation } from '../policy/sql/database.ts';
import { asked, CountingGrammar, HandClock, ScriptedSource, TABLES } from './bench.ts';

const READ_ONLY: Policy = { ...UNGUARDED, name: 'reading', access: 'read-only' };
const view = (definition: string) => relation('v', ['id'], { kind: 'view', definition });

let source: ScriptedSource;
let grammar: CountingGrammar;
let clock: HandClock;
let judge: Judge;

const open = (policy: Policy): Judge =>
  new Judge(openBench({ identity: person, policies: [policy], grammar, clock }), source);
const verdict = async (text: string, by = judge): Promise<string> => (await by.judge(asked(text))).decision.verdict;

beforeEach(() => {
  source = new ScriptedSource();
  grammar = new CountingGrammar();
  clock = new HandClock();
  judge = open(READ_ONLY);
});

describe('a judge', () => {
  it('lets through what the policy allows and refuses what it does not', async () => {
    expect(await verdict('select * from app.users')).toBe('allow');
    expect(await verdict('delete from app.users')).toBe('deny');
  });

  it('tells what each statement of a text does to the session', async () => {
    const { changes } = await judge.judge(asked('select 1; prepare p as select 2; copy (select 1) to stdout'));
    expect(changes).toMatchObject([[{ kind: 'none' }], [{ kind: 'prepare', name: 'p' }], [{ kind: 'none' }]]);
  });

  it('parses and reads the catalog once for the same statement in a short time', async () => {
    for (let index = 0; index < 5; index += 1) expect(await verdict('select * from app.users')).toBe('allow');
    expect([grammar.texts.length, source.reads]).toEqual([1, 1]);
  });

  it('asks nothing before what must come before any query, such as SET TRANSACTION', async () => {
    await verdict('begin');
    expect(source.reads).toBe(1);
    clock.micros += 10_000_000;
    source.changes += 1;
    for (const text of [
      'set transaction isolation level serializable',
      'rollback',
      'reset statement_timeout',
      'begin',
    ]) {
      expect(await verdict(text)).toBe('allow');
    }
    expect(source.reads).toBe(1);
    await verdict('select * from app.users');
    expect(source.reads).toBe(2);
  });

  it('asks how text is read, when that may have changed, before what another reading would change', async () => {
    await verdict('select 1');
    for (const text of [String.raw`set application_name = 'a\''; drop table t; --'`, "set application_name = 'é'"]) {
      const before = source.reads;
      source.changes += 1;
      await verdict(text);
      expect(source.reads).toBe(before + 1);
    }
  });

  it('refuses nothing for a catalog that is out of date: another connection may have made what is named', async () => {
    const scoped: Policy = { ...UNGUARDED, name: 'narrow', scope: schemas('app') };
    const narrow = open(scoped);
    expect(await verdict('select * from fresh', narrow)).toBe('deny');
    clock.micros += 6_000;
    source.catalog = emptyCatalog({ version: '2', relations: [relation('fresh')] });
    expect(await verdict('select * from fresh', narrow)).toBe('allow');
    source.catalog = emptyCatalog({ version: '3', relations: [relation('fresh'), relation('newer')] });
    clock.micros += 6_000;
    expect(await verdict('select * from newer', narrow)).toBe('allow');
  });

  it('has code printed when a statement reaches it, once for each catalog', async () => {
    const kept = relation('kept', ['id'], { kind: 'view', definition: { kind: 'view', oid: 7 } });
    source.catalog = emptyCatalog({ relations: [...TABLES.relations, kept] });
    source.texts.set('view 7', 'SELECT id FROM app.users');
    await verdict('select * from app.users');
    expect(source.printed).toBe(0);
    expect(await verdict('select * from app.kept')).toBe('allow');
    expect(await verdict('select id from app.kept')).toBe('allow');
    expect(source.printed).toBe(1);
    source.catalog = { ...source.catalog, version: 'another' };
    source.texts.set('view 7', 'SELECT pg_sleep(1) AS id');
    clock.micros += 1_000_000;
    expect(await verdict('select * from app.kept')).toBe('deny');
    expect(source.printed).toBe(2);
  });

  it('refuses what rests on code that cannot be printed, and asks again the next time', async () => {
    const kept = relation('kept', ['id'], { kind: 'view', definition: { kind: 'view', oid: 7 } });
    source.catalog = emptyCatalog({ relations: [kept] });
    expect(await verdict('select * from app.kept')).toBe('deny');
    source.texts.set('view 7', 'SELECT 1 AS id');
    expect(await verdict('select * from app.kept')).toBe('allow');
  });

  it('asks again once a while has passed', async () => {
    await verdict('select * from app.users');
    clock.micros += 199_999;
    await verdict('select * from app.users');
    expect(source.reads).toBe(1);
    clock.micros += 2;
    await verdict('select * from app.users');
    expect(source.reads).toBe(2);
  });

  it('asks again at once when the connection did something to names, even for what looks at no table', async () => {
    for (const text of ['select * from app.users', 'select 1']) {
      await verdict(text);
      const before = source.reads;
      source.changes += 1;
      await verdict(text);
      expect(source.reads).toBe(before + 1);
    }
  });

  it('judges anew when the catalog is another one: the verdict belongs to its version (R23)', async () => {
    source.catalog = emptyCatalog({ version: 'a', relations: [view('SELECT 1 AS id')] });
    expect(await verdict('select * from app.v')).toBe('allow');
    source.catalog = emptyCatalog({
      version: 'b',
      relations: [view('WITH gone AS (DELETE FROM app.users RETURNING id) SELECT id FROM gone'), relation('users')],
    });
    source.changes += 1;
    expect(await verdict('select * from app.v')).toBe('deny');
  });

  it('looks again before it relies on code, which others may replace, whether it knew the statement or not', async () => {
    const harmless = emptyCatalog({ version: 'a', relations: [view('SELECT 1 AS id')] });
    const harmful = emptyCatalog({
      version: 'b',
      relations: [view('WITH gone AS (DELETE FROM app.users RETURNING id) SELECT id FROM gone'), relation('users')],
    });
    source.catalog = harmless;
    expect(await verdict('select * from app.v')).toBe('allow');
    source.catalog = harmful;
    clock.micros += 5_001;
    expect(await verdict('select * from app.v')).toBe('deny');
    // A statement that was never seen, and a catalog that was read a moment ago for another one.
    source.catalog = harmless;
    source.changes += 1;
    expect(await verdict('select 1')).toBe('allow');
    source.catalog = harmful;
    clock.micros += 5_001;
    expect(await verdict('select id from app.v')).toBe('deny');
  });

  it('does not rely on names while the connection cannot be asked, and keeps no such verdict', async () => {
    await verdict('select * from app.users');
    source.changes += 1;
    source.canBeRead = false;
    const reads = source.reads;
    const uncertain = await judge.judge(asked('select * from users'));
    expect(source.reads).toBe(reads);
    expect(uncertain.effects.every((effect) => !effect.certain)).toBe(true);
    source.canBeRead = true;
    const certain = await judge.judge(asked('select * from users'));
    expect(certain.effects.some((effect) => effect.certain)).toBe(true);
  });

  it('refuses where no catalog was ever read', async () => {
    source.canBeRead = false;
    const { decision } = await judge.judge(asked('select * from app.users'));
    expect(decision).toMatchObject({ verdict: 'deny', refusal: { cause: 'unintelligible' } });
    source.canBeRead = true;
    source.catalog = null;
    expect(await verdict('select * from app.users')).toBe('deny');
  });

  it('does not keep a verdict that rests on what EXECUTE stands for', async () => {
    const execute = (text: string) => judge.judge(asked('execute p', { preparedTexts: () => [text] }));
    expect((await execute('select 1')).decision.verdict).toBe('allow');
    expect((await execute('delete from app.users')).decision.verdict).toBe('deny');
    expect((await judge.judge(asked('execute p', { preparedTexts: () => [] }))).decision.verdict).toBe('deny');
  });

  it('shares what it read and judged with the session’s other connections', async () => {
    const bench = openBench({ identity: person, policies: [READ_ONLY], grammar, clock });
    const [one, two] = [new Judge(bench, source), new Judge(bench, new ScriptedSource())];
    await verdict('select * from app.users', one);
    expect(bench.latest).toBe(TABLES);
    expect(await verdict('select * from app.users', two)).toBe('allow');
    expect(grammar.texts).toHaveLength(1);
  });

  it('gives no verdict that another connection was given under another catalog', async () => {
    const bench = openBench({ identity: person, policies: [READ_ONLY], grammar, clock });
    const writes = emptyCatalog({ version: 'two', relations: [view('SELECT pg_catalog.lo_creat(1) AS id')] });
    const reads = emptyCatalog({ version: 'one', relations: [view('SELECT 1 AS id')] });
    const [one, two] = [new ScriptedSource(), new ScriptedSource()];
    [one.catalog, two.catalog] = [reads, writes];
    expect(await verdict('select * from app.v', new Judge(bench, one))).toBe('allow');
    expect(await verdict('select * from app.v', new Judge(bench, two))).toBe('deny');
  });

  it('refuses when anything goes wrong on the way, and says nothing of what it was (law 7)', async () => {
    const wrong = (): never => {
      throw new Error('secret detail');
    };
    const said: unknown[] = [];
    source.onRead = wrong;
    said.push(await judge.judge(asked('select * from app.users')));
    source.onRead = () => undefined;
    grammar.onAsk = wrong;
    said.push(await judge.judge(asked('select 2 from app.users')));
    grammar.onAsk = () => undefined;
    source.changes += 1;
    source.catalog = Object.defineProperty({ ...TABLES, version: 'x' }, 'relations', { get: wrong });
    said.push(await judge.judge(asked('select 3 from app.users')));
    source.changes += 1;
    source.catalog = TABLES;
    said.push(await judge.judge(asked('execute p', { preparedTexts: wrong })));
    for (const one of said) {
      expect(one).toMatchObject({ decision: { verdict: 'deny', refusal: { cause: 'unintelligible' } }, effects: [] });
    }
    expect(JSON.stringify(said)).not.toContain('secret detail');
    expect(await verdict('select 4 from app.users')).toBe('allow');
  });

  it('does not hold a failure of the parser’s against code for ever', async () => {
    source.catalog = emptyCatalog({ version: 'v', relations: [view('SELECT 1 AS id')] });
    const parse = grammar.sql.bind(grammar);
    grammar.sql = async (text) =>
      text === 'SELECT 1 AS id' ? { ok: false, reason: 'deadline', message: 'late', position: null } : parse(text);
    expect(await verdict('select * from app.v')).toBe('deny');
    grammar.sql = parse;
    source.changes += 1;
    expect(await verdict('select id from app.v')).toBe('allow');
  });

  it('says what to do where the failure has a hint', async () => {
    source.onRead = () => {
      throw new HoopError('postgres.catalog', 'no catalog today', { hint: 'come back tomorrow' });
    };
    const { decision } = await judge.judge(asked('select * from app.users'));
    expect(decision.refusal).toMatchObject({ message: 'no catalog today', hint: 'come back tomorrow' });
  });

  it.each([
    ['selec 1', 1],
    ['select * fro app.users', 10],
    ["select 'ü€😀' fro app.users", 18],
    ['select\n\n  )', 11],
  ])('answers a syntax error as one, at its place in characters: %j', async (text, position) => {
    const { decision } = await judge.judge(asked(text));
    expect(decision.refusal).toMatchObject({ cause: 'syntax', position });
  });

  it('refuses a text whose code is nested without end', async () => {
    const relations = Array.from({ length: 200 }, (_view, index) =>
      relation(`v${index}`, ['id'], { kind: 'view', definition: `SELECT id FROM app.v${index + 1}` }),
    );
    source.catalog = emptyCatalog({ version: 'deep', relations });
    const { decision } = await judge.judge(asked('select * from app.v0'));
    expect(decision).toMatchObject({ verdict: 'deny', refusal: { cause: 'unintelligible' } });
  });
});

describe('the judges of several connections', () => {
  let bench: ReturnType<typeof openBench>;
  let sources: ScriptedSource[];
  let judges: Judge[];

  const pass = async (index: number): Promise<void> => {
    const by = judges[index];
    if (by === undefined) throw new Error('there is no such connection');
    expect(await verdict('select * from app.users', by)).toBe('allow');
  };
  const reads = (): number[] => sources.map((one) => one.reads);

  beforeEach(async () => {
    bench = openBench({ identity: person, policies: [READ_ONLY], grammar, clock });
    sources = [new ScriptedSource(), new ScriptedSource(), new ScriptedSource()];
    judges = sources.map((one) => new Judge(bench, one));
    for (const index of judges.keys()) await pass(index);
    expect(reads()).toEqual([1, 1, 1]);
  });

  it('believe what one of them has just seen, if it is the same', async () => {
    for (let turn = 1; turn <= 5; turn += 1) {
      clock.micros += 210_000;
      for (const index of judges.keys()) await pass(index);
    }
    expect(reads()).toEqual([6, 1, 1]);
  });

  it('see for themselves when one of them has seen another catalog', async () => {
    const [first] = sources;
    clock.micros += 210_000;
    if (first !== undefined) first.catalog = { ...TABLES, version: 'two' };
    await pass(0);
    clock.micros += 45_000;
    await pass(1);
    expect(reads()).toEqual([2, 2, 1]);
  });

  it('believe nobody who may look at an older snapshot', async () => {
    const [first] = sources;
    if (first !== undefined) first.alone = false;
    clock.micros += 210_000;
    await pass(0);
    clock.micros += 45_000;
    await pass(1);
    expect(reads()).toEqual([2, 2, 1]);
  });

  it('believe nobody whose transaction was on its way when it asked', async () => {
    const [first] = sources;
    if (first !== undefined) first.onRead = () => void (first.alone = false);
    clock.micros += 210_000;
    await pass(0);
    clock.micros += 45_000;
    await pass(1);
    expect(reads()).toEqual([2, 2, 1]);
  });

  it('believe nobody after what they did themselves', async () => {
    clock.micros += 210_000;
    await pass(0);
    const [, second] = sources;
    if (second !== undefined) second.changes += 1;
    await pass(1);
    expect(reads()).toEqual([2, 2, 1]);
  });

  it('go on while one of them asks, but not for ever', async () => {
    const answer = Promise.withResolvers<Catalog>();
    const [first] = sources;
    if (first !== undefined) first.read = () => answer.promise;
    clock.micros += 210_000;
    const asking = pass(0);
    await pass(1);
    expect(reads()).toEqual([1, 1, 1]);
    clock.micros += 45_000;
    await pass(1);
    expect(reads()).toEqual([1, 2, 1]);
    answer.resolve(TABLES);
    await asking;
  });

  it('ask at once on a connection that has just begun', async () => {
    const fresh = new ScriptedSource();
    expect(await verdict('select * from app.users', new Judge(bench, fresh))).toBe('allow');
    expect(fresh.reads).toBe(1);
  });

  it('ask again as soon as what another did to names has come into force', async () => {
    const [first] = sources;
    first?.noticed();
    await pass(1);
    await pass(2);
    expect(reads()).toEqual([1, 2, 1]);
  });

  it('know since when each catalog is out of date', async () => {
    const asOf = () => judges.map((judge) => judge.asOf);
    const [first] = sources;
    first?.noticed();
    expect(asOf()).toEqual([0, 0, 0]);
    await pass(1);
    expect(asOf()).toEqual([1, 1, 1]);
    if (first !== undefined) first.onRead = () => first.noticed();
    clock.micros += 260_000;
    await pass(0);
    expect([bench.changes, ...asOf()]).toEqual([2, 1, 1, 1]);
  });

  it('believe nobody who asked before that', async () => {
    const [first] = sources;
    if (first !== undefined) first.onRead = () => first.noticed();
    clock.micros += 210_000;
    await pass(0);
    await pass(1);
    expect(reads()).toEqual([2, 2, 1]);
  });
});
