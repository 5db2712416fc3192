import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../src/record/event.ts';
import { ReplayRenderer } from '../../src/record/replay.ts';
import {
  ANSWER,
  BOB,
  DRY_RUN,
  requestEvent,
  settledEvent,
  TERMS,
  terminalEvent,
  endedWith,
  shownBy,
  writtenBy,
} from './approvals.ts';
import { HOSTILE, INVISIBLE } from './hostile.ts';

function lines(...events: readonly StoredEvent[]): string[] {
  const renderer = new ReplayRenderer({ decode: () => [] });
  return events
    .flatMap((event, number) => renderer.render({ number, offsetMicros: 0, event }))
    .flatMap((one) => one.lines);
}

const preview = (overrides: object): StoredEvent => ({
  type: 'preview',
  connection: 1,
  request: 'k7m2p9qx',
  preview: { estimate: null, dryRun: null, withheld: null, ...overrides },
});

describe('a request in a replay', () => {
  test('says who is asked, how long, and how it may be overridden', () => {
    expect(lines(requestEvent(4))).toEqual([
      '  #4 held: request k7m2p9qx, until 2026-01-01T00:10:00.000Z',
      '  asked by production, ask 1: 2 members of dba or leads, within 10 min, logged in anew, or, in an emergency, a member of oncall: writes want a second pair of eyes',
    ]);
    const terms = {
      ...TERMS,
      index: null,
      approvers: 'self',
      within: 90_500,
      stepUp: false,
      breakGlass: null,
      message: null,
    } as const;
    expect(lines(requestEvent(4, 'a', [terms]))[1]).toBe(
      '  asked by production, default: whoever opened the session, within 90.5 s',
    );
  });

  test('says what it would do: rows, tables, and some of the rows before and after', () => {
    expect(lines(preview({ estimate: 4, dryRun: DRY_RUN }))).toEqual([
      '  request k7m2p9qx would do:',
      '    expected rows: about 4',
      '    on trial: 3 rows, an undo script can be kept',
      '    app.customers +0 ~3 -0',
      '    app.audit +3 ~0 -1',
      '      │ id │ plan',
      '    ──┼────┼─────',
      '    - │ 1  │ free',
      '    + │ 1  │ paid',
      '    + │ 4  │ ∅',
      '    - │ 9  │ free',
    ]);
    expect(lines(preview({ withheld: 'it calls code' }))[1]).toBe('    not run on trial: it calls code');
    expect(lines(preview({}))[1]).toBe('    nothing is known of what it would do');
  });

  test('says who answered what, for what reason and how far it reaches', () => {
    expect(lines({ type: 'answer', connection: 1, answer: ANSWER })).toEqual([
      '  request k7m2p9qx approved by Bob (person, https://idp.example.com), 5 times, until 2026-01-01T00:30:00.000Z, only with the effect that was shown: ticket 4711',
    ]);
    const by = { ...BOB, verified: false, actsFor: { ...BOB, display: 'Ada' } };
    const answer = {
      ...ANSWER,
      verdict: 'deny',
      breakGlass: true,
      reason: null,
      by,
    } as const;
    expect(lines({ type: 'answer', connection: 1, answer })).toEqual([
      '  request k7m2p9qx break-glass: denied by Bob (person, https://idp.example.com, not verified) for Ada (person, https://idp.example.com)',
    ]);
  });

  test('says how it ended, and what ran under it', () => {
    expect(
      lines(
        settledEvent(4, 'changed'),
        { type: 'granted', connection: 1, statement: 9, request: 'k7m2p9qx', use: 2 },
        { type: 'revoked', request: 'k7m2p9qx', by: BOB, reason: 'enough' },
      ),
    ).toEqual([
      '  #4 request k7m2p9qx is over: what it would do has changed: it was not sent',
      '  #9 runs under request k7m2p9qx (use 2)',
      '  request k7m2p9qx revoked by Bob (person, https://idp.example.com): enough',
    ]);
  });

  test('shows nothing that acts, hides or reorders, whoever wrote it (R41, R45)', () => {
    const text = `a${HOSTILE}`;
    const by = { ...BOB, display: text, issuer: text };
    const sample = { columns: [text], rows: [{ before: [text], after: null }] };
    const tables = [{ schema: text, name: text, inserted: 0, updated: 0, deleted: 0 }];
    const shown = lines(
      {
        ...requestEvent(1, text, [
          { ...TERMS, policy: text, approvers: { groups: [text], subjects: [], emails: [], count: 1 }, message: text },
        ]),
        expires: text,
      },
      preview({ withheld: text }),
      preview({ dryRun: { ...DRY_RUN, sample, tables } }),
      { type: 'answer', connection: 1, answer: { ...ANSWER, request: text, by, reason: text, until: text } },
      settledEvent(1, 'denied', text),
      { type: 'granted', connection: 1, statement: 1, request: text, use: 1 },
      { type: 'revoked', request: text, by, reason: text },
      terminalEvent(text),
      terminalEvent(text, 'input'),
    );
    expect(shown.length).toBeGreaterThan(12);
    for (const line of shown) expect(line).not.toMatch(INVISIBLE);
  });
});

describe('a terminal in a replay', () => {
  test('is its letters, line by line, however its sequences were cut', () => {
    expect(
      lines(
        { type: 'resize', connection: 1, columns: 80, rows: 24 },
        terminalEvent('\u001b]0;owned\u0007\u001b[3'),
        terminalEvent('2m$ \u001b[0m'),
        terminalEvent('lx\bs\r', 'input'),
        terminalEvent('10%\r100%\r\n\u001b(0x\u001b(B\r\n'),
      ),
    ).toEqual(['  terminal of 80 by 24', '  | $ ', '  < ls', '  | 10%', '  | 100%', '  | x']);
  });

  test('is told from others on the same connection, with lines that are whole however slowly they come', () => {
    expect(
      lines(
        shownBy(4, 'l'),
        shownBy(4, 's\r\n$ '),
        writtenBy(7, 'one\ntw'),
        writtenBy(7, 'o\n'),
        writtenBy(7, 'no such file\n', 'errors'),
        shownBy(4, 'pw'),
        endedWith(7, 'exit 1'),
        shownBy(4, 'd'),
        { type: 'close', connection: 1, cause: 'client' },
      ),
    ).toEqual([
      '  #4 | ls',
      '  #4 | $ ',
      '  #7 | one',
      '  #7 | two',
      '  #7 ! no such file',
      '  #4 | pw',
      '  #7 exit 1',
      '  #4 | d',
      'connection 1 closed: client',
    ]);
  });
});
