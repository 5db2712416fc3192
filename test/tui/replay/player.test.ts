import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Masked } from '../../../src/core/guard.ts';
import { Chapters } from '../../../src/record/chapters.ts';
import { openSessionSource } from '../../../src/record/source.ts';
import { MARKS } from '../../../src/tui/model/replay/marks.ts';
import { stepLine } from '../../../src/tui/model/replay/step-line.ts';
import { pageOf } from '../../../src/tui/model/replay/page.ts';
import type { Player } from '../../../src/tui/model/replay/player.ts';
import { textOf } from '../../../src/tui/safe-text.ts';
import { effort } from '../../effort.ts';
import { stateDirectory } from '../../record/fixtures.ts';
import { endedWith, shownBy, writtenBy } from '../../record/approvals.ts';
import { playerIn } from './opened.ts';
import { answered, begin, DENIED, said, tell, type Writing } from './tale.ts';

let player: Player;

beforeEach(async () => {
  const state = stateDirectory();
  player = await playerIn(state, await tell(state));
});

/** The chosen step's row, and where it is. */
function chosen(of = player): string {
  const row = of.state().rows[of.state().chosen];
  return `#${row?.step.number} ${row?.text}`;
}

function page(of = player, wide = false): string {
  const { detail, whole, headMicros } = of.state();
  if (detail === null) throw new Error('nothing is shown');
  const drawn = pageOf(detail, { width: 76, untilMicros: whole ? null : headMicros, wide });
  return Array.from({ length: drawn.rows }, (_, index) => textOf(drawn.line(index)).trimEnd()).join('\n');
}

describe('a replay', () => {
  it('starts with who it was, and why', () => {
    expect(chosen()).toMatch(/^#0 session/);
    expect(page()).toContain('reason  ticket 4711: monthly report');
    expect(player.state().rows).toHaveLength(8);
  });

  it('has what a terminal showed on a row of its own, lines behind each other', async () => {
    const state = stateDirectory();
    const writing = await begin(state);
    const text = '\u001b[1mbuilding\u001b[0m\r\n  done\r\n' as Masked<string>;
    writing.recorder.append({ type: 'resize', connection: 0, columns: 100, rows: 30 });
    writing.recorder.append({ type: 'terminal', connection: 0, stream: 'output', text });
    await writing.recorder.close('client');
    const shown = await playerIn(state, writing.session);
    await shown.toLast();
    const rows = shown.state().rows.map((row) => row.text);
    expect(rows).toContain('terminal of 100 by 30');
    expect(rows).toContain('shown building done');
  });

  it('has what each command wrote with the command, how it ended, and every terminal for itself', async () => {
    const state = stateDirectory();
    const { recorder, session, clock } = await begin(state);
    const tell = (event: Parameters<typeof recorder.append>[0]): number => {
      clock.wait(10);
      return recorder.append(event);
    };
    tell({ type: 'open', connection: 1, application: 'OpenSSH', peer: 'local' });
    const [one, make, two] = [tell(said('shell')), tell(said('make')), tell(said('shell'))];
    for (const statement of [one, two]) tell({ type: 'resize', connection: 1, statement, columns: 40, rows: 5 });
    tell(shownBy(one, 'first$ '));
    tell(shownBy(two, 'second$ '));
    tell(writtenBy(make, '\u001b[1mcompiling\u001b[0m\n'));
    tell(writtenBy(make, 'no rule\n', 'errors'));
    tell({
      type: 'transfer',
      connection: 1,
      statement: make,
      direction: 'out',
      path: '/srv/a',
      bytes: 5,
      sha256: 'ab',
      complete: true,
    });
    tell(endedWith(make, 'exit 2'));
    const seen = tell(shownBy(one, 'ls'));
    tell(endedWith(one, 'signal HUP'));
    await recorder.close('client');
    const shown = await playerIn(state, session, 30);
    await shown.toEvent(make);
    expect(page(shown)).toMatch(/\| compiling\n! no rule\n\n.*read from \/srv\/a: 5 bytes, SHA-256 ab\n.*exit 2/s);
    const rows = shown.state().rows.map((row) => textOf(stepLine(row, 100)));
    expect(rows.find((row) => row.includes('make'))).toMatch(/! make +exit 2 {2}/);
    expect(rows.filter((row) => row.includes('shell'))[0]).toMatch(/! shell +signal HUP {2}/);
    await shown.toEvent(seen);
    expect(chosen(shown)).toBe(`#${seen} #${one} shown ls`);
    expect(page(shown).trimEnd()).toBe('first$ ls');
    await shown.toFirst();
    await shown.find({ kind: 'text', text: 'second' }, 1);
    expect(page(shown).trimEnd()).toBe('second$');
    await shown.toLast();
    await shown.find({ kind: 'text', text: 'no rule' }, -1);
    expect(chosen(shown)).toBe(`#${make} make`);
    await shown.find({ kind: 'error' }, -1);
    expect(chosen(shown)).toBe(`#${one} shell`);
  });

  it('goes from statement to statement, and says when there is none', async () => {
    await player.find({ kind: 'statement' }, 1);
    expect(chosen()).toMatch(/^#2 SELECT c\.id/);
    await player.find({ kind: 'statement' }, 1);
    expect(chosen()).toBe('#6 DROP TABLE app.customers');
    await player.find({ kind: 'statement' }, -1);
    await player.find({ kind: 'statement' }, -1);
    expect(chosen()).toMatch(/^#2/);
    expect(player.state().message).toBe('no statement before this one');
  });

  it('jumps to denials by policy and by people, to requests and to errors', async () => {
    await player.find({ kind: 'refusal' }, 1);
    expect(chosen()).toBe('#6 DROP TABLE app.customers');
    await player.find({ kind: 'refusal' }, 1);
    expect(chosen()).toContain('DELETE FROM app.orders');
    await player.find({ kind: 'request' }, -1);
    expect(chosen()).toContain('UPDATE app.customers');
    await player.find({ kind: 'error' }, 1);
    expect(chosen()).toContain('SELECT 1 / 0');
  });

  it('shows a statement in full, with its result, its verdict and how long it took', async () => {
    await player.find({ kind: 'statement' }, 1);
    expect(page()).toContain('✓ allowed by production, default');
    expect(page()).toContain("  WHERE c.city = 'Łódź'\n    AND o.total BETWEEN 10 AND 200");
    expect(page()).toMatch(/id │ name +│ email +│ city │ notes/);
    expect(page()).toMatch(/40 │ Customer 40 │/);
    expect(page()).toContain('∅');
    expect(page()).toContain('SELECT 40');
    expect(page()).not.toContain('before nine');
    expect(page(player, true)).toContain('before nine');
  });

  it('shows why a statement was refused', async () => {
    await player.find({ kind: 'refusal' }, 1);
    expect(page()).toContain('✗ refused by production, deny 1\nschema changes go through migrations');
    expect(page()).toContain('ERROR 42501');
  });

  it('shows a request with what it would have done, who answered, and what came of it', async () => {
    await player.find({ kind: 'request' }, 1);
    const text = page();
    expect(text).toContain('request k3m9x2p7');
    expect(text).toContain('on trial: 12 rows, an undo script can be kept');
    expect(text).toContain('app.customers +0 ~12 -0');
    expect(text).toMatch(/\+41\.40s +request k3m9x2p7 approved by Grace/);
    expect(text).toContain('UPDATE 12');
    expect(player.state().rows[player.state().chosen]?.step.outcome.rows).toBe(12);
  });

  it('finds the text of what was prepared before', async () => {
    await player.toEvent(12);
    expect(chosen()).toContain('SELECT name FROM app.customers WHERE id = $1');
    expect(page()).toContain("$1 = '7'");
  });

  it('marks what would not be seen', async () => {
    await player.find({ kind: 'error' }, 1);
    expect(page()).toContain('<U+202E>gnp<U+202C>');
    expect(page()).toContain('notice 00000: about to divide');
  });

  it('shows at a moment only what had happened by then', async () => {
    await player.find({ kind: 'request' }, 1);
    const asked = player.state().rows[player.state().chosen]?.step.offsetMicros ?? 0;
    await player.seek(asked + 1_000_000);
    expect(chosen()).toContain('UPDATE app.customers');
    expect(page()).toContain('on trial');
    expect(page()).not.toContain('approved');
    await player.seek(asked + 42_000_000);
    expect(page()).toContain('approved');
  });

  it('plays at its speed, shortens pauses, and holds at the end', async () => {
    await player.toggle();
    await player.tick(1_600_000);
    expect(chosen()).toMatch(/^#2/);
    // Six seconds in which nothing happens: no more than two of them are waited for.
    await player.tick(500_000);
    expect(player.state().headMicros).toBeGreaterThanOrEqual(5_503_000);
    player.hurry(1);
    expect(player.state().speed).toBe(2);
    for (let tick = 0; tick < 100 && player.state().playing; tick += 1) await player.tick(1_000_000);
    expect(player.state().playing).toBe(false);
    expect(chosen()).toMatch(/ended/);
    await player.toggle();
    expect(chosen()).toMatch(/^#0/);
  });

  it('searches statements, results and outcomes, in both directions', async () => {
    await player.find({ kind: 'text', text: 'DIVISION by' }, 1);
    expect(chosen()).toContain('SELECT 1 / 0');
    await player.find({ kind: 'text', text: 'customer 39' }, -1);
    expect(chosen()).toMatch(/^#2/);
    await player.find({ kind: 'text', text: 'not on a friday' }, 1);
    expect(chosen()).toContain('DELETE FROM app.orders');
    await player.find({ kind: 'text', text: 'nowhere' }, 1);
    expect(player.state().message).toBe('no match after this one');
  });

  it('keeps the chosen step in sight, from the first to the last and back by pages', async () => {
    await player.toLast();
    expect(player.state().chosen).toBe(7);
    await player.move(-100);
    expect(chosen()).toMatch(/^#0/);
    await player.move(7);
    expect(player.state().chosen).toBe(7);
    await player.move(1);
    expect(player.state().chosen).toBe(7);
    expect(player.state().rows).toHaveLength(8);
  });

  it('learns where on its timeline what happened', async () => {
    await player.learn(AbortSignal.timeout(20_000), () => setImmediate());
    const { timeline, recording } = player.script;
    const cells = timeline.cells(60, recording.extent.offsetMicros);
    expect(cells.filter((marks) => (marks & MARKS.refusal) !== 0)).toHaveLength(2);
    expect(cells.filter((marks) => (marks & MARKS.error) !== 0).length).toBeGreaterThan(0);
  });
});

describe('a replay of a session that goes on', () => {
  it('goes on with it when it stands at its end, and stays where it is otherwise', async () => {
    const state = stateDirectory();
    const writing = await begin(state);
    await write(writing, 'SELECT 1');
    const live = await playerIn(state, writing.session);
    const controller = new AbortController();
    const learning = live.learn(controller.signal, () => setImmediate());
    await live.toLast();
    expect(chosen(live)).toContain('SELECT 1');
    await write(writing, 'SELECT 2');
    await reached(live, 'SELECT 2');
    await live.toFirst();
    await write(writing, 'SELECT 3');
    await writing.recorder.close('client');
    await learning;
    expect(chosen(live)).toMatch(/^#0/);
    expect(live.state().rows.at(-1)?.text).toContain('ended');
  });
});

async function write(writing: Writing, text: string): Promise<void> {
  await answered(writing, said(text), ['a'], [['1']]);
  await writing.recorder.flush();
}

function reached(live: Player, text: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = live.subscribe(() => {
      if (!chosen(live).includes(text)) return;
      stop();
      resolve();
    });
  });
}

describe('a long record', () => {
  it('opens within a second and goes anywhere within a tenth of one, three times over', async () => {
    const state = stateDirectory();
    const writing = await begin(state);
    for (let index = 0; index < 25_000; index += 1) {
      const decision = index % 5000 === 4999 ? { decision: DENIED } : {};
      const statement = await answered(writing, said(`SELECT ${index}`, decision), ['a'], [[`row ${index}`]]);
      if (statement % 512 === 0) await writing.recorder.flush();
    }
    await writing.recorder.close('client');
    const spent = effort();
    const long = await playerIn(state, writing.session, 40);
    expect(spent()).toBeLessThan(3000);
    const { extent } = long.script.recording;
    expect(extent.events).toBeGreaterThan(100_000);
    const took: number[] = [];
    for (const share of [0.5, 0.01, 0.99, 0.25, 0.75, 0.33, 0.66, 0.1, 0.9, 1]) {
      const spent = effort();
      await long.seek(share * extent.offsetMicros);
      took.push(spent());
      const at = long.state().rows[long.state().chosen]?.step.offsetMicros ?? -1;
      expect(Math.abs(at - share * extent.offsetMicros)).toBeLessThan(10_000);
    }
    expect(took.toSorted((a, b) => a - b)[5]).toBeLessThan(300);
    await long.toFirst();
    await long.find({ kind: 'refusal' }, 1);
    expect(chosen(long)).toContain('SELECT 4999');
  });

  it('is entered anywhere while it is not sealed, once it was looked over', async () => {
    const state = stateDirectory();
    const writing = await begin(state);
    for (let index = 0; index < 3000; index += 1) await answered(writing, said(`SELECT ${index}`), ['a'], [['1']]);
    await writing.recorder.flush();
    const source = await openSessionSource(state, writing.session);
    const chapters = await Chapters.open(source);
    await source.close();
    expect(chapters?.extent.sealed).toBe(false);
    const live = await playerIn(state, writing.session);
    while (await live.script.recording.grow()) continue;
    await live.toEvent(8001);
    expect(chosen(live)).toContain('SELECT 2000');
    await writing.recorder.close('client');
  });
});
