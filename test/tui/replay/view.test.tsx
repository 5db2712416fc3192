import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Player } from '../../../src/tui/model/replay/player.ts';
import { Script } from '../../../src/tui/model/replay/script.ts';
import { ReplayView } from '../../../src/tui/views/replay/replay-view.tsx';
import { stateDirectory } from '../../record/fixtures.ts';
import { play, type PlayOptions } from '../stage.ts';
import { HOSTILE_PARTS, hostileRecord, LAST } from './hostile.ts';
import { recordingIn } from './opened.ts';
import { tell } from './tale.ts';

async function watch(state: string, session: string, options: PlayOptions = {}) {
  const player = new Player(new Script(await recordingIn(state, session)));
  await player.open();
  const played = play<boolean>((done) => <ReplayView player={player} onLeave={() => done(true)} />, options);
  return { ...played, player };
}

async function watchTale(options: PlayOptions = {}) {
  const state = stateDirectory();
  return watch(state, await tell(state), options);
}

describe('the screen of a replay', () => {
  it('shows the steps, what the chosen one holds and a timeline, and is left with q', async () => {
    const { stage, result } = await watchTale();
    await stage.until((text) => text.includes('reason  ticket 4711'));
    await stage.type('n');
    const text = await stage.until((shown) => shown.includes('FROM app.customers c\n'));
    expect(text).toMatch(/^ pg-prod · reporting-agent for Ada · 2026-01-01 09:00:00Z/);
    expect(text).toMatch(/0:07\.503 ✗ DROP TABLE app\.customers +refused/);
    expect(text).toMatch(/‖ ●.*✗.*0:01\.500 \/ 1:5/);
    await stage.type('q');
    expect(await result).toBe(true);
  });

  it('moves by keys: to denials, by time, through what a step holds, and to the side', async () => {
    const { stage } = await watchTale();
    await stage.type('d');
    await stage.until((text) => text.includes('✗ refused by production, deny 1'));
    await stage.type('D');
    await stage.until((text) => text.includes('no denial before this one'));
    await stage.type('g');
    await stage.type('n');
    await stage.type('\r');
    await stage.until((text) => text.includes('1–20 of') && text.includes('Customer 5'));
    await stage.type('\u001b[F');
    await stage.until((text) => text.includes('SELECT 40'));
    await stage.type('w');
    await stage.type('\u001b[H');
    await stage.until((text) => text.includes('id │ name') && text.includes('→'));
    for (let step = 0; step < 5; step += 1) await stage.type('\u001b[C');
    await stage.until((text) => text.includes('before nine'));
    await stage.type('q');
    await stage.type('t');
    await stage.until((text) => text.includes('go to'));
    await stage.type('0:08');
    await stage.type('\r');
    await stage.until((text) => text.includes('0:08.000 /'));
    await stage.type('t');
    await stage.type('soon');
    await stage.type('\r');
    await stage.until((text) => text.includes('“soon” is no time and no event'));
  });

  it('searches, and searches on', async () => {
    const { stage } = await watchTale();
    await stage.type('/');
    await stage.until((text) => text.includes('search:'));
    await stage.type('app.orders');
    await stage.type('\r');
    await stage.until((text) => text.includes('#2 of'));
    await stage.type('f');
    await stage.until((text) => text.includes('k3m9x2p7'));
  });

  it('plays to the end', async () => {
    const { stage, player } = await watchTale();
    await stage.until((text) => text.includes('‖'));
    for (let notch = 0; notch < 8; notch += 1) await stage.type('+');
    await stage.type(' ');
    await stage.until((text) => text.includes('▶') || !player.state().playing);
    await stage.until((text) => text.includes('‖') && text.includes('ended 2026'));
  });

  it.each([
    [80, 24],
    [140, 45],
    [200, 10],
    [40, 60],
    [20, 5],
    [10, 3],
    [3, 2],
    [1, 1],
  ])('fills %i by %i and nothing more, without a colour, too', async (columns, rows) => {
    for (const env of [{}, { NO_COLOR: '1' }]) {
      const { stage, player } = await watchTale({ columns, rows, env });
      for (const key of ['n', 'd', '\r', 'j', '?', 'j', '?', 'q', '\t', 'G', 'g', '/', 'x']) await stage.type(key);
      await player.move(0);
      expect(stage.rows()).toHaveLength(rows);
      expect(stage.terminal.buffer.active.baseY).toBe(0);
      expect(stage.deeds).toEqual([]);
    }
  });

  it('follows the size of its terminal', async () => {
    const { stage } = await watchTale();
    await stage.until((text) => text.includes('── #0 ─'));
    stage.resize(140, 45);
    await stage.until((text) => /│ ── #0 ─/.test(text));
    stage.resize(20, 5);
    await stage.until((text) => !text.includes('── #0'));
    stage.resize(80, 24);
    await stage.until((text) => text.includes('\n── #0 ─'));
  });
});

describe('a hostile record', () => {
  /** Goes to every step, at every zoom, and says what the terminal was made to do. */
  async function tour(text: string, options: PlayOptions = {}) {
    const state = stateDirectory();
    const watched = await watch(state, await hostileRecord(state, text), options);
    const { stage, player } = watched;
    await player.move(0);
    const seen: string[] = [];
    for (let step = 0; step < 8; step += 1) {
      for (const key of ['j', '\r', 'w', 'G', 'g', 'w', '\r']) {
        await stage.type(key);
        await player.move(0);
        seen.push(stage.text());
      }
    }
    await stage.type('/');
    await stage.type(text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ''));
    expect(stage.deeds).toEqual([]);
    expect(stage.alternate).toBe(true);
    expect(stage.terminal.modes).toMatchObject({
      mouseTrackingMode: 'none',
      bracketedPasteMode: true,
      originMode: false,
    });
    await stage.type('\u001b');
    watched.controller.abort();
    await watched.result;
    return { ...watched, seen };
  }

  it.each(HOSTILE_PARTS.map((part) => [JSON.stringify(part), part]))(
    'that holds %s in every field does nothing to the terminal',
    async (_, part) => {
      const { stage, seen } = await tour(part);
      expect(seen.join('')).toContain(LAST);
      expect(stage.deeds).toEqual([]);
    },
  );

  it('of any of that, in any order, does nothing to the terminal either', async () => {
    const texts = fc.array(fc.oneof(fc.constantFrom(...HOSTILE_PARTS), fc.string({ unit: 'binary', maxLength: 8 })), {
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.constantFrom([80, 24], [30, 8], [130, 40]),
        async (parts, [columns = 80, rows = 24]) => {
          await tour(parts.join(''), { columns, rows });
        },
      ),
      { numRuns: 10 },
    );
  });

  it('cannot push what matters out of sight with a megabyte of padding', async () => {
    const state = stateDirectory();
    const { stage } = await watch(state, await hostileRecord(state, `x${' '.repeat(1_000_000)}\n\n\n`));
    await stage.type('d');
    await stage.until((text) => text.includes('✗ refused by'));
    await stage.type('\r');
    await stage.type('\u001b[F');
    await stage.until((text) => text.includes(LAST));
  });
});
