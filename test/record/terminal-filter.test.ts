import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TerminalFilter } from '../../src/record/terminal-filter.ts';

/** What may stand in output, written down a second time and in another way than the filter has it. */
const ALLOWED = new RegExp(
  [
    '\\u001b\\[[0-9;:]*[@A-HIJKLMPSXZ`abdefgmr]',
    '\\u001b\\[[0-9]*T',
    '\\u001b\\[[su]',
    '\\u001b\\[4(?:;4)*[hl]',
    '\\u001b\\[\\?(?:(?:7|12|25|47|1047|1048|1049)(?:;(?=\\d)|(?=[hl])))+[hl]',
    '\\u001b[78DEHM]',
    '\\u001b[()][AB0]',
    '[\\b\\t\\n\\v\\f\\r\\u000e\\u000f]',
  ].join('|'),
  'g',
);
const CONTROL = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

function filtered(...pieces: readonly string[]): string {
  const filter = new TerminalFilter();
  return pieces.map((piece) => filter.push(piece)).join('');
}

/** As `filtered`, cut between any two halves of characters. */
function filteredBitByBit(text: string): string {
  return filtered(...text.split(''));
}

const ST = '\u001b\\';
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['a title, ended by BEL', '\u001b]0;owned\u0007'],
  ['a title, ended by ST', `\u001b]2;owned${ST}`],
  ['a working directory', `\u001b]7;file:///etc${ST}`],
  ['a link', `\u001b]8;;https://evil.example${ST}`],
  ['the clipboard', '\u001b]52;c;ZWNobw==\u0007'],
  ['a download of iTerm', '\u001b]1337;File=inline=0:AAAA\u0007'],
  ['a notification', '\u001b]777;notify;a;b\u0007'],
  ['DCS', `\u001bP$qm${ST}`],
  ['DECRQSS with text in it', `\u001bP+q544e${ST}`],
  ['APC', `\u001b_Gi=1,a=q;AAAA${ST}`],
  ['PM', `\u001b^private${ST}`],
  ['SOS', `\u001bXstart${ST}`],
  ['a title of screen', `\u001bkname${ST}`],
  ['OSC in 8 bits', '\u009d0;owned\u009c'],
  ['DCS in 8 bits', '\u0090$qm\u009c'],
  ['APC in 8 bits', '\u009fGi=1\u009c'],
  ['DA', '\u001b[c'],
  ['DA in 8 bits', '\u009bc'],
  ['secondary DA', '\u001b[>0c'],
  ['tertiary DA', '\u001b[=0c'],
  ['DECID', '\u001bZ'],
  ['DECID in 8 bits', '\u009a'],
  ['DSR', '\u001b[6n'],
  ['DSR of a terminal of DEC', '\u001b[?6n'],
  ['DECRQM', '\u001b[?2004$p'],
  ['DECRQCRA', '\u001b[1;1;1;1;1;1*y'],
  ['XTVERSION', '\u001b[>q'],
  ['a report of the title', '\u001b[21t'],
  ['a resize', '\u001b[8;10;10t'],
  ['graphics asked for', '\u001b[?1;1;0S'],
  ['printing', '\u001b[5i'],
  ['mouse highlighting', '\u001b[1;2;3;4;5T'],
  ['keys of kitty asked for', '\u001b[?u'],
  ['keys of kitty', '\u001b[>1u'],
  ['keys of xterm', '\u001b[>4;2m'],
  ['bracketed paste', '\u001b[?2004h'],
  ['mouse buttons', '\u001b[?1000h'],
  ['mouse movements', '\u001b[?1003;1006h'],
  ['focus', '\u001b[?1004h'],
  ['keys of the cursor', '\u001b[?1h'],
  ['the keypad', '\u001b=\u001b>'],
  ['the locked keyboard', '\u001b[2h'],
  ['another encoding', '\u001b%@'],
  ['ENQ and BEL', '\u0005\u0007'],
  ['repetition for hours', '\u001b[999999999b'],
  ['a sequence without end', `\u001b[${'1;'.repeat(500)}m`],
  ['a control sequence with a control in it', '\u001b[6\u0007n'],
  ['a control sequence broken off', '\u001b[6\u0018'],
];

describe('what a terminal showed', () => {
  test.each(FORBIDDEN)('loses %s, and nothing around it', (_, text) => {
    expect(filtered(`before ${text}after`)).toBe('before after');
    expect(filteredBitByBit(`before ${text}after`)).toBe('before after');
  });

  test.each([
    ['text of every script', 'grün 日本語 👩‍👩‍👧 e\u0301 ½ │'],
    ['layout', 'a\tb\r\nc\bd'],
    ['colours', '\u001b[1;38;5;208mx\u001b[38:2::1:2:3my\u001b[0m'],
    ['movement and erasure', '\u001b[2J\u001b[H\u001b[10;5Hx\u001b[K\u001b[3A\u001b7\u001b8\u001bM'],
    ['the other screen and the cursor', '\u001b[?1049h\u001b[?25l\u001b[?25h\u001b[?1049l'],
    ['boxes', '\u001b(0lqk\u001b(B'],
    ['a scrolling region', '\u001b[2;20r\u001b[4h\u001b[4l'],
  ])('keeps %s', (_, text) => {
    expect(filtered(text)).toBe(text);
    expect(filteredBitByBit(text)).toBe(text);
  });

  test('has 8-bit controls in their 7-bit form, and letters that hold such bytes stay letters', () => {
    expect(filtered('\u009b31mred\u0085next')).toBe('\u001b[31mred\u001bEnext');
    // Encoded, these hold the bytes 9B, 9D and 90.
    expect(filtered('Ûě❝\u0150')).toBe('Ûě❝\u0150');
  });

  test('of several modes keeps those that draw', () => {
    expect(filtered('\u001b[?25;1000;2004;7h')).toBe('\u001b[?25;7h');
  });

  test('is cleared by a full reset, which resets nothing else', () => {
    expect(filtered('\u001bc')).toMatch(/\u001b\[H\u001b\[2J$/);
  });

  test('shows what reorders text, and halves of characters, as what they are not', () => {
    expect(filtered('a\u202eb\ud800c\udc00')).toBe('a\ufffdb\ufffdc\ufffd');
    expect(filtered('\ud83d', '\ude00')).toBe('\u{1f600}');
  });
});

/** Text that is mostly sequences, whole and broken. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...FORBIDDEN.map(([, text]) => text), '\u001b', '\u001b[', '\u009b', '\u001b]', '\u001bP', '?'),
      fc.constantFrom(...'0123456789;:?<=>$ !*hlmcntqrpuABHJKTkc\\]^_PX[(){}\u0007\u0018\u001a\n\r\u007f'.split('')),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.integer({ min: 0, max: 0xa0 }).map((code) => String.fromCharCode(code)),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('whatever a terminal was sent', () => {
  test('comes out the same wherever it was cut', () => {
    const property = fc.property(hostile, fc.array(fc.nat(200), { maxLength: 8 }), (text, cuts) => {
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length];
      const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
      expect(filtered(...pieces)).toBe(filtered(text));
      expect(filteredBitByBit(text)).toBe(filtered(text));
    });
    expect(() => fc.assert(property, { numRuns: 2000 })).not.toThrow();
  });

  test('holds no sequence but those that draw, and passes a second time as it is', () => {
    const property = fc.property(hostile, (text) => {
      const output = filtered(text);
      expect(output.replace(ALLOWED, '')).not.toMatch(CONTROL);
      expect(filtered(output)).toBe(output);
    });
    expect(() => fc.assert(property, { numRuns: 5000 })).not.toThrow();
  });

  test('is left alone where it is plain', () => {
    const plain = fc.string({ unit: 'grapheme' }).filter((text) => !CONTROL.test(text));
    expect(() => fc.assert(fc.property(plain, (text) => void expect(filtered(text)).toBe(text)))).not.toThrow();
  });

  test('makes a real terminal answer nothing, and is undone by what restores it', async () => {
    const written = (terminal: Terminal, text: string): Promise<void> =>
      new Promise((resolve) => terminal.write(text, resolve));
    const property = fc.asyncProperty(hostile, async (text) => {
      const terminal = new Terminal({ cols: 40, rows: 10, allowProposedApi: true });
      const answers: string[] = [];
      terminal.onData((answer) => answers.push(answer));
      terminal.onTitleChange((title) => answers.push(title));
      const filter = new TerminalFilter();
      await written(terminal, filter.push(text) + filter.restore());
      expect(answers).toEqual([]);
      expect(terminal.buffer.active.type).toBe('normal');
      const { bracketedPasteMode, mouseTrackingMode, sendFocusMode, applicationCursorKeysMode, insertMode } =
        terminal.modes;
      expect({ bracketedPasteMode, mouseTrackingMode, sendFocusMode, applicationCursorKeysMode, insertMode }).toEqual({
        bracketedPasteMode: false,
        mouseTrackingMode: 'none',
        sendFocusMode: false,
        applicationCursorKeysMode: false,
        insertMode: false,
      });
      terminal.dispose();
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
