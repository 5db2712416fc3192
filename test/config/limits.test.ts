import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { type Limits, LIMITS } from '../../src/core/limits.ts';
import { inTarget, problems } from './examples.ts';

function limitsOf(line: string): Limits | undefined {
  return parseConfig(inTarget(line), 'f').targets.get('pg')?.limits;
}

const MIB = 1024 * 1024;

/** Every key, a value it does not have by itself, and what that means. */
const KEYS: readonly (readonly [key: string, written: string, limit: keyof Limits, value: number])[] = [
  ['connections', '7', 'connections', 7],
  ['unauthenticated', '8', 'unauthenticated', 8],
  ['login', '1s', 'login', 1000],
  ['connect', '2m', 'connect', 120_000],
  ['cancel', '1h', 'cancel', 3_600_000],
  ['startup_packet', '512B', 'startupPacket', 512],
  ['statement', '64KiB', 'statement', 65_536],
  ['client_message', '1GiB', 'clientMessage', 1024 * MIB],
  ['server_message', '3MiB', 'serverMessage', 3 * MIB],
  ['server_reply', '1KiB', 'serverReply', 1024],
  ['scram_iterations', '4096', 'scramIterations', 4096],
  ['prepared_statements', '4', 'preparedStatements', 4],
  ['prepared_size', '16GiB', 'preparedSize', 16 * 1024 * MIB],
  ['pipeline', '2000', 'pipeline', 2000],
  ['catalog_size', '1MiB', 'catalogSize', MIB],
  ['catalog_wait', '59s', 'catalogWait', 59_000],
  ['spares', '0', 'spares', 0],
  ['spare_age', '1m', 'spareAge', 60_000],
];

describe('the limits of a target', () => {
  it('are those that hold anyway where the file does not say otherwise', () => {
    expect(limitsOf('# nothing')).toEqual(LIMITS);
  });

  it.each(KEYS)('are moved by %s: %s, and nothing else is', (key, written, limit, value) => {
    expect(LIMITS[limit]).not.toBe(value);
    expect(limitsOf(`limits: { ${key}: ${written} }`)).toEqual({ ...LIMITS, [limit]: value });
  });

  it('have a key each', () => {
    expect(KEYS.map(([, , limit]) => limit).toSorted()).toEqual(Object.keys(LIMITS).toSorted());
  });

  it.each([
    ['none', 'limits: {}', '8:13 targets.pg.limits is empty: expected limits such as { connections: 100 }'],
    ['nothing', 'limits:', '8:12 targets.pg.limits is empty: expected limits such as { connections: 100 }'],
    ['a word', 'limits: none', '8:13 targets.pg.limits: expected limits such as { connections: 100 }, found text'],
    [
      'a key that is misspelt',
      'limits: { conections: 5 }',
      '8:15 unknown key "conections" in targets.pg.limits: did you mean "connections"?',
    ],
    [
      'a key in another spelling',
      'limits: { startupPacket: 1KiB }',
      '8:15 unknown key "startupPacket" in targets.pg.limits: did you mean "startup_packet"?',
    ],
    [
      'no connection',
      'limits: { connections: 0 }',
      '8:28 targets.pg.limits.connections: expected a whole number from 1 to 10000',
    ],
    ['half a connection', 'limits: { connections: 1.5 }', 'limits.connections: expected a whole number'],
    ['connections in words', 'limits: { connections: many }', 'limits.connections: expected a whole number'],
    ['no time', 'limits: { login: 0s }', '8:22 targets.pg.limits.login: expected a duration such as 30s, 10m or 1h'],
    ['a time without a unit', 'limits: { login: 15 }', 'targets.pg.limits.login: expected a duration'],
    ['a time that is no limit', 'limits: { login: 2h }', '8:22 targets.pg.limits.login is longer than 1h'],
    [
      'a size in other units',
      'limits: { client_message: 64MB }',
      '8:31 targets.pg.limits.client_message: expected a size from 1KiB to 1GiB: did you mean "64MiB"?',
    ],
    ['a size in short', 'limits: { statement: 64 k }', 'expected a size from 1KiB to 10MiB: did you mean "64KiB"?'],
    ['a size without a unit', 'limits: { statement: 4096 }', 'from 1KiB to 10MiB: did you mean "4096B"?'],
    ['a size in words', 'limits: { statement: large }', '8:26 targets.pg.limits.statement: expected a size from'],
    ['a size of nothing', 'limits: { statement: 0B }', 'targets.pg.limits.statement: expected a size from'],
    ['a size below zero', 'limits: { statement: -1KiB }', 'targets.pg.limits.statement: expected a size from'],
    ['a size that is yes', 'limits: { statement: true }', 'expected a size from 1KiB to 10MiB, found true or false'],
    ['a size that is left out', 'limits: { statement: }', 'targets.pg.limits.statement is empty: expected a size'],
    [
      'a message that the record could not hold',
      'limits: { server_reply: 11MiB }',
      '8:29 targets.pg.limits.server_reply: expected a size from 1KiB to 10MiB',
    ],
    [
      'a pipeline that could wait for ever',
      'limits: { pipeline: 100 }',
      'targets.pg.limits.pipeline: expected a whole number from 2000 to 1000000',
    ],
  ])('cannot be %s', (_what, line, expected) => {
    const [problem, ...more] = problems(inTarget(line));
    expect(problem).toContain(expected);
    expect(more).toEqual([]);
  });
});
