import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reading } from '../../../../src/policy/mask/stream/reading.ts';
import { Rows, type Size } from '../../../../src/policy/mask/stream/rows.ts';

const SIZE: Size = { columns: 12, rows: 6 };
const SEPARATOR = 0x01;
/** Rows are counted when the cursor goes to one. */
const HOME = '\u001b[H';

/** What the text of a stream says is on the screen. */
function read(slices: readonly string[], size = SIZE): { readonly rows: readonly string[]; readonly cursor: string } {
  const reading = new Reading(
    () => undefined,
    () => undefined,
  );
  reading.size = size;
  for (const slice of [...slices, HOME]) {
    const raw = Buffer.from(slice);
    reading.read(raw, 0, raw.length);
    // All of it is shown: only what is on the screen may stay.
    reading.settle(raw.length, 0);
  }
  const least = reading.text.subarray(0, reading.length).lastIndexOf(SEPARATOR);
  const rows = new Rows(reading, size, least < 0 ? 0 : least + 2);
  rows.sync();
  const texts = Array.from({ length: size.rows }, (_, row) =>
    row < rows.count ? reading.text.toString('utf8', rows.start(row), rows.end(row)) : '',
  );
  return {
    rows: texts.map((text) => untabbed(text).trimEnd()),
    cursor: reading.text.toString('utf8', 0, reading.cursor),
  };
}

function untabbed(text: string): string {
  let line = '';
  for (const letter of text.replaceAll('\r', ''))
    line +=
      letter === '\t'
        ? ' '.repeat(Math.max(0, Math.min(8 - (line.length % 8), SIZE.columns - 1 - line.length)))
        : letter;
  return line;
}

/** What a terminal shows. */
async function drawn(text: string, { columns, rows }: Size = SIZE): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100 });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return lines.map((line) => line.trimEnd());
}

const csi = (text: string): string => `\u001b[${text}`;
const small = fc.integer({ min: 1, max: 14 });
const letters = fc.constantFrom(
  'a',
  'z\u001b[3b',
  'bc',
  'def',
  'ghijkl',
  'mnopqrstuvwx',
  'ä',
  '€',
  ' ',
  '12345678901234',
);
const moves = fc.oneof(
  fc.constantFrom('\r\n', '\r', '\n', '\b', '\b\b', '\t', '\u001bM', '\u001bD', '\u001bE'),
  // Nothing scrolls in between: xterm.js has the cursor that is kept scroll along, as no other terminal does.
  fc.constantFrom('\u001b7\u001b[2;3Hq\u001b8', '\u001b[s\u001b[5;9Hrst\u001b[u'),
  fc.tuple(small, fc.constantFrom(...Array.from('ABCDEFG`dHfaILMPSTX@Z'))).map(([by, final]) => csi(`${by}${final}`)),
  fc.tuple(small, small).map(([row, column]) => csi(`${row};${column}H`)),
  fc
    .constantFrom('K', '1K', '2K', 'J', '3;4H\u001b[2J', 'H', 'm', '1;31m', '3;4H\u001b[1J', '4h', '4l', '?7l', '?7h')
    .map(csi),
  fc.constantFrom('2;4r', '1;3r', '3;6r', 'r').map(csi),
);

describe('the text of a screen', () => {
  it.each([
    ['to its end', 'K'],
    ['to its beginning', '1K'],
    ['whole', '2K'],
    ['with what is below', 'J'],
    ['with what is above', '1J'],
    ['with all others', '2J'],
  ])('has a letter in the next row where one was erased %s behind whose last cell the cursor was', async (_, erase) => {
    for (const before of ['abcdefghijkl', 'x\r\nabcdefghijkl', 'x\r\n\n\n\u001b[2;12Hl']) {
      const slices = [before, csi(erase), 'z'];
      expect(read(slices).rows).toEqual(await drawn(slices.join('')));
    }
  });

  it.each([
    ['LF without CR, which forgets no column', ['x', '\n', 'x'], 1],
    ['many of them', ['abc', '\n'.repeat(40), 'x\ny'], 6],
    ['rows below that are erased, and a letter before them', ['\r\n', '\u001b[r', 'y', '\u001b[J', ' z'], 6],
    ['REP behind anything but a letter', ['a\u001b[m\u001b[2b', 'b\t\u001b[3b', 'c\n\u001b[b', 'd'], 6],
    ['REP over more than a screen', ['x\u001b[95b', 'y'], 6],
    ['REP of a letter with a mark', ['e\u0301\u001b[3b', 'x'], 6],
    ['a tab before which letters are put', ['\t', 'm', '\u001b[4h', '\u001b[1;2H', 'mno'], 6],
    ['tabs at the end of a row', ['\t', '\t', '\u001b[5G', 'a'], 2],
    ['VPR, whatever scrolls', ['\u001b[1;3r', '\u001b[5e', 'x'], 6],
    ['a cursor within a wide letter', ['\u6f22\b\b', '\u001b[C', '\u001b[2C', 'x'], 6],
    ['a letter on half of a wide one', ['\u6f22\u6f22', '\u001b[2G', 'x', '\u001b[4G', 'y'], 6],
    ['a wide letter that does not fit', ['abcdefghijk\u6f22', 'x'], 6],
    ['a wide letter that is pushed out', ['abcdefghij\u6f22', '\u001b[1;1H\u001b[@', 'x'], 6],
    ['half of a wide letter that is taken out', ['\u6f22x', '\u001b[1;1H\u001b[P'], 6],
    ['a cursor within a wide letter that scrolls away', ['\u6f22\r\n\u6f22', '\u001b[1;2H', '\u001b[2S', 'x'], 6],
  ])('is what a terminal shows of %s', async (_, slices, rows) => {
    const size = { ...SIZE, rows };
    expect(read(slices, size).rows).toEqual(await drawn(slices.join(''), size));
    expect(read([slices.join('')], size).rows).toEqual(await drawn(slices.join(''), size));
  });

  it('is what a terminal shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(letters, moves), { maxLength: 30 }), async (slices) => {
        expect(read(slices).rows).toEqual(await drawn(slices.join('')));
        expect(read([slices.join('')]).rows).toEqual(await drawn(slices.join('')));
      }),
      { numRuns: 300 },
    );
  });
});

/** As xterm (379) shows it: `@xterm/headless` knows no margins at the sides. */
describe('the text of a screen with margins at the sides', () => {
  const filled = ['abcdefghijkl', 'ABCDEFGHIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'].join('\r\n');
  const SIDES = '\u001b[?69h\u001b[4;8s';
  it.each([
    [
      'letters that wrap between them',
      `${SIDES}\u001b[1;4H0123456789`,
      ['abc01234ijkl', 'ABC56789IJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'letters beside them, which wrap to the left one',
      `${SIDES}\u001b[2;10H012345`,
      ['abcdefghijkl', 'ABCDEFGHI012', 'mno345stuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'LF at the last row between them',
      `${SIDES}\u001b[5;5H\n#`,
      ['abcDEFGHijkl', 'ABCpqrstIJKL', 'mnoPQRSTuvwx', 'MNO45678UVWX', '123 #   9012'],
    ],
    [
      'LF at the last row beside them',
      `${SIDES}\u001b[5;2H\n#`,
      ['abcdefghijkl', 'ABCDEFGHIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '1#3456789012'],
    ],
    [
      'LF, which scrolls in rows and columns',
      `${SIDES}\u001b[2;4r\u001b[4;4H\n#`,
      ['abcdefghijkl', 'ABCpqrstIJKL', 'mnoPQRSTuvwx', 'MNO#    UVWX', '123456789012'],
    ],
    [
      'RI at the first row',
      `${SIDES}\u001b[1;6H\u001bM#`,
      ['abc  #  ijkl', 'ABCdefghIJKL', 'mnoDEFGHuvwx', 'MNOpqrstUVWX', '123PQRST9012'],
    ],
    [
      'rows that are put in',
      `${SIDES}\u001b[2;5H\u001b[2L#`,
      ['abcdefghijkl', 'ABC#    IJKL', 'mno     uvwx', 'MNODEFGHUVWX', '123pqrst9012'],
    ],
    [
      'rows that are taken out',
      `${SIDES}\u001b[2;5H\u001b[2M#`,
      ['abcdefghijkl', 'ABC#QRSTIJKL', 'mno45678uvwx', 'MNO     UVWX', '123     9012'],
    ],
    [
      'rows that are taken out beside them',
      `${SIDES}\u001b[2;2H\u001b[2M#`,
      ['abcdefghijkl', 'A#CDEFGHIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'cells that are put in',
      `${SIDES}\u001b[2;5H\u001b[2@#`,
      ['abcdefghijkl', 'ABCD# EFIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'cells that are taken out',
      `${SIDES}\u001b[2;5H\u001b[2P#`,
      ['abcdefghijkl', 'ABCD#H  IJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'letters that are put between others',
      `${SIDES}\u001b[4h\u001b[2;5H#%`,
      ['abcdefghijkl', 'ABCD#%EFIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'what is scrolled up and down',
      `${SIDES}\u001b[2S\u001b[T#`,
      ['#bc     ijkl', 'ABCpqrstIJKL', 'mnoPQRSTuvwx', 'MNO45678UVWX', '123     9012'],
    ],
    [
      'what is scrolled to the sides',
      `${SIDES}\u001b[2;5H\u001b[2 @\u001b[1 A#`,
      ['abc fgh ijkl', 'ABC #GH IJKL', 'mno rst uvwx', 'MNO RST UVWX', '123 678 9012'],
    ],
    [
      'columns that are put in and taken out',
      `${SIDES}\u001b[2;5H\u001b[2'}\u001b[2;7H\u001b[1'~#`,
      ['abcd  f ijkl', 'ABCD  # IJKL', 'mnop  r uvwx', 'MNOP  R UVWX', '1234  6 9012'],
    ],
    [
      'returns and steps',
      `${SIDES}\u001b[2;6H\r#\u001b[3;2H\r#\u001b[9C#\u001b[4;6H\u001b[9D#`,
      ['abcdefghijkl', 'ABC#EFGHIJKL', '#nopqrs#uvwx', 'MNO#QRSTUVWX', '123456789012'],
    ],
    [
      'places that are counted from them',
      `${SIDES}\u001b[?6h\u001b[2;3H#\u001b[9G%\u001b[?6l@`,
      ['@bcdefghijkl', 'ABCDE#G%IJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '123456789012'],
    ],
    [
      'a rectangle of blanks',
      '\u001b[32;2;3;4;6$x',
      ['abcdefghijkl', 'AB    GHIJKL', 'mn    stuvwx', 'MN    STUVWX', '123456789012'],
    ],
    [
      'a soft reset',
      `${SIDES}\u001b[!p\u001b[5;12H#%`,
      ['ABCDEFGHIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '12345678901#', '%'],
    ],
    [
      'no margins again',
      `${SIDES}\u001b[?69l\u001b[5;12H#%`,
      ['ABCDEFGHIJKL', 'mnopqrstuvwx', 'MNOPQRSTUVWX', '12345678901#', '%'],
    ],
  ])('is what a terminal shows of %s', (_, text, rows) => {
    const size = { columns: 12, rows: 5 };
    expect(read([filled, text], size).rows).toEqual(rows);
    expect(read([filled, ...text.split(/(?=\u001b)|(?<=\u001b\[[^a-zA-Z]*[a-zA-Z])/)], size).rows).toEqual(rows);
  });
});
