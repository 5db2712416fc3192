import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { archiveOf } from '../../../src/cli/archive.ts';
import { recordPath } from '../../../src/record/layout.ts';
import { newSessionId } from '../../../src/record/session-id.ts';
import { Browser } from '../../../src/tui/model/sessions/browser.ts';
import { SessionsView } from '../../../src/tui/views/sessions/sessions-view.tsx';
import { stateDirectory } from '../../record/fixtures.ts';
import { HOSTILE_PARTS, hostileRecord } from '../replay/hostile.ts';
import { taleHeader, tell } from '../replay/tale.ts';
import { play, type PlayOptions } from '../stage.ts';

function browse(state: string, options: PlayOptions = {}) {
  const browser = new Browser(archiveOf(state));
  return play<boolean>((done) => <SessionsView browser={browser} onLeave={() => done(true)} />, options);
}

/** Three records, the newest first: of `warehouse`, of `pg-prod`, and one that is damaged. */
async function store(): Promise<string> {
  const state = stateDirectory();
  const damaged = newSessionId(Date.UTC(2025, 11, 1));
  const { target } = taleHeader();
  await tell(
    state,
    taleHeader({ session: newSessionId(Date.UTC(2026, 0, 2)), target: { ...target, name: 'warehouse' } }),
  );
  await tell(state, taleHeader({ session: newSessionId(Date.UTC(2026, 0, 1)) }));
  writeFileSync(recordPath(state, damaged), 'this is no record at all, however long it may be'.repeat(4));
  return state;
}

describe('the screen of all sessions', () => {
  it('lists them, replays the chosen one, and is back at it afterwards', async () => {
    const { stage, result } = browse(await store());
    const text = await stage.until((shown) => shown.includes('damaged'));
    expect(text).toMatch(/2026-01-01 09:00 +warehouse +reporting-agent.* +ended +\d+ +2/);
    expect(text).toContain('reason   ticket 4711: monthly report');
    await stage.type('j');
    await stage.type('\r');
    await stage.until((shown) => shown.startsWith(' pg-prod · reporting-agent'));
    await stage.type('d');
    await stage.until((shown) => shown.includes('✗ refused by production'));
    await stage.type('q');
    await stage.until((shown) => shown.startsWith(' sessions') && shown.includes('pg-prod (postgres'));
    await stage.type('q');
    expect(await result).toBe(true);
  });

  it('narrows the list as a filter is typed, and widens it again', async () => {
    const { stage } = browse(await store());
    await stage.until((text) => text.includes('damaged'));
    await stage.type('/');
    await stage.type('target:ware');
    await stage.until((text) => text.includes('1 of 3') && !text.includes('damaged'));
    await stage.type('\r');
    await stage.type('\u001b');
    await stage.until((text) => text.includes('damaged'));
    await stage.type('r');
    await stage.until((text) => text.includes('2 of 3'));
    await stage.type('/');
    await stage.type(' text:"1 / 0"');
    await stage.until((text) => text.includes('2 of 3') && !text.includes('searching'));
    await stage.type('nope');
    await stage.until((text) => text.includes('0 of 3'));
  });

  it('says of a record that cannot be opened what to try, and goes on', async () => {
    const { stage } = browse(await store());
    await stage.until((text) => text.includes('damaged'));
    await stage.type('G');
    await stage.type('\r');
    await stage.until((text) => text.includes('the record is damaged') && text.startsWith(' sessions'));
  });

  it('says so when there is none', async () => {
    const { stage } = browse(stateDirectory());
    await stage.until((text) => text.includes('No session is on record.'));
    await stage.type('\r');
    await stage.type('G');
    await stage.until((text) => text.includes('No session is on record.'));
  });

  it.each([
    [80, 24],
    [160, 50],
    [20, 5],
    [8, 2],
    [1, 1],
  ])('fills %i by %i and nothing more', async (columns, rows) => {
    const { stage } = browse(await store(), { columns, rows });
    for (const key of ['j', 'G', '?', '?', 'r', '/', 'x', '\r']) await stage.type(key);
    expect(stage.rows()).toHaveLength(rows);
    expect(stage.terminal.buffer.active.baseY).toBe(0);
  });

  it('does nothing to the terminal, whatever its records say', async () => {
    const state = stateDirectory();
    await hostileRecord(state, HOSTILE_PARTS.join(''));
    for (const columns of [80, 160, 30]) {
      const { stage } = browse(state, { columns });
      await stage.until((text) => text.includes('ended') || text.includes('U+001B'));
      for (const key of ['j', '/', 'owned', '\r', '\r', 'd', 'j', 'G']) await stage.type(key);
      expect(stage.deeds).toEqual([]);
      expect(stage.alternate).toBe(true);
    }
  });
});
