import { describe, expect, it } from 'vitest';
import { heldLines } from '../../../src/protocols/ssh/refuse.ts';
import { commandRequest, run } from '../../commands.ts';
import { request } from '../../tui/approve/samples.ts';

const held = (asked: string, expires: string, terminal = false): string =>
  heldLines(request('k7fd2qmx', { ...commandRequest('make', [run('make')]), asked, expires }), terminal).toString();

describe('what a client is told whose command is held', () => {
  it('is which request waits, until when, and how it is approved', () => {
    const lines = held('2026-03-01T10:05:00.000Z', '2026-03-01T10:15:00.123Z').split('\n');
    expect(lines.at(0)).toBe('hoopctl: held for approval: request k7fd2qmx');
    expect(lines).toContain('hoopctl: It is not run before a person approves it, until 10:15:00 UTC.');
    expect(lines.slice(-3)).toEqual([
      'hoopctl: Approve it in another terminal with: hoopctl approve k7fd2qmx',
      'hoopctl: Ctrl-C takes it back.',
      '',
    ]);
  });

  it('has the day where that is another one', () => {
    expect(held('2026-03-01T23:55:00.000Z', '2026-03-02T00:05:00.000Z')).toContain('until 2026-03-02 00:05:00 UTC.');
  });

  it('begins each line at the left of a terminal', () => {
    expect(held('2026-03-01T10:05:00.000Z', '2026-03-01T10:15:00.000Z', true).replaceAll('\r\n', '')).not.toContain(
      '\n',
    );
  });
});
