import { describe, expect, it } from 'vitest';
import { printTable } from '../../src/cli/table.ts';
import { Terminal } from '../../src/cli/terminal.ts';
import { captured } from './streams.ts';

describe('colour', () => {
  it('is for terminals', () => {
    expect(new Terminal(captured(80).streams, {}).style('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(new Terminal(captured().streams, {}).style('red', 'x')).toBe('x');
  });

  it('stays out where NO_COLOR is set or the terminal is dumb', () => {
    expect(new Terminal(captured(80).streams, { NO_COLOR: '1' }).style('red', 'x')).toBe('x');
    expect(new Terminal(captured(80).streams, { TERM: 'dumb' }).style('red', 'x')).toBe('x');
    expect(new Terminal(captured(80).streams, { NO_COLOR: '' }).style('red', 'x')).not.toBe('x');
  });
});

describe('a JSON document', () => {
  it('means the same and holds nothing that a terminal might obey', () => {
    const { streams, stdout } = captured();
    const value = { text: 'a\u001b]0;x\u0007\u009b31m\u202eb' };
    new Terminal(streams, {}).json(value);
    expect(stdout()).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
    expect(JSON.parse(stdout())).toEqual(value);
  });
});

describe('a table', () => {
  const rows = [
    ['pg-prod', 'a very long description that does not fit'],
    ['漢字', 'short'],
  ];

  it('is whole where nobody looks', () => {
    const { streams, stdout } = captured();
    printTable(new Terminal(streams, {}), ['name', 'what'], rows);
    expect(stdout()).toBe('NAME     WHAT\npg-prod  a very long description that does not fit\n漢字     short\n');
  });

  it('fits the terminal, whatever its width', () => {
    for (const columns of [20, 24, 30, 60]) {
      const { streams, stdout } = captured(columns);
      printTable(new Terminal(streams, { NO_COLOR: '1' }), ['name', 'what'], rows);
      for (const line of stdout().trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('shows what could play with the terminal as text', () => {
    const { streams, stdout } = captured();
    printTable(new Terminal(streams, {}), ['name'], [['a\u001b]0;x\u0007\u202eb\n']]);
    expect(stdout()).not.toMatch(/[\u001b\u0007\u202e]/);
    expect(stdout().trimEnd().split('\n')).toHaveLength(2);
  });
});
