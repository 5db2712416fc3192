import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalRequest } from '../../../src/core/request.ts';
import { drawn } from '../../../src/tui/model/approve/drawing.ts';
import { lineWidth } from '../../../src/tui/safe-text.ts';
import { hostileRequest, text } from './hostile.ts';
import { openedInbox } from './opened.ts';
import { request } from './samples.ts';
import { Session } from './session.ts';

/** The places where a request is shown: in the list, read to its end, as a question, while a text is typed. */
function* places(hostile: ApprovalRequest, columns: number, rows: number): Generator<Session> {
  const open = (): Session =>
    new Session(columns, rows)
      .tell({ type: 'request', request: hostile }, { type: 'request', request: request('other') })
      .wait();
  yield open();
  yield open().press('enter');
  yield open().press('enter', 'space', 'space');
  yield open().press('enter', 'G');
  yield open().press('enter', 'a');
  yield open().press('d');
  yield open().press('/');
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('a hostile request', { timeout: 120_000 }, () => {
  it('makes no row longer or shorter, no screen higher, and brings nothing onto it that a terminal obeys', () => {
    const size = fc.constantFrom(
      [80, 24] as const,
      [140, 45] as const,
      [40, 12] as const,
      [20, 5] as const,
      [1, 1] as const,
    );
    fc.assert(
      fc.property(hostileRequest, size, (hostile, [columns, rows]) => {
        for (const session of places(hostile, columns, rows)) {
          const screen = drawn(session.state);
          expect(screen).toHaveLength(rows);
          for (const row of screen) {
            expect(row.reduce((sum, { width }) => sum + width, 0)).toBe(columns);
            for (const { line } of row) for (const span of line) expect(span.text).not.toMatch(UNSAFE);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('cannot push what it would really do out of sight', () => {
    fc.assert(
      fc.property(hostileRequest, (hostile) => {
        const [list, detail, , end, question] = [...places(hostile, 80, 24)];
        expect(list?.rows()[2]).toContain('delete EVERY ROW');
        for (const session of [detail, end]) expect(session?.rows()[1]).toMatch(/^delete EVERY ROW of app\.customers/);
        expect(question?.text()).toContain('delete table EVERY ROW of app.customers');
        expect(question?.text()).toContain('Approve this?');
        expect(question?.text()).toContain('y approve');
      }),
      { numRuns: 40 },
    );
  });

  it('is drawn whole on a terminal that is asked to do nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(hostileRequest, async (hostile) => {
        const { stage, inbox, close } = openedInbox([hostile]);
        await stage.until((shown) => shown.includes('delete EVERY ROW'));
        await stage.type('\r');
        await stage.until((shown) => shown.includes('below'));
        const rows = stage.rows();
        expect(rows[0]).toMatch(/^ hoopctl \[Requests 1\] Grants 0/);
        expect(rows[1]).toMatch(/^delete EVERY ROW of app\.customers .* left$/);
        expect(rows.at(-1)).toMatch(/^ a approve {2}d deny .*\? help$/);
        expect(stage.deeds).toEqual([]);
        expect(inbox.replies).toEqual([]);
        await close();
      }),
      { numRuns: 15 },
    );
  });

  it('in a notice or a filter is as harmless as anywhere', () => {
    fc.assert(
      fc.property(text, (words) => {
        const session = new Session()
          .tell({ type: 'request', request: request('a') })
          .press('/')
          .write(words);
        session.state = { ...session.state, lost: words, notice: { text: words, tone: 'bad', until: Infinity } };
        for (const row of drawn(session.state)) {
          for (const { line } of row) for (const span of line) expect(span.text).not.toMatch(UNSAFE);
        }
      }),
    );
  });

  it('is cut to the screen, whatever it is made of', () => {
    const session = new Session(20, 5).tell({ type: 'request', request: request('a', { text: '漢'.repeat(500) }) });
    for (const row of drawn(session.press('enter').state)) {
      for (const { line } of row) expect(lineWidth(line)).toBeLessThanOrEqual(60);
    }
  });
});
