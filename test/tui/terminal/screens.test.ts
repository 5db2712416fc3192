import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Masked } from '../../../src/core/guard.ts';
import type { SessionEvent } from '../../../src/core/recorder.ts';
import type { RecordedEntry } from '../../../src/tui/model/replay/recording.ts';
import { lineWidth, textOf } from '../../../src/tui/safe-text.ts';
import { DrawnTerminal } from '../../../src/tui/terminal/drawn-terminal.ts';
import { Screens } from '../../../src/tui/terminal/screens.ts';
import { stateDirectory } from '../../record/fixtures.ts';
import { HOSTILE_PARTS } from '../replay/hostile.ts';
import { playerIn } from '../replay/opened.ts';
import { begin } from '../replay/tale.ts';

/** What a terminal showed. Only tests may say of a text that it was masked. */
function shown(text: string, connection = 1): SessionEvent {
  return { type: 'terminal', connection, stream: 'output', text: text as Masked<string> };
}

function entriesOf(texts: readonly string[]): readonly RecordedEntry[] {
  return texts.map((text, index) => {
    const event = /^\d+x\d+$/.test(text) ? resized(text) : shown(text);
    return { number: index + 1, offsetMicros: index, event: event as RecordedEntry['event'] };
  });
}

function resized(size: string): SessionEvent {
  const [columns = 80, rows = 24] = size.split('x').map(Number);
  return { type: 'resize', connection: 1, columns, rows };
}

/** Entries as chapters of a few each. */
function chaptered(entries: readonly RecordedEntry[], size: number) {
  const chapters = Array.from({ length: Math.ceil(entries.length / size) }, (_, index) =>
    entries.slice(index * size, (index + 1) * size),
  );
  return {
    chapters,
    source: {
      chapterOf: ({ number }: { readonly number: number }) =>
        Math.max(0, Math.min(chapters.length - 1, Math.floor((number - 1) / size))),
      scene: (chapter: number) => Promise.resolve({ entries: chapters[chapter] ?? [] }),
    },
  };
}

async function played(entries: readonly RecordedEntry[]): Promise<DrawnTerminal> {
  const terminal = DrawnTerminal.blank();
  await terminal.draw(entries, '1');
  return terminal;
}

const piece = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '\r\n',
    '\n',
    '\t',
    'naïve 日本語',
    '\u001b[1;31m',
    '\u001b[0m',
    '\u001b[38;5;200m',
    '\u001b[48;2;1;2;3m',
  ),
  fc.constantFrom(
    '\u001b[2J',
    '\u001b[H',
    '\u001b[5;10H',
    '\u001b[K',
    '\u001b[1A',
    '\u001b[3;8r',
    '\u001b[r',
    '\u001b[?1049h',
    '\u001b[?1049l',
    '\u001b[2L',
    '\u001b[4P',
    '\u001b[?7l',
    '\u001b[?7h',
  ),
  fc.constantFrom('60x10', '80x24', '100x30'),
);

describe('a terminal that was recorded', () => {
  it('shows at any event what it showed then, from whichever keyframe that is drawn', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 60 }), fc.nat(), async (pieces, at) => {
        const entries = entriesOf(pieces);
        const { chapters, source } = chaptered(entries, 4);
        const screens = new Screens(source);
        for (const chapter of chapters) await screens.learn(chapter);
        const number = 1 + (at % entries.length);
        const straight = await played(entries.slice(0, number));
        await screens.at('1', entries.length);
        const { lines, columns } = await screens.at('1', number);
        expect(lines.map(textOf).map((line) => line.trimEnd())).toEqual(
          straight
            .lines()
            .map(textOf)
            .map((line) => line.trimEnd()),
        );
        expect(columns).toBe(straight.columns);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its colours, and shows what was concealed', async () => {
    const terminal = await played(entriesOf(['\u001b[1;31mred\u001b[0m \u001b[8mhidden\u001b[0m']));
    const [line = []] = terminal.lines();
    expect(textOf(line).trimEnd()).toBe('red hidden');
    expect(line[0]).toMatchObject({ text: 'red', look: { bold: true, colour: 'ansi256(1)' } });
  });

  it('passes nothing on, whatever it was sent', async () => {
    for (const part of HOSTILE_PARTS) {
      const lines = (await played(entriesOf([part, 'after']))).lines();
      for (const line of lines)
        expect(textOf(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u);
    }
  });

  it('is no larger than a screen, whatever size a record says', async () => {
    const terminal = await played(entriesOf(['4000000000x4000000000', 'x', '0x0', 'y']));
    expect(terminal.lines().every((line) => lineWidth(line) <= 500)).toBe(true);
  });
});

describe('a replay of a terminal', () => {
  it('goes from burst to burst, and shows the screen as it was', async () => {
    const state = stateDirectory();
    const { recorder, clock, session } = await begin(state);
    recorder.append({ type: 'open', connection: 1, application: null, peer: 'ssh' });
    for (let burst = 0; burst < 40; burst += 1) {
      clock.wait(500);
      recorder.append({ type: 'terminal', connection: 1, stream: 'input', text: `ls ${burst}\r` as Masked<string> });
      recorder.append(shown(`$ ls ${burst}\r\n`));
      recorder.append(shown(`file-${burst}\r\n`));
      await recorder.flush();
    }
    await recorder.close('client');
    const player = await playerIn(state, session);
    await player.seek(10_100_000);
    const { detail } = player.state();
    const part = detail?.parts[0];
    expect(part?.kind).toBe('screen');
    const lines = part?.kind === 'screen' ? part.screen.lines.map((line) => textOf(line).trimEnd()) : [];
    expect(lines.filter((line) => line !== '').at(-1)).toBe('file-19');
    expect(player.state().rows[player.state().chosen]?.text).toBe('typed ls 19');
  });
});
