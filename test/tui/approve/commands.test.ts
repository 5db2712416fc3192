import { describe, expect, it } from 'vitest';
import { requestLines } from '../../../src/cli/request-view.ts';
import { documentOf } from '../../../src/tui/model/approve/document.ts';
import { textOf } from '../../../src/tui/safe-text.ts';
import { gist } from '../../../src/tui/model/words.ts';
import { commandRequest, opening, run, touch, UNKNOWN_COMMAND } from '../../commands.ts';
import { request, START } from './samples.ts';

const asked = (text: string, effects: Parameters<typeof commandRequest>[1]) =>
  request('k7fd2qmx', commandRequest(text, effects));

function document(text: string, effects: Parameters<typeof commandRequest>[1]): readonly string[] {
  return documentOf({ request: asked(text, effects), settled: null, answers: [] }, 100).rows.map(({ line }) =>
    textOf(line),
  );
}

const PURGE = [run('rm', ['-rf', '/srv/data']), touch('remove', '/srv/data', 'rm', { via: ['sudo'] })];

describe('a command that is asked for', () => {
  it('says first what it does, and what path it touches by way of what', () => {
    const lines = document('sudo rm -rf /srv/data', PURGE);
    const what = lines.findIndex((line) => line.includes('WHAT WILL HAPPEN'));
    expect(lines.slice(what + 1, what + 6)).toEqual([
      '  run rm -rf /srv/data',
      '  remove /srv/data',
      '      by rm',
      '      through sudo',
      '',
    ]);
  });

  it('speaks neither of a database, nor of rows, nor of a transaction', () => {
    const lines = document('sudo rm -rf /srv/data', PURGE).join('\n');
    expect(lines).toContain('ssh web-1.internal:22, as ops');
    expect(lines).not.toMatch(/database|transaction|not known \(yet\)|rows/);
  });

  it('has its text as it is: no clause, no keyword, every tab and carriage return made visible', () => {
    const text = 'psql -c "select a from b where c and d order by e limit 10 offset 20"\ttrue\r\n  echo done';
    const lines = document(text, [run('psql')]);
    const at = lines.findIndex((line) => line.startsWith('STATEMENT'));
    expect(lines.slice(at + 1, at + 3)).toEqual([
      '  psql -c "select a from b where c and d order by e limit 10 offset 20"<U+0009>true<U+000D>',
      '    echo done',
    ]);
  });

  it('that cannot be known before it runs says so', () => {
    expect(document('eval "$X"', [UNKNOWN_COMMAND])).toContain(
      '  run something unknown (cannot be known before it runs: it may do anything)',
    );
  });

  it('says where it would run, above what would', () => {
    const where = { ...asked('make install', [run('make', ['install'])]), directory: '/tmp/\u202eppa' };
    const { rows } = documentOf({ request: where, settled: null, answers: [] }, 100);
    const lines = rows.map(({ line }) => textOf(line));
    const at = lines.findIndex((line) => line.startsWith('STATEMENT'));
    expect(lines.slice(at + 1, at + 3)).toEqual(['  in /tmp/<U+202E>ppa', '  make install']);
  });

  it('shows whatever the client sets for it, whole and above it', () => {
    const long = `CC=${'x'.repeat(150)}.`;
    const set = { ...asked('make', [run('make')]), variables: [long, 'LANG=\u001b[8mC'] };
    const { rows } = documentOf({ request: set, settled: null, answers: [] }, 100);
    const lines = rows.map(({ line }) => textOf(line));
    const at = lines.findIndex((line) => line.startsWith('STATEMENT'));
    expect(lines.slice(at + 1, at + 5)).toEqual([
      expect.stringMatching(/^ {2}with CC=x+$/u),
      expect.stringMatching(/x\.$/u),
      '  with LANG=<U+001B>[8mC',
      '  make',
    ]);
    expect(lines.every((line) => line.length <= 100)).toBe(true);
  });

  it('reads the same in a list and as text', () => {
    expect(textOf(gist(PURGE, 60))).toBe('run rm -rf /srv/data +1');
    expect(textOf(gist([opening('forward', ['local', 'db:5432'])], 60))).toBe('forward to db:5432');
    const lines = requestLines(asked('sudo rm -rf /srv/data', PURGE), START);
    expect(lines).toContain('target   web-1 (ssh, ops@web-1.internal:22)');
    expect(lines).toContain('  remove /srv/data (by rm; through sudo)');
  });
});
