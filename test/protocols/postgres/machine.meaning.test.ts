import { describe, expect, it } from 'vitest';
import type { SessionChange } from '../../../src/core/statement.ts';
import { bench, complete, error, execute, query, ready } from './machine-bench.ts';

describe('the meaning of names', () => {
  const ddl: SessionChange = { kind: 'resolution' };

  it('is in doubt from the moment such a statement is sent, when it completes, and when its transaction fails', () => {
    const b = bench();
    const seen = [b.machine.meaning.epoch];
    const note = (): void => void seen.push(b.machine.meaning.epoch);
    b.sent(query([]));
    note();
    b.hears(complete('SELECT 0'), ready('T'));
    note();
    expect(new Set(seen).size).toBe(1);
    b.sent(query([ddl]));
    note();
    b.hears(complete('CREATE TABLE'));
    note();
    b.hears(ready('T'));
    note();
    b.sent(query([])).hears(error('22012'));
    note();
    b.hears(ready('E'));
    b.sent(query([])).hears(complete('ROLLBACK'), ready('I'));
    note();
    expect(new Set(seen).size).toBe(6);
    const settled = b.machine.meaning.epoch;
    b.sent(query([])).hears(complete('SELECT 0'), ready('I'));
    expect(b.machine.meaning.epoch).toBe(settled);
  });
});

describe('what others notice', () => {
  const watched = (b: ReturnType<typeof bench>): (() => number) => {
    let noticed = 0;
    b.machine.meaning.whenOthersMayNotice(() => void (noticed += 1));
    return () => noticed;
  };

  it('is nothing when a statement changes no names, and at the latest the end of the transaction when it does', () => {
    const b = bench();
    const noticed = watched(b);
    b.sent(query([])).hears(complete('SELECT 0'), ready('I'));
    expect(noticed()).toBe(0);
    b.sent(query([{ kind: 'resolution' }])).hears(complete('CREATE TABLE'), ready('T'));
    const before = noticed();
    b.sent(query([])).hears(complete('COMMIT'), ready('I'));
    expect(noticed()).toBeGreaterThan(before);
    const after = noticed();
    b.sent(query([])).hears(complete('SELECT 0'), ready('I'));
    expect(noticed()).toBe(after);
  });

  it('is not what changes for this connection alone', () => {
    const b = bench();
    const noticed = watched(b);
    b.sent(query([{ kind: 'local-resolution' }])).hears(complete('SET'), ready('I'));
    expect(noticed()).toBe(0);
  });

  it('may be what a connection was doing when it broke off', () => {
    const b = bench(query([{ kind: 'resolution' }]));
    const noticed = watched(b);
    b.machine.abandon();
    expect(noticed()).toBe(1);
  });
});

describe('the end of a transaction', () => {
  const end: SessionChange = { kind: 'transaction-end' };

  it('changes what names mean only if something in it did', () => {
    const b = bench(query([end]));
    b.hears(complete('COMMIT'), ready());
    expect(b.machine.meaning.epoch).toBe(0);
    b.sent(query([{ kind: 'resolution' }])).hears(complete('SET'), ready('T'));
    const before = b.machine.meaning.epoch;
    b.sent(execute([end]));
    expect(b.machine.meaning.epoch).toBeGreaterThan(before);
    const sent = b.machine.meaning.epoch;
    b.hears(complete('ROLLBACK'));
    expect(b.machine.meaning.epoch).toBeGreaterThan(sent);
  });
});
