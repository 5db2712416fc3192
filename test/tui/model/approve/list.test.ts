import { describe, expect, it } from 'vitest';
import type { InboxEvent } from '../../../../src/core/inbox.ts';
import { ticked } from '../../../../src/tui/model/approve/fold.ts';
import { rowsOf } from '../../../../src/tui/model/approve/state.ts';
import { effort } from '../../../effort.ts';
import { ALICE, PREVIEW, request } from '../../approve/samples.ts';
import { Session } from '../../approve/session.ts';

function come(...ids: readonly string[]): readonly InboxEvent[] {
  return ids.map((id) => ({ type: 'request', request: request(id, {}, Number(id.slice(1))) }));
}

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `r${1000 + index}`);
const settled = (id: string): InboxEvent => ({ type: 'settled', request: id, outcome: 'expired' });

/** The row of the screen that the cursor is on. */
function cursorRow(session: Session): number {
  return rowsOf(session.state).indexOf(session.state.cursor.requests ?? '') - session.state.top.requests;
}

describe('the list of requests', () => {
  it('keeps the cursor on its request when others come and go above it', () => {
    const session = new Session().tell(...come('r10', 'r20', 'r30', 'r40')).press('down', 'down');
    expect(session.state.cursor.requests).toBe('r30');
    session.tell(...come('r5', 'r50'), settled('r10'));
    expect(session.state.cursor.requests).toBe('r30');
  });

  it('keeps the row under the cursor where it is on the screen, in a list that scrolls', () => {
    const session = new Session().tell(...come(...numbered(100))).press(...Array.from({ length: 50 }, () => 'down'));
    const row = cursorRow(session);
    session.tell(...numbered(10).map((id) => settled(id)));
    expect(session.state.cursor.requests).toBe('r1050');
    expect(cursorRow(session)).toBe(row);
    session.tell(...come('r1', 'r2', 'r3'));
    expect(cursorRow(session)).toBe(row);
  });

  it('keeps a request that is settled under the cursor in its place until the cursor leaves', () => {
    const session = new Session()
      .tell(...come('r10', 'r20', 'r30'))
      .press('down')
      .tell(settled('r20'));
    expect(rowsOf(session.state)).toEqual(['r10', 'r20', 'r30']);
    expect(session.text()).toContain('expired');
    session.press('down');
    expect(rowsOf(session.state)).toEqual(['r10', 'r30', 'r20']);
  });

  it('hides what is settled, and shows it again', () => {
    const session = new Session().tell(...come('r10', 'r20'), settled('r10'));
    expect(rowsOf(session.state)).toEqual(['r20', 'r10']);
    expect(rowsOf(session.press('o').state)).toEqual(['r20']);
    expect(rowsOf(session.press('o').state)).toEqual(['r20', 'r10']);
  });

  it('shows what matches: who asks, where, what it touches, its id', () => {
    const other = request('other', { identity: { ...ALICE, display: 'Zoe' }, effects: [] }, 5);
    const session = new Session().tell(...come('r10'), { type: 'request', request: other });
    expect(rowsOf(session.press('/').write('zoe').state)).toEqual(['other']);
    expect(session.state.cursor.requests).toBe('other');
    expect(rowsOf(session.press('escape').state)).toHaveLength(2);
    expect(rowsOf(session.press('/').write('app.customers').state)).toEqual(['r10']);
    expect(rowsOf(session.press('/').write('nothing of that kind').state)).toEqual([]);
    expect(session.text()).toContain('Nothing here matches');
  });

  it('counts the time down, and says who asks what of what', () => {
    const session = new Session().tell({ type: 'request', request: request('a', { preview: PREVIEW }) });
    expect(session.rows()[2]).toMatch(/10:00 +agent-7 for Alic… +pg-prod +delete EVERY ROW.* 23 rows 0:00/);
    session.state = ticked(session.state, session.now + 61_000);
    expect(session.rows()[2]).toMatch(/ 8:59 .* 1:01/);
  });

  it('is of use with ten thousand requests, a thousand of which come at once', () => {
    const session = new Session().tell(...come(...numbered(9000)));
    const spent = effort();
    session.tell(...come(...numbered(10_000).slice(9000)));
    session.press('G');
    session.text();
    expect(session.state.cursor.requests).toBe('r10999');
    expect(spent()).toBeLessThan(2000);
  });
});

describe('the detail', () => {
  it('stays where it is read when the preview comes', () => {
    const text = Array.from({ length: 100 }, (_, index) => `select ${index};`).join('\n');
    const session = new Session().tell({ type: 'request', request: request('a', { text }) });
    session.press('enter', 'space', 'space');
    const read = session.rows()[5];
    expect(read).toMatch(/select \d+/);
    session.tell({ type: 'request', request: request('a', { text, preview: PREVIEW }) });
    expect(session.rows()[5]).toBe(read);
  });

  it('stands beside the list where there is room, and is what pages scroll', () => {
    const session = new Session(140, 45).tell({
      type: 'request',
      request: request('a', { text: 'select 1;\n'.repeat(200) }),
    });
    expect(session.text()).toContain('WHAT WILL HAPPEN');
    expect(session.text()).toContain('LEFT');
    expect(session.press('space').state.scroll).toBeGreaterThan(0);
  });

  it('says how much is below, and when it is the end', () => {
    const session = new Session().tell({ type: 'request', request: request('a', { text: 'select 1;\n'.repeat(200) }) });
    expect(session.press('enter').text()).toMatch(/▼ \d+ lines below · [\d,]+ characters of it not yet seen/);
    expect(session.press('G').text()).toContain('─ the end');
  });
});
