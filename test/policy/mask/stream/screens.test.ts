import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reading } from '../../../../src/policy/mask/stream/reading.ts';
import { StreamMask } from '../../../../src/policy/mask/stream/stream-mask.ts';
import { StreamSearch } from '../../../../src/policy/mask/stream/search.ts';

const ID = 'AKIAIOSFODNN7EXAMPLE';
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P';
const [HEAD, TAIL] = [ID.slice(0, 8), ID.slice(8)];

function open(columns = 40, rows = 10): StreamMask {
  const looking = ['aws-key', 'credit-card', 'jwt', 'private-key', 'email'];
  const search = new StreamSearch(
    looking.map((detector) => ({ detector, method: 'redact' as const })),
    (method) => method,
  );
  const mask = new StreamMask(search, true);
  mask.size = { columns, rows };
  return mask;
}

function shown(slices: readonly (string | Buffer)[], mask = open()): string {
  const parts = slices.map((slice) => mask.push(Buffer.from(slice)).shown);
  return Buffer.concat([...parts, mask.end().shown]).toString('utf8');
}

const bytewise = (text: string): string => shown(Array.from(Buffer.from(text), (byte) => Buffer.of(byte)));

/** The letters of it, in the order in which they come. */
const seen = (all: string): string => all.replaceAll(/\u001b\[[\d;?]*[A-Za-z@]/g, '');
/** What was shown before anything was known may be seen: never most of it. */
const LEAK = /ODNN7|ELPMAXE|EXAMPLE/;

describe('on a screen, an id', () => {
  it.each([
    ['whose halves are put in their places', `\u001b[5;1H${HEAD}\u001b[5;9H${TAIL}`],
    ['beside other rows', `\u001b[5;1H${HEAD}\u001b[7;1Hother\u001b[5;9H${TAIL}`],
    [
      'that is drawn letter by letter',
      Array.from(ID)
        .map((letter, index) => `\u001b[3;${index + 4}H${letter}`)
        .join(''),
    ],
    ['that goes forwards over what is there', `\u001b[5;1H${HEAD} ${TAIL}\u001b[5;9H\u001b[P`],
    ['into which a letter is inserted', `\u001b[5;1H${HEAD}${TAIL.slice(1)}\u001b[5;9H\u001b[@${TAIL.slice(0, 1)}`],
    ['behind a line that is drawn', `\u001b(0x\u001b(B${ID}`],
    ['behind tabs', `\u001b[5;1H\t${HEAD}\u001b[5;17H${TAIL}`],
    ['in the region that scrolls', `\u001b[2;5r\u001b[5;1H${HEAD}\n\u001b[4;9H${TAIL}`],
    ['with a colour for each letter', Array.from(ID, (letter, index) => `\u001b[3${index % 8}m${letter}`).join('')],
    ['with another screen in the middle', `${HEAD}\u001b[?1049hother\u001b[?1049l${TAIL}`],
    ['beside what another screen was before', `\u001b[3;1H${HEAD}\u001b[?47h\u001b[Hfoo\u001b[?47l\u001b[3;9H${TAIL}`],
    [
      'behind a cursor that is kept with it',
      `\u001b[3;9H\u001b[?1048h\u001b[3;1H${HEAD}\u001b[7;7Hx\u001b[?1048l${TAIL}`,
    ],
    ['where two modes are set at once', `\u001b[3;9r\u001b[?6;25h\u001b[2;1H${HEAD}\u001b[?6l\u001b[4;9H${TAIL}`],
    ['where LF returns, too', `\u001b[20hxxxx\n${HEAD}\u001b[9G${TAIL}`],
    ['with a tab to a stop of its own', `\u001b[9Gx\u001b[13G\u001bH\u001b[3g\u001b[9G\u001bH\r${HEAD}\r\t${TAIL}`],
    ['with a tab to a stop next to it', `\u001b[5G\u001bH\r${ID.slice(0, 4)}\r\t${ID.slice(4)}`],
    ['on a screen full of E', `\u001b[30G\u001b#8${HEAD}\u001b[9G${TAIL} ok`],
    ['with a soft reset in the middle', `\u001b[5;5H${HEAD}\u001b[!p${TAIL}`],
    ['out of which columns are taken', `\u001b[5;1H${HEAD}xx${TAIL}\u001b[5;9H\u001b[2'~`],
    ['that all columns are moved to', `\u001b[5;1H${HEAD}\u001b[4 A\u001b[4 @\u001b[5;9H${TAIL}`],
    ['behind a sequence that is broken off', `\u001b[5;1H${HEAD}\u001b[12\u00e9${TAIL}`],
    ['on the other screen', `\u001b[?1049h\u001b[H${HEAD}\u001b[2;1H~\u001b[1;9H${TAIL}`],
  ])('%s is masked', (_, text) => {
    for (const all of [shown([text]), bytewise(text)]) expect(seen(all)).not.toMatch(LEAK);
  });

  it.each([
    ['whose end is put there first', `\u001b[5;9H${TAIL}\u001b[5;1H${HEAD}`],
    [
      'that is drawn backwards',
      Array.from(ID)
        .map((letter, index) => `\u001b[3;${index + 4}H${letter}`)
        .toReversed()
        .join(''),
    ],
    ['with columns and rows apart', `\u001b[5d\u001b[9G${TAIL}\u001b[1A\u001b[1B\r${HEAD}`],
  ])('%s is masked where it comes in one piece', (_, text) => {
    expect(seen(shown([text]))).not.toMatch(LEAK);
  });

  it.each([
    ['behind lines that G2 is without', `\u001b)0\u000e\u001bn${TOKEN}`],
    ['behind lines that are reset', `\u001b)0\u000e\u001bc${TOKEN}`],
    ['behind lines that are reset softly', `\u001b(0\u001b[!p${TOKEN}`],
    ['behind lines before UTF-8 is chosen', `\u001b(0\u001b%G${TOKEN}`],
  ])('in small letters, %s, is masked', (_, text) => {
    for (const all of [shown([text]), bytewise(text)]) expect(all).not.toContain(TOKEN.slice(-9));
  });

  it.each([
    ['wider', { columns: 60, rows: 10 }, `\u001b[2;1H${HEAD}`, TAIL],
    ['narrower', { columns: 30, rows: 10 }, `\u001b[2;1H${HEAD}`, `\u001b[2;9H${TAIL}`],
    ['lower', { columns: 40, rows: 4 }, `a\r\nb\r\nc\r\nd\r\ne\r\nf\u001b[2;1H${HEAD}`, `${TAIL} ok`],
    ['wider than where it is broken', { columns: 60, rows: 10 }, `\u001b[1;33H${HEAD}`, TAIL],
  ])('in a window that becomes %s within it is masked', (_, size, before, behind) => {
    const mask = open();
    const first = mask.push(Buffer.from(before)).shown.toString();
    mask.size = size;
    expect(seen(first + shown([behind], mask))).not.toMatch(LEAK);
  });

  it('that is a row of its own shows as many cells as it has', () => {
    expect(shown([`\u001b[5;1H${HEAD}\u001b[5;9H${TAIL} ok`])).toBe(`\u001b[5;1H[redacte\u001b[5;9Hd]********** ok`);
  });

  it('is no id where its halves stand in different rows', () => {
    const text = `\u001b[5;1H${HEAD}\u001b[6;9H${TAIL}`;
    expect(shown([text])).toBe(text);
  });
});

describe('behind what is no UTF-8, an id', () => {
  const id = (before: readonly number[]): Buffer => Buffer.concat([Buffer.from(before), Buffer.from(`${ID} ok`)]);
  it.each([
    ['half a character', [0xe2, 0x82]],
    ['half a character and a step back over it', [0xe2, 0x82, 0x08]],
    ['the beginning of one and a step back', [0xf0, 0x08]],
    ['the beginning of one and a colour', [0xe0, 0x1b, 0x5b, 0x31, 0x6d]],
    ['more bytes than a character has', [0xe2, 0x82, 0xac, 0x80, 0xbf, 0x20]],
    ['bytes that begin none', [0xff, 0xc0, 0xf5, 0x08]],
    ['half a character of UTF-16', [0xed, 0xa0, 0x80, 0x20]],
  ])('%s is masked', (_, before) => {
    const bytes = id(before);
    for (const slices of [[bytes], Array.from(bytes, (byte) => Buffer.of(byte))])
      expect(seen(shown(slices))).not.toMatch(LEAK);
  });

  it.each([
    ['a byte that begins none', [0xff]],
    ['half a character', [0xe2, 0x82]],
    ['the beginning of one', [0xf0]],
  ])('that has %s within is masked, since not all terminals show it', (_, within) => {
    const bytes = Buffer.concat([Buffer.from(HEAD), Buffer.from(within), Buffer.from(`${TAIL} ok`)]);
    for (const slices of [[bytes], Array.from(bytes, (byte) => Buffer.of(byte))])
      expect(seen(shown(slices))).not.toMatch(LEAK);
  });

  it('that has half a character within, which is written over, is masked', () => {
    const slices = [Buffer.from(HEAD), Buffer.of(0xe0), Buffer.from(`\b${TAIL} ok`)];
    for (const all of [shown(slices), shown([Buffer.concat(slices)])]) expect(seen(all)).not.toMatch(LEAK);
  });
});

describe('at the end of a row, an id', () => {
  const before = 'x'.repeat(31);
  it.each([
    ['that the terminal breaks', `${before} ${HEAD}${TAIL} ok\r\n`],
    ['that a program breaks', `${before} ${HEAD}\r\n${TAIL} ok\r\n`],
    ['in a line of several rows', `${'y'.repeat(40)}${before} ${HEAD}\r\n${TAIL} ok\r\n`],
    ['behind letters of other alphabets', `${'ö'.repeat(31)} ${HEAD}\r\n${TAIL} ok\r\n`],
    ['that is put into the next row', `\u001b[3;1H${before} ${HEAD}\u001b[4;1H${TAIL} ok`],
    ['that is set in, as numbers of lines are wide', `   7 ${before.slice(5)} ${HEAD}\r\n     ${TAIL} ok\r\n`],
    [
      'that is set in where a longer line was before',
      `${'z'.repeat(70)}\r\n\u001b[2J\u001b[H${'z'.repeat(70)}\u001b[1;1H${before} ${HEAD}\u001b[2;1H    ${TAIL} ok`,
    ],
    ['with a blank that is taken back, as less does', `${before} ${HEAD} \b${TAIL} ok\r\n`],
  ])('%s is masked', (_, text) => {
    for (const all of [shown([text]), bytewise(text)]) expect(seen(all)).not.toMatch(LEAK);
  });

  it('that is broken three times is masked', () => {
    const [one, two, three, four] = [ID.slice(0, 4), ID.slice(4, 12), ID.slice(12, 19), ID.slice(19)];
    const text = `xyz ${one}\r\n${two}\r\n${three}${four} ok`;
    expect(shown([text], open(8))).toBe('xyz ****\r\n********\r\n******** ok');
  });

  it('is none where the row is not full', () => {
    const text = `${before} ${HEAD.slice(0, 7)}\r\n${HEAD.slice(7)}${TAIL} ok\r\n`;
    expect(shown([text])).toBe(text);
  });
});

describe('said to the terminal itself, an id', () => {
  const clipboard = (text: string): string => `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007 ok`;
  it.each([
    ['in a title', `\u001b]0;id ${ID}\u0007 ok`, `\u001b]0;id [redacted]**********\u0007 ok`],
    ['in a link', `\u001b]8;;http://x/?id=${ID}\u001b\\ok`, `\u001b]8;;http://x/?id=[redacted]**********\u001b\\ok`],
    ['in a title of screen', `\u001bk${ID}\u001b\\ok`, `\u001b]2;[redacted]**********\u001b\\ok`],
    ['in a control string', `\u001bPtmux;${ID}\u001b\\ok`, `\u001bPtmux;[redacted]**********\u001b\\ok`],
    ['behind C1 controls', `\u009d0;${ID}\u009c ok`, `0;[redacted]********** ok`],
    ['that is broken off', `\u001b]0;${ID}\u0018 ok`, `\u001b]0;[redacted]**********\u0018 ok`],
  ])('%s is masked', (_, text, expected) => {
    expect(shown([text])).toBe(expected);
    expect(bytewise(text)).toBe(expected);
  });

  it('that goes to the clipboard does not get there', () => {
    const text = clipboard(`the id ${ID}`);
    const expected = `\u001b]52;c;[redacted]${'*'.repeat(text.length - 21)}\u0007 ok`;
    expect(shown([text])).toBe(expected);
    expect(bytewise(text)).toBe(expected);
    expect(shown([clipboard('nothing to hide')])).toBe(clipboard('nothing to hide'));
  });

  it.each([100, 20_000, 100_000])('is found in strings of %i bytes', (length) => {
    for (const text of [
      `\u001b]0;${'x y '.repeat(length / 4)} ${ID}\u0007`,
      clipboard(`${'x y '.repeat(length / 4)}${ID}`),
    ]) {
      const all = shown([text]);
      expect(all).toHaveLength(text.length);
      expect(all).not.toContain(ID);
      expect(all).not.toContain(text.slice(-40));
    }
  });

  it('of a picture passes as it is', () => {
    for (const text of [`\u001bPq${ID}\u001b\\`, `\u001b_Ga=T;${ID}\u001b\\`]) expect(shown([text])).toBe(text);
  });

  it('waits for its end, and what comes behind is shown at once', () => {
    const mask = open();
    expect(mask.push(Buffer.from(`a \u001b]0;id ${ID}`)).shown.toString()).toBe('a \u001b]');
    expect(mask.waiting).toBe('on');
    expect(mask.push(Buffer.from('\u0007$ ')).shown.toString()).toBe('0;id [redacted]**********\u0007$ ');
    expect(mask.waiting).toBe('nothing');
  });
});

describe('a private key on a screen', () => {
  const letters = 'MIIEowIBAAKCAQEAx3vZ8s0kq1mJ2dQ4yW7uT9rLb6nC5eF8gH1iK0oP3aSjDlZx';
  const lines = Array.from({ length: 40 }, (_, index) => `${letters.slice(index)}${letters.slice(0, index)}`);
  const PEM = (label: string): string =>
    `-----BEGIN ${label}-----\r\n${lines.join('\r\n')}\r\nAb3=\r\n-----END ${label}-----\r\n`;
  const hidden = (all: string): boolean => lines.every((line) => !all.includes(line.slice(0, 16)));

  it('whose beginning was never shown is masked', () => {
    const rest = PEM('PRIVATE KEY').slice(400);
    const all = shown([`tail\r\n${rest}$ `], open(80, 24));
    expect(hidden(all.slice(70))).toBe(true);
    expect(all).not.toContain('Ab3=');
    expect(all).toMatch(/^tail\r\n.*-----END PRIVATE KEY-----\r\n\$ $/s);
  });

  it('is masked beside line numbers and in panes', () => {
    for (const around of [
      (line: string, index: number) => `  ${index} ${line}`,
      (line: string) => `${line}|top - 01:00`,
    ])
      expect(hidden(shown([lines.map(around).join('\r\n')], open(120, 24)))).toBe(true);
  });

  it.each(['CERTIFICATE', 'PUBLIC KEY', 'PGP SIGNATURE'])('is not what a %s is, however long', (label) => {
    const text = PEM(label);
    expect(shown([text], open(80, 24))).toBe(text);
    expect(shown(text.match(/.{1,100}/gs) ?? [], open(80, 24))).toBe(text);
  });

  it('is not a sum of a file', () => {
    const text = `integrity: sha384-${lines[0] ?? ''} ${'0123456789abcdef'.repeat(4)}\r\n`;
    expect(shown([text], open(120, 24))).toBe(text);
  });

  it('does not hold up the prompt of a pager that shows its beginning', () => {
    const mask = open(80, 24);
    const first = mask.push(Buffer.from(`text\r\n${PEM('PRIVATE KEY').slice(0, 600)}\r\n:`)).shown.toString();
    expect(first).toBe('text\r\n');
    expect(mask.waiting).toBe('briefly');
    const late = mask.late().shown.toString();
    expect(late).toMatch(/^\[redacted\]\*+\r\n(?:\*+\r\n)+\*$/);
    const rest = mask.push(Buffer.from(`\r\u001b[K${PEM('PRIVATE KEY').slice(598)}$ `)).shown.toString();
    expect(hidden(rest)).toBe(true);
    expect(rest.endsWith('\r\n$ ')).toBe(true);
  });
});

describe('what is not found', () => {
  it.each([
    ['is encoded', `${Buffer.from(ID).toString('base64')}\r\n`],
    ['is broken in a pane that is narrower', `${HEAD}|one\r\n${TAIL}|two\r\n`],
    ['is broken in a row that is not full', `${HEAD}\r\n${TAIL}\r\n`],
    ['is in a picture', `\u001b_Ga=T;${ID}\u001b\\`],
  ])('%s, and shown', (_, text) => {
    expect(shown([text])).toBe(text);
  });

  it('was drawn with pauses, its end first: what was shown is not taken back', () => {
    const mask = open();
    expect(mask.push(Buffer.from(`\u001b[5;9H${TAIL}`)).shown.toString() + mask.late().shown.toString()).toContain(
      TAIL,
    );
    expect(shown([`\u001b[5;1H${HEAD}\u001b[8;1H`], mask)).toBe('\u001b[5;1H[redacte\u001b[8;1H');
  });

  it('is put anywhere but in its line where nobody knows of a screen', () => {
    const search = new StreamSearch([{ detector: 'aws-key', method: 'redact' }], (method) => method);
    const text = `\u001b[5;1H${HEAD}\u001b[5;9H${TAIL}`;
    expect(shown([text], new StreamMask(search, false))).toBe(text);
  });
});

describe('a screen that would grow', () => {
  it.each([
    ['a line without an end', 'lorem ipsum '.repeat(1000)],
    ['marks on one letter', `e${'\u0301'.repeat(5000)}`],
    ['marks on letters that are put again', `\u001b[He${'\u0301'.repeat(500)}`.repeat(10)],
    ['letters written over', '_\ba\ba'.repeat(2000)],
    ['other screens', '\u001b[?1049hword\u001b[?1049l'.repeat(500)],
  ])('by %s keeps what is on it and no more', (_, text) => {
    const reading = new Reading(
      () => undefined,
      () => undefined,
    );
    reading.size = { columns: 40, rows: 10 };
    const raw = Buffer.from(text);
    for (let index = 0; index < 100; index++) {
      reading.read(raw, 0, raw.length);
      reading.settle(raw.length, 1024);
    }
    expect(reading.length).toBeLessThan(100_000);
  });
});

describe('a screen of any size', () => {
  const number = fc.oneof(fc.nat(9), fc.nat(70_000));
  const sequence = fc
    .tuple(number, number, fc.constantFrom(...Array.from('ABCDEFGHILMPSXZ@`adefrsu')))
    .map(([first, second, final]) => `\u001b[${first};${second}${final}`);
  const others = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    '\t',
    '\b',
    '\u000e',
    '\u000f',
    '\u001b(0',
    '\u001b(B',
    '\u001bM',
    '\u001bD',
    '\u001bE',
    '\u001b7',
    '\u001b8',
    '\u001bc',
    '\u001b[K',
    '\u001b[1K',
    '\u001b[J',
    '\u001b[2J',
    '\u001b[?1049h',
    '\u001b[?1049l',
    '\u001b[?6h',
    '\u001b[4h',
    '\u001b[?7l',
    '\u001b]0;ab\u0007',
    '漢',
    '漢字',
    'é',
    '\u0301',
    '\u200b',
    'word ',
    'letters',
  );
  const bytes = fc.oneof(
    fc.oneof(sequence, others).map((text) => Buffer.from(text)),
    // What terminals differ over (`foreign.test.ts`) begins with one of these.
    fc.uint8Array({ maxLength: 4 }).map((array) => Buffer.from(array.filter((byte) => byte !== 0x1b && byte !== 0xc2))),
  );
  const sizes = fc.record({ columns: fc.integer({ min: 1, max: 12 }), rows: fc.integer({ min: 1, max: 6 }) });

  it.each([
    [
      'a CR',
      [
        [0xe0, 0x0d],
        [0x20, 0x20],
      ],
      1,
      1,
    ],
    ['a control sequence', [[0xc2], [...Buffer.from('\u001b[0;48P')], [...Buffer.from('\u001b[2;0d')]], 1, 2],
    ['an end of line', [[0xf0, 0x9f, 0x0d, 0x0a], [0xf0, 0x0a, 0x0a], [0x41]], 2, 1],
  ] as const)('passes a character that is broken off by %s', (_, slices, columns, rows) => {
    const bytes = slices.map((slice) => Buffer.from(slice));
    const mask = open(columns, rows);
    const passed = [...bytes.map((slice) => mask.push(slice).recorded), mask.end().recorded];
    expect(Buffer.concat(passed).equals(Buffer.concat(bytes))).toBe(true);
  });

  it('passes byte for byte what holds nothing, whatever it does that terminals agree over', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 60 }), sizes, sizes, (slices, before, after) => {
        const mask = open(before.columns, before.rows);
        const passed = slices.map((slice, index) => {
          if (index === 30) mask.size = after;
          return mask.push(slice).recorded;
        });
        expect(Buffer.concat([...passed, mask.end().recorded]).equals(Buffer.concat(slices))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
