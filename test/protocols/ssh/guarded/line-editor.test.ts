import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EditorEvent, LineEditor } from '../../../../src/protocols/ssh/guarded/line-editor.ts';
import { effort } from '../../../effort.ts';

const PROMPT = 'at:/srv$ ';

/** What becomes of what is typed at a prompt, in these slices. */
function typed(...slices: readonly (string | Buffer)[]): {
  readonly text: string;
  readonly events: readonly EditorEvent[];
} {
  const editor = new LineEditor({ columns: 40, rows: 10 });
  editor.begin(PROMPT);
  const events: EditorEvent[] = [];
  for (const slice of slices) {
    const { event } = editor.push(Buffer.from(slice));
    if (event !== null) events.push(event);
  }
  return { text: editor.text, events };
}

const ESC = '\u001b';
const [LEFT, RIGHT, UP, DOWN] = [`${ESC}[D`, `${ESC}[C`, `${ESC}[A`, `${ESC}[B`];

describe('a line that is edited', () => {
  it.each([
    ['inserts at the cursor', `ac${LEFT}b`, 'abc'],
    ['deletes what is before the cursor', 'abc\u007f', 'ab'],
    ['deletes what is before the cursor with Ctrl-H', 'abc\b', 'ab'],
    ['deletes what is under the cursor', `abc\u0001${ESC}[3~`, 'bc'],
    ['deletes what is under the cursor with Ctrl-D', 'abc\u0001\u0004', 'bc'],
    ['goes to the beginning and the end', 'b\u0001a\u0005c', 'abc'],
    ['goes there with Home and End', `b${ESC}[Ha${ESC}[Fc`, 'abc'],
    ['goes there with the keys of other terminals', `b${ESC}[1~a${ESC}[4~c${ESC}OHx${ESC}OFy`, 'xabcy'],
    ['goes back and forth', `ad\u0002b\u0002\u0006c`, 'abcd'],
    ['goes right no further than the end', `ab${RIGHT}${RIGHT}c`, 'abc'],
    ['cuts to the end, and puts it in elsewhere', 'one two\u0002\u0002\u0002\u000b\u0001\u0019', 'twoone '],
    ['cuts to the beginning', 'one two\u0002\u0002\u0002\u0015', 'two'],
    ['cuts the word before, up to a blank', 'ls /a/b c/d\u0017', 'ls /a/b '],
    ['cuts the word before with Alt-Backspace', `ls /a/b${ESC}\u007f`, 'ls /a/'],
    ['cuts the word behind', `one two\u0001${ESC}d`, ' two'],
    ['goes a word back and forth', `one two${ESC}bX${ESC}b${ESC}b${ESC}fY`, 'oneY Xtwo'],
    ['goes by words with Ctrl and arrows', `one two${ESC}[1;5DX${ESC}[1;5D${ESC}[1;5D${ESC}[1;5CY`, 'oneY Xtwo'],
    ['changes two characters for each other', 'abdc\u0014', 'abcd'],
    ['changes those around the cursor', `acbd\u0002\u0002\u0014`, 'abcd'],
    ['takes wide characters for one', `日本${LEFT}x\u007f\u007f`, '本'],
    ['takes marks along with what they stand on', 'e\u0301\u007fx', 'x'],
    ['joins a mark to what was typed before it', `ae${'\u0301'}${LEFT}${LEFT}x`, 'xae\u0301'],
    ['takes a family for one', 'a👩‍👩‍👧\u007f', 'a'],
    ['leaves out control characters', 'a\u0000b\u001cc\u0016d', 'abcd'],
    ['leaves out single-byte control sequences', 'a\u009b3~b', 'a3~b'],
    [
      'passes over what terminals answer',
      `a${ESC}[?1;2cb${ESC}[12;40Rc${ESC}]11;rgb:0/0/0\u0007d${ESC}P1$r0m${ESC}\\e`,
      'abcde',
    ],
    ['passes over keys that are not known', `a${ESC}[15~b${ESC}OPc${ESC}zd`, 'abcd'],
    ['passes over reports of a mouse', `a${ESC}[M !!b`, 'ab'],
    ['takes a tab in a paste for text', `${ESC}[200~a\tb${ESC}[201~`, 'a\tb'],
    ['takes nothing in a paste for keys', `${ESC}[200~a\u0001b\u0003c${ESC}[Dd${ESC}[201~`, 'abc[Dd'],
    ['shows the first line of a paste', `${ESC}[200~one\ntwo${ESC}[201~`, 'one'],
  ])('%s', (_, keys, text) => {
    expect(typed(keys)).toEqual({ text, events: [] });
  });

  it('is submitted with Enter, whole, wherever the cursor is', () => {
    expect(typed(`abc${LEFT}${LEFT}\r`).events).toEqual([{ kind: 'submit', text: 'abc' }]);
  });

  it('ends with Ctrl-D when it is empty, and only then', () => {
    expect(typed('\u0004').events).toEqual([{ kind: 'end' }]);
    expect(typed('a\u0004')).toEqual({ text: 'a', events: [] });
  });

  it('is given up with Ctrl-C that comes along with Enter, and with it what was pasted', () => {
    expect(typed('abc\r\u0003').events).toEqual([{ kind: 'cancel' }]);
    expect(typed(`${ESC}[200~one\ntwo${ESC}[201~\rx\u0003y`).events).toEqual([{ kind: 'cancel' }]);
  });

  it('is given up with Ctrl-C, also within what a terminal seems to answer', () => {
    expect(typed('abc\u0003').events).toEqual([{ kind: 'cancel' }]);
    expect(typed(`a${ESC}]11;\u0003`).events).toEqual([{ kind: 'cancel' }]);
    expect(typed(`a${ESC}[12\u0003`).events).toEqual([{ kind: 'cancel' }]);
  });

  it('holds no more than it takes, and says so', () => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    editor.begin(PROMPT);
    const { drawn } = editor.push(Buffer.from(`${ESC}[200~${'x'.repeat(100_000)}${ESC}[201~y`));
    expect(editor.text).toHaveLength(16 * 1024);
    expect(drawn).toContain('\u0007');
  });

  it.each(['x', '~', '\u001b', '\u001b[201', '\n'])('takes a paste in time that grows with it, full of %j', (piece) => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    editor.begin(PROMPT);
    const spent = effort();
    editor.push(Buffer.from(`${ESC}[200~${piece.repeat(500_000 / piece.length)}${ESC}[201~`));
    expect(spent()).toBeLessThan(3000);
    editor.push(Buffer.from('\u0003'));
    editor.begin(PROMPT);
    editor.push(Buffer.from('y'));
    expect(editor.text).toBe('y');
  });

  it('is the same however the bytes are cut', () => {
    const bytes = Buffer.from(
      `日本e\u0301${LEFT}x${ESC}[1;5D${ESC}]0;t\u0007${ESC}[200~p\u0001q${ESC}[201~${ESC}b👍\u0005 end${ESC}\u007f!${ESC}[?1;2c`,
    );
    const whole = typed(bytes).text;
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 })), (cuts) => {
        const at = [0, ...cuts.sort((one, other) => one - other), bytes.length];
        const slices = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(typed(...slices).text).toBe(whole);
      }),
    );
  });

  it('takes any bytes, and never holds a control character but a tab', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (slices) => {
        const editor = new LineEditor({ columns: 20, rows: 5 });
        editor.begin(PROMPT);
        for (const slice of slices) {
          const { event } = editor.push(Buffer.from(slice));
          if (event?.kind === 'submit') expect(event.text).not.toMatch(/(?!\t)\p{Cc}/u);
          if (event?.kind === 'complete') editor.complete('', '');
          else if (event !== null) editor.begin(PROMPT);
          expect(editor.text).not.toMatch(/(?!\t)\p{Cc}/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('lines one after the other', () => {
  function submit(editor: LineEditor, text: string): void {
    editor.begin(PROMPT);
    const { event } = editor.push(Buffer.from(`${text}\r`));
    if (event?.kind === 'submit') editor.history.add(event.text);
  }

  it('are recalled, with what was being written at the end of them', () => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    for (const line of ['one', 'two', 'two', '  ']) submit(editor, line);
    editor.begin(PROMPT);
    const seen = [UP, UP, UP, DOWN, DOWN].map((key, index) => {
      editor.push(Buffer.from(index === 0 ? `draft${key}` : key));
      return editor.text;
    });
    expect(seen).toEqual(['two', 'one', 'one', 'two', 'draft']);
  });

  it('are found by what is in them, the latest first', () => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    for (const line of ['make one', 'ls', 'make two']) submit(editor, line);
    editor.begin(PROMPT);
    editor.push(Buffer.from('draft\u0012mak'));
    expect(editor.text).toBe('make two');
    editor.push(Buffer.from('\u0012'));
    expect(editor.text).toBe('make one');
    editor.push(Buffer.from('\u0012'));
    expect(editor.text).toBe('make one');
    editor.push(Buffer.from('\u0007'));
    expect(editor.text).toBe('draft');
    editor.push(Buffer.from('\u0012ls'));
    expect(editor.push(Buffer.from('\r')).event).toEqual({ kind: 'submit', text: 'ls' });
  });

  it('that come with the same bytes are shown, and wait for Enter', () => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    editor.begin(PROMPT);
    expect(editor.push(Buffer.from('one\rtwo\r\nthree\r')).event).toEqual({ kind: 'submit', text: 'one' });
    expect(editor.pasted).toBe(1);
    expect(editor.begin(PROMPT)).toContain('two');
    expect(editor.push(Buffer.from('\r')).event).toEqual({ kind: 'submit', text: 'two' });
    expect(editor.begin(PROMPT)).toContain('three');
    expect(editor.push(Buffer.from('\u0003')).event).toEqual({ kind: 'cancel' });
    expect(editor.begin(PROMPT)).not.toContain('three');
  });

  it('of a paste that begins along with Enter wait for Enter, too, wherever the bytes are cut', () => {
    const bytes = Buffer.from(`one\r${ESC}[200~two\nthree\n${ESC}[201~`);
    for (let at = 1; at < bytes.length; at += 1) {
      const editor = new LineEditor({ columns: 80, rows: 24 });
      editor.begin(PROMPT);
      const events: EditorEvent[] = [];
      for (const part of [bytes.subarray(0, at), bytes.subarray(at)]) {
        const { event } = editor.push(part);
        // What comes behind a line that was submitted is its program's.
        if (event !== null) {
          events.push(event);
          break;
        }
      }
      expect(events).toEqual([{ kind: 'submit', text: 'one' }]);
      // Cut off within the beginning of it, it is no paste yet.
      if (at <= bytes.indexOf('two') - 1) continue;
      expect(editor.pasted).toBe(1);
      editor.begin(PROMPT);
      expect(editor.text).toBe('two');
    }
  });

  it('of a paste stand where the cursor was', () => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    editor.begin(PROMPT);
    editor.push(Buffer.from(`a z${LEFT}${ESC}[200~b\nc\nd${ESC}[201~`));
    expect(editor.text).toBe('a b');
    expect(editor.push(Buffer.from('\r')).event).toEqual({ kind: 'submit', text: 'a b' });
    editor.begin(PROMPT);
    editor.push(Buffer.from('\r'));
    editor.begin(PROMPT);
    expect(editor.text).toBe('dz');
  });

  it('go on behind a question for what could follow, with what was typed meanwhile', () => {
    const editor = new LineEditor({ columns: 80, rows: 24 });
    editor.begin(PROMPT);
    expect(editor.push(Buffer.from('ca\t kept')).event).toEqual({ kind: 'complete', before: 'ca' });
    editor.complete('t', '');
    editor.push(Buffer.alloc(0));
    expect(editor.text).toBe('cat kept');
  });
});

/** A terminal that shows what an editor draws. */
class Shown {
  readonly terminal: Terminal;
  constructor(columns: number, rows: number) {
    this.terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 500 });
  }

  draw(text: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(text, resolve));
  }

  /** From the last prompt on, and where in it the cursor is. */
  line(): { readonly text: string; readonly before: string } {
    const { active } = this.terminal.buffer;
    const rows = Array.from({ length: active.length }, (_, row) => active.getLine(row));
    const start = rows.findLastIndex((row) => row?.translateToString(true).startsWith(PROMPT.trimEnd()) === true);
    const at = active.baseY + active.cursorY;
    const text = rows.slice(start).map((row) => row?.translateToString(true) ?? '');
    const whole = rows.slice(start, at).map((row) => row?.translateToString(true) ?? '');
    return {
      text: text.join('').trimEnd(),
      before: (whole.join('') + (rows[at]?.translateToString(false, 0, active.cursorX) ?? '')).trimEnd(),
    };
  }
}

const KEYS = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'bc', 'longer', '日本', 'e\u0301', '語') },
  {
    weight: 5,
    arbitrary: fc.constantFrom(LEFT, RIGHT, '\u0001', '\u0005', '\u007f', '\u0004x', '\u0017', '\u000b', '\u0019'),
  },
  { weight: 1, arbitrary: fc.constantFrom('\u0014', `${ESC}b`, `${ESC}f`, `${ESC}d`, '\u000c', UP, DOWN) },
);

describe('what is drawn of a line', () => {
  it('is the line, with the cursor where it is edited', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(KEYS, { maxLength: 40 }), fc.integer({ min: 12, max: 40 }), async (keys, columns) => {
        const editor = new LineEditor({ columns, rows: 30 });
        const shown = new Shown(columns, 30);
        await shown.draw(`before\r\n${editor.begin(PROMPT)}`);
        for (const key of keys) {
          await shown.draw(editor.push(Buffer.from(key)).drawn);
          const { text, before } = shown.line();
          expect(text).toBe((PROMPT + editor.text).trimEnd());
          expect(before).toBe((PROMPT + editor.before).trimEnd());
        }
        shown.terminal.dispose();
      }),
      { numRuns: 60 },
    );
  });

  it('is one row for each line where it was submitted in several, and edited as it is seen', async () => {
    const editor = new LineEditor({ columns: 20, rows: 10 });
    const shown = new Shown(20, 10);
    editor.history.add('for i in 日本 longer a b\ndo echo 12345678901\ndone');
    await shown.draw(editor.begin(PROMPT) + editor.push(Buffer.from(UP)).drawn);
    const { active } = shown.terminal.buffer;
    const rows = (): readonly string[] =>
      Array.from({ length: 6 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
    expect(rows()).toEqual(['at:/srv$ for i in 日', '本 longer a b', '> do echo 1234567890', '1', '> done', '']);
    expect([active.cursorX, active.cursorY]).toEqual([6, 4]);
    // A row that a line fills to its end, with the cursor behind it.
    await shown.draw(editor.push(Buffer.from(`${LEFT.repeat(6)}\u007f${RIGHT}`)).drawn);
    expect(rows().slice(2)).toEqual(['> do echo 1234567891', '> done', '', '']);
    expect([active.cursorX, active.cursorY]).toEqual([19, 2]);
    await shown.draw(editor.push(Buffer.from('\u007f')).drawn);
    expect(rows().slice(2)).toEqual(['> do echo 123456789', '> done', '', '']);
    expect(editor.push(Buffer.from('\r')).event).toMatchObject({ kind: 'submit' });
  });

  it('is one letter where one is typed at the end, and the rest of the row stays as it is', () => {
    const editor = new LineEditor({ columns: 20, rows: 5 });
    editor.begin(PROMPT);
    const drawn = Array.from('abcdefghij', (letter) => editor.push(Buffer.from(letter)).drawn);
    expect(drawn.slice(0, 9)).toEqual(Array.from('abcdefghi'));
    // A full row is drawn with the beginning of the next.
    expect(editor.push(Buffer.from('k')).drawn).toContain('abcdefghijk');
    expect(editor.push(Buffer.from(LEFT)).drawn).not.toBe('');
  });

  it('makes visible what would hide or reorder it', async () => {
    const editor = new LineEditor({ columns: 60, rows: 10 });
    const shown = new Shown(60, 10);
    await shown.draw(editor.begin('at:/\u001b[31m\u202e$ ') + editor.push(Buffer.from('a\u202eb\u200bc')).drawn);
    expect(shown.terminal.buffer.active.getLine(0)?.translateToString(true)).toBe(
      'at:/<U+001B>[31m<U+202E>$ a<U+202E>b<U+200B>c',
    );
  });

  it('keeps to the window when it is longer than that, around the cursor', async () => {
    const editor = new LineEditor({ columns: 20, rows: 4 });
    const shown = new Shown(20, 4);
    const long = Array.from({ length: 40 }, (_, index) => String(index).padStart(4, '_')).join('');
    await shown.draw(editor.begin(PROMPT) + editor.push(Buffer.from(long)).drawn);
    const { active } = shown.terminal.buffer;
    const seen = (): string =>
      Array.from({ length: 4 }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '').join('');
    expect(seen().endsWith('__39')).toBe(true);
    await shown.draw(editor.push(Buffer.from('\u0001')).drawn);
    expect(seen().startsWith(PROMPT)).toBe(true);
    expect([active.cursorX, active.cursorY]).toEqual([PROMPT.length, 0]);
  });
});
