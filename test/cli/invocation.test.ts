import { describe, expect, it } from 'vitest';
import { Options } from '../../src/cli/invocation.ts';

const options = (values: Record<string, unknown>): Options => new Options(values);

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('%s is %i milliseconds', (text, milliseconds) => {
    expect(options({ ttl: text }).duration('ttl')).toBe(milliseconds);
  });

  it.each(['', '30', 'm', '-1m', '0s', '1h30m', '1e3s', ' 1s', '366d', 'Infinitys'])('is not %j', (text) => {
    expect(() => options({ ttl: text }).duration('ttl')).toThrow('--ttl takes a duration');
  });
});

describe('a whole number', () => {
  it('is taken within its bounds', () => {
    expect(options({ port: '5432' }).integer('port', 1, 65_535)).toBe(5432);
    expect(options({}).integer('port', 1, 65_535)).toBeNull();
  });

  it.each(['', '0', '65536', '1.5', '0x10', '1e3', '-1', ' 1', '99999999999999999999'])('is not %j', (text) => {
    expect(() => options({ port: text }).integer('port', 1, 65_535)).toThrow('--port takes a whole number');
  });
});

describe('an option', () => {
  it('is found by its name on the command line', () => {
    expect(options({ dryRun: true }).flag('dry-run')).toBe(true);
    expect(options({ dryRun: 'yes' }).flag('dry-run')).toBe(false);
    expect(options({ only: ['a', 'b'] }).list('only')).toEqual(['a', 'b']);
  });
});
