import { describe, expect, it } from 'vitest';
import { requestLines, requestRow } from '../../src/cli/request-view.ts';
import { rowsOf } from '../../src/core/rows.ts';
import { cellWidth } from '../../src/core/width.ts';
import { AGENT, request, START, TERMS } from '../tui/approve/samples.ts';

const shown = (text: string, width: number | null): readonly string[] =>
  rowsOf(requestLines(request('k7fd2qmx', { text }), START), width);

describe('a request as text', () => {
  it('begins no row of a terminal with what its statement says', () => {
    const rows = shown(`select 1 --${' '.repeat(67)}It would: select${' '.repeat(200)}digest   0000`, 80);
    expect(rows.filter((row) => /^(?:It would:|digest )/.test(row))).toHaveLength(2);
    expect(rows.every((row) => cellWidth(row) <= 80)).toBe(true);
    const text = rows.map((row) => row.replace(/^ {2}↪ /, '')).join('');
    expect(text).toContain(`It would: select${' '.repeat(200)}digest   0000`);
  });

  it('says where a command line would run', () => {
    const lines = requestLines(request('k7fd2qmx', { text: 'make install', directory: '/tmp/\u202eppa' }), START);
    expect(lines).toContain('Statement (12 bytes, in /tmp/<U+202E>ppa):');
  });

  it('shows what the client sets for it, below what it is set for', () => {
    const lines = requestLines(
      request('k7fd2qmx', { text: 'make', variables: ['CC=/tmp/\u202eppa', 'LANG=C'] }),
      START,
    );
    const at = lines.indexOf('With what the client sets:');
    expect(lines.slice(at - 1, at + 3)).toEqual([
      '  make',
      'With what the client sets:',
      '  CC=/tmp/<U+202E>ppa',
      '  LANG=C',
    ]);
    expect(requestLines(request('k7fd2qmx', { text: 'make' }), START)).not.toContain('With what the client sets:');
  });

  it('says what it takes to approve it, and who vouches for whom', () => {
    const fresh = { ...TERMS, stepUp: true, message: null };
    const lines = requestLines(request('k7fd2qmx', { identity: AGENT, terms: [fresh] }), START);
    expect(lines).toContain('  production, ask 1 (it takes a member of dba, after a fresh login)');
    expect(lines).toContain(
      'by       agent-7 (agent, https://idp.example.com) for Alice Adler (person, https://idp.example.com)',
    );
  });

  it('says in a list whom an agent acts for', () => {
    expect(requestRow(request('k7fd2qmx', { identity: AGENT }), START)).toContain('agent-7 for Alice Adler');
  });

  it('is not broken where no terminal is', () => {
    expect(shown('x'.repeat(500), null)).toContain(`  ${'x'.repeat(500)}`);
  });

  it('shows spaces that are letters, marks without a letter, and blanks that are none', () => {
    expect(shown('drop table a\u00a0b; \u0301\u2800', null)).toContain('  drop table a<U+00A0>b; <U+0301><U+2800>');
  });
});
