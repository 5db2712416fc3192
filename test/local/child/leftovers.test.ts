import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Leftovers } from '../../../src/local/child/leftovers.ts';

const ESC = '\u001b';

function after(...pieces: readonly (string | Uint8Array)[]): Leftovers {
  const leftovers = new Leftovers();
  for (const piece of pieces) leftovers.push(Buffer.from(piece));
  return leftovers;
}

/** What a terminal has become, and what it shows of a word that comes behind all that. */
async function drawn(text: string) {
  const terminal = new Terminal({ cols: 40, rows: 6, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(`${text}WORD`, resolve));
  const { active } = terminal.buffer;
  const line = active.getLine(active.baseY + active.cursorY);
  const cell = line?.getCell(active.cursorX - 1);
  return {
    modes: terminal.modes,
    screen: active.type,
    row: active.cursorY,
    word: line?.translateToString(true) ?? '',
    invisible: cell?.isInvisible() === 0 ? false : true,
    plain: cell?.isAttributeDefault(),
  };
}

/** What a program may leave, and what undoes it. */
const LEFT: readonly (readonly [what: string, left: string, undone: string])[] = [
  ['a title that was not ended', `${ESC}]0;title`, `\u0018${ESC}\\`],
  ['a device’s string that was not ended', `${ESC}P+q54`, `\u0018${ESC}\\`],
  ['a sequence that was not ended', `${ESC}[38;5`, `\u0018${ESC}\\`],
  ['a control of two bytes that was not ended', '\u009d0;title', `\u0018${ESC}\\`],
  ['text that cannot be seen', `${ESC}[8m`, `${ESC}[m`],
  ['colours', `${ESC}[0m${ESC}[31;44m`, `${ESC}[m`],
  ['the other screen', `${ESC}[?1049h`, `${ESC}[?1049l`],
  ['the other screen, entered as it once was', `${ESC}[?47h`, `${ESC}[?47l`],
  ['bracketed pasting', `${ESC}[?2004h`, `${ESC}[?2004l`],
  ['reports of the mouse', `${ESC}[?1002;1006h`, `${ESC}[?1002l${ESC}[?1006l`],
  ['reports of the focus', `${ESC}[?1004h`, `${ESC}[?1004l`],
  ['keys for applications', `${ESC}[?1h${ESC}=`, `${ESC}[?1l${ESC}>`],
  ['a region that scrolls', `${ESC}7${ESC}[2;3r${ESC}8`, `${ESC}7${ESC}[r${ESC}8`],
  ['an origin elsewhere', `${ESC}[2;3r${ESC}[?6h`, `${ESC}[?6l${ESC}[r${ESC}[999;1H`],
  ['lines for letters', `${ESC}(0`, `${ESC}(B`],
  ['the other set of letters', `${ESC})0\u000e`, '\u000f'],
  ['no cursor', `${ESC}[?25l`, `${ESC}[?25h`],
  ['a cursor of another shape', `${ESC}[5 q`, `${ESC}[0 q`],
  ['no wrapping', `${ESC}[?7l`, `${ESC}[?7h`],
  ['inserting', `${ESC}[4h`, `${ESC}[4l`],
  ['a link', `${ESC}]8;;http://example.com\u0007`, `${ESC}]8;;${ESC}\\`],
  ['a colour of all text', `${ESC}]10;#000000${ESC}\\`, `${ESC}]110${ESC}\\`],
  ['a palette', `${ESC}]4;1;#000000\u0007`, `${ESC}]104${ESC}\\`],
  ['frames that are held back', `${ESC}[?2026h`, `${ESC}[?2026l`],
  ['keys that are told apart', `${ESC}[>1u${ESC}[>3u`, `${ESC}[<2u`],
  ['keys that are told with others', `${ESC}[>4;2m`, `${ESC}[>4m`],
];

describe('what a program leaves of its terminal', () => {
  it.each(LEFT)('is undone when it is %s', async (_, left, undone) => {
    const text = `before\r\n${left}`;
    expect(after(text).undo()).toBe(undone);
    const [untouched, given] = await Promise.all([drawn('before\r\n'), drawn(text + undone)]);
    // An origin cannot be put back without moving the cursor: below everything, then.
    expect(given).toEqual({ ...untouched, ...(left.includes('?6h') ? { row: 5 } : {}) });
  });

  it.each(LEFT)('is found wherever the bytes are cut: %s', (_, left, undone) => {
    const bytes = Buffer.from(`é ${left}`);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(after(bytes.subarray(0, at), bytes.subarray(at)).undo()).toBe(undone);
    }
  });

  it.each([
    ['text alone', 'ünïcode, 漢字, \u00a0 and lines\r\n\tof it\u0007'],
    ['colours that were ended', `${ESC}[1;31mred${ESC}[0m ${ESC}[32mgreen${ESC}[m`],
    ['a title', `${ESC}]0;title\u0007${ESC}]2;other${ESC}\\`],
    [
      'a full screen that was left',
      `${ESC}[?1049h${ESC}[?1h${ESC}=${ESC}[?25l${ESC}[2;9r${ESC}[r${ESC}[?25h${ESC}[?1l${ESC}>${ESC}[?1049l`,
    ],
    ['a reset', `${ESC}[?1049h${ESC}[8m${ESC}(0${ESC}[?2004h${ESC}c`],
    ['a soft reset', `${ESC}[?25l${ESC}[8m${ESC}(0${ESC}[4h${ESC}[2;3r${ESC}[!p`],
    ['what was broken off', `${ESC}[38;5\u0018${ESC}]0;title\u001a`],
    ['a link that was ended', `${ESC}]8;id=1;http://example.com\u0007here${ESC}]8;;\u0007`],
  ])('is nothing after %s', (_, text) => {
    expect(after(text).undo()).toBe('');
  });

  it('is undone once', () => {
    const leftovers = after(`${ESC}[8m${ESC}]0;title`);
    expect(leftovers.undo()).not.toBe('');
    expect(leftovers.undo()).toBe('');
  });

  it('is a terminal that shows what comes next, whatever was left together', async () => {
    const moves = [`${ESC}[m`, `${ESC}(B`, `${ESC}7`, `${ESC}8`, `${ESC}[?1049l`, `${ESC}[?1048h`, `${ESC}[?1048l`];
    const some = fc.array(fc.constantFrom(...LEFT.map(([, left]) => left), 'text', '\r\n', ...moves), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(some, async (pieces) => {
        const text = pieces.join('');
        const { modes, screen, word, invisible, plain } = await drawn(text + after(text).undo());
        const { modes: usual } = await drawn('');
        expect({ modes, screen, invisible, plain }).toEqual({
          modes: usual,
          screen: 'normal',
          invisible: false,
          plain: true,
        });
        expect(word).toContain('WORD');
      }),
      { numRuns: 300 },
    );
  });
});

describe('whether a terminal was asked', () => {
  it.each(['[c', '[>c', '[6n', '[?6n', ']11;?\u0007', 'P+q544e\u001b\\', '[?2026$p', '[14t', '[>q', '[?u', 'Z'])(
    'is known by ESC %j',
    (asking) => {
      expect(after(`text ${ESC}${asking}`).asked).not.toBeNull();
    },
  );

  it.each(['text', `${ESC}[31m`, `${ESC}]0;really?\u0007`, `${ESC}[?1c`, `${ESC}[22;0t`, `${ESC}[2 q`])(
    'is known not to be by %j',
    (other) => {
      expect(after(other).asked).toBeNull();
    },
  );
});
