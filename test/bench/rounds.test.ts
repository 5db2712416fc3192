import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existsSync } from 'node:fs';
import type { Contender } from '../../bench/contenders/contender.ts';
import { type Course, measure, rotated } from '../../bench/rounds.ts';
import type { Sample, Workload } from '../../bench/workloads/workload.ts';
import { Workspace } from '../../bench/workspace.ts';
import { sample } from './samples.ts';

const target = { host: '127.0.0.1', port: 1, user: 'u', password: 'p', verifier: 'v', database: 'd' };

let workspace: Workspace;
let closed: string[];
let ran: string[];

beforeEach(async () => {
  workspace = await Workspace.open();
  closed = [];
  ran = [];
});
afterEach(() => workspace.close());

/** Its name is the user it logs in as. */
function contender(name: string): Contender {
  return {
    name,
    title: name,
    missing: () => null,
    start: async () => ({
      endpoint: { ...target, user: name },
      process: null,
      close: async () => void closed.push(name),
    }),
  };
}

function workload(run: (name: string) => Sample): Workload {
  return {
    name: 'w',
    title: 'a workload',
    unit: 'transaction',
    source: 'server',
    run: async ({ endpoint }) => {
      ran.push(endpoint.user);
      return run(endpoint.user);
    },
  };
}

function course(rounds: number, ...contenders: readonly Contender[]): Course {
  return {
    bench: {
      workspace,
      programs: { postgres: '', pgbouncer: null, haproxy: null },
      server: { endpoint: target, socket: '', admin: async () => [] },
    },
    contenders,
    rounds,
    pace: { seconds: 1, results: 1, connections: 1 },
    say: () => undefined,
  };
}

describe('rounds', () => {
  it('begin with another contender each time', () => {
    expect([0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
    expect(rotated([], 3)).toEqual([]);
  });

  it('measure every contender once each, after a round that is not counted', async () => {
    let runs = 0;
    const one = workload(() => sample({ rate: (runs += 1) }));
    const { series } = await measure(one, target, course(2, contender('a'), contender('b')));
    expect(ran).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(series.map(({ samples }) => samples.map(({ rate }) => rate))).toEqual([
      [4, 5],
      [3, 6],
    ]);
    expect(closed).toEqual(['a', 'b']);
  });

  it('go on without a contender that fails', async () => {
    const one = workload((name) => {
      if (name === 'b' && ran.length > 3) throw new Error('it broke');
      return sample({ rate: 1 });
    });
    const broken: Contender = {
      ...contender('c'),
      start: async () => {
        throw new Error('it does not start');
      },
    };
    const { series } = await measure(one, target, course(3, contender('a'), contender('b'), broken));
    expect(series.map(({ samples, failure }) => [samples.length, failure])).toEqual([
      [3, null],
      [1, 'it broke'],
      [0, 'it does not start'],
    ]);
    expect(ran.filter((name) => name === 'b')).toHaveLength(3);
    expect(closed).toEqual(['a', 'b']);
  });
});

describe('a workspace', () => {
  it('ends what it started and leaves nothing behind', async () => {
    const owned = workspace.spawn('sleep', ['600']);
    expect(existsSync(workspace.directory)).toBe(true);
    await workspace.close();
    expect(await owned.exit).toBe('SIGTERM');
    expect(existsSync(workspace.directory)).toBe(false);
    expect(() => workspace.spawn('sleep', ['600'])).toThrow('over');
  });
});
