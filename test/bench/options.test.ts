import { describe, expect, it } from 'vitest';
import { CONTENDERS } from '../../bench/contenders/catalogue.ts';
import { BenchError } from '../../bench/arguments.ts';
import { chosen, parseOptions } from '../../bench/options.ts';
import { WORKLOADS } from '../../bench/workloads/catalogue.ts';

const names = (all: readonly { readonly name: string }[]): string[] => all.map(({ name }) => name);

describe('options', () => {
  it('are five rounds of everything when none are given', () => {
    expect(parseOptions([])).toMatchObject({ rounds: 5, workloads: null, contenders: null, json: null, write: false });
  });

  it('take their own numbers before those of --quick', () => {
    const { rounds, pace } = parseOptions(['--quick', '--rounds', '7', '--seconds', '9']);
    expect(rounds).toBe(7);
    expect(pace).toEqual({ ...parseOptions(['--quick']).pace, seconds: 9 });
  });

  it.each([['--rounds', '0'], ['--rounds', 'many'], ['--seconds', '1.5'], ['--unknown']])(
    'that make no sense are refused: %s %s',
    (...args) => {
      expect(() => parseOptions(args)).toThrow(BenchError);
    },
  );
});

describe('what is chosen', () => {
  it('is everything unless something is named', () => {
    expect(chosen(WORKLOADS, null)).toEqual(WORKLOADS);
  });

  it('is what begins so, in the order of the tables', () => {
    expect(names(chosen(WORKLOADS, ['connect', 'select-simple']))).toEqual([
      'select-simple-1',
      'select-simple-8',
      'select-simple-32',
      'connect',
    ]);
  });

  it('is only what has just that name, where something has', () => {
    expect(names(chosen(CONTENDERS, ['haproxy']))).toEqual(['haproxy']);
  });

  it.each(['', 'selct', 'connect-2'])('is refused when nothing begins so: ‘%s’', (name) => {
    expect(() => chosen(WORKLOADS, [name])).toThrow(BenchError);
  });
});
