import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Card, FLAG } from '../../../src/record/page/card.ts';
import { Archive, selected } from '../../../src/record/page/model/archive.ts';
import { clock, duration, moment } from '../../../src/record/page/model/clock.ts';
import { Heights } from '../../../src/record/page/model/heights.ts';
import { commandOf } from '../../../src/record/page/model/keys.ts';
import { Playback } from '../../../src/record/page/model/playback.ts';
import { Screen } from '../../../src/record/page/model/screen.ts';
import { searching } from '../../../src/record/page/model/search.ts';
import { outputLines, Showing } from '../../../src/record/page/model/showing.ts';
import { Timeline } from '../../../src/record/page/model/timeline.ts';
import { TerminalFilter } from '../../../src/record/terminal-filter.ts';

describe('a timeline', () => {
  it('shortens pauses, and only those', () => {
    const timeline = new Timeline([1, 3, 103, 104], 110, 5);
    expect(timeline.length).toBe(1 + 2 + 5 + 1 + 5);
    expect([0, 1, 2, 3].map((card) => timeline.playedOf(card))).toEqual([1, 3, 8, 9]);
    // Half of the pause that was passes in half of the pause that is played.
    expect(timeline.passed(5.5)).toBe(53);
    expect(timeline.played(53)).toBe(5.5);
    expect([0, 1, 2.9, 3, 9, 14].map((played) => timeline.cardAt(played))).toEqual([-1, 0, 0, 1, 3, 3]);
  });

  it('goes there and back for every moment', () => {
    const property = fc.property(
      fc.array(fc.nat(1000), { maxLength: 20 }),
      fc.nat(100),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (gaps, limit, share) => {
        let at = 0;
        const offsets = gaps.map((gap) => (at += gap));
        const timeline = new Timeline(offsets, at, limit + 1);
        const played = share * timeline.length;
        expect(timeline.played(timeline.passed(played))).toBeCloseTo(played, 5);
        const card = timeline.cardAt(played);
        if (card >= 0) expect(timeline.playedOf(card)).toBeLessThanOrEqual(played);
        if (card + 1 < offsets.length) expect(timeline.playedOf(card + 1)).toBeGreaterThan(played);
      },
    );
    expect(() => fc.assert(property)).not.toThrow();
  });

  it('of nothing has no length', () => {
    const timeline = new Timeline([], 0, 5);
    expect([timeline.length, timeline.cardAt(0), timeline.passed(3)]).toEqual([0, -1, 0]);
  });
});

describe('a playback', () => {
  it('moves with the clock at its speed, and stops at the end', () => {
    const playback = new Playback(10_000_000);
    expect(playback.at(50)).toBe(0);
    playback.play(100);
    expect(playback.at(1100)).toBe(1_000_000);
    playback.setSpeed(4, 1100);
    expect(playback.at(2100)).toBe(5_000_000);
    playback.pause(2100);
    expect(playback.at(9000)).toBe(5_000_000);
    playback.seek(9_000_000, 9000);
    playback.play(9000);
    expect([playback.at(9500), playback.playing]).toEqual([10_000_000, false]);
    playback.play(9500);
    expect([playback.at(9500), playback.playing]).toEqual([0, true]);
  });

  it('has speeds from a half to sixteen', () => {
    const playback = new Playback(1);
    for (let step = 0; step < 10; step += 1) playback.shift(1, 0);
    expect(playback.speed).toBe(16);
    for (let step = 0; step < 10; step += 1) playback.shift(-1, 0);
    expect(playback.speed).toBe(0.5);
  });

  it('stays within what there is, also when that is counted anew', () => {
    const playback = new Playback(100);
    playback.seek(-5, 0);
    expect(playback.at(0)).toBe(0);
    playback.seek(500, 0);
    expect(playback.at(0)).toBe(100);
    playback.rescale(40, 30, 0);
    expect(playback.at(0)).toBe(30);
  });
});

describe('heights', () => {
  it('add up, and find what stands where, as counting one by one does', () => {
    const property = fc.property(
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.tuple(fc.nat(39), fc.integer({ min: 1, max: 50 })), { maxLength: 20 }),
      fc.nat(2500),
      (first, changes, top) => {
        const heights = new Heights(first.length, (index) => first[index] ?? 0);
        const plain = [...first];
        for (const [index, height] of changes) {
          heights.set(index, height);
          if (index < plain.length) plain[index] = height;
        }
        const sum = (count: number): number => plain.slice(0, count).reduce((total, height) => total + height, 0);
        expect(heights.total).toBe(sum(plain.length));
        const slow = plain.findIndex((_, index) => sum(index + 1) > top);
        expect(heights.indexAt(top)).toBe(slow < 0 ? plain.length - 1 : slow);
      },
    );
    expect(() => fc.assert(property)).not.toThrow();
    expect(new Heights(0, () => 1).indexAt(5)).toBe(0);
  });
});

/** An archive of statements in blocks of two. */
function archiveOf(cards: readonly (readonly [text: string, flags: number, connection: number])[]): {
  readonly archive: Archive;
  readonly reads: number[];
} {
  const made = cards.map(([text, flags, connection], index): readonly [Card, number] => [
    {
      number: index * 10,
      at: index,
      connection,
      parts: [
        { kind: 'statement', phase: 'query', text, left: 0, wholeAt: null, values: ['value'], effects: [] },
        { kind: 'error', at: 0, severity: 'ERROR', code: 'XX000', message: `about ${text}` },
      ],
    },
    flags,
  ]);
  const blocks = Array.from({ length: Math.ceil(made.length / 2) }, (_, block) => made.slice(2 * block, 2 * block + 2));
  const reads: number[] = [];
  const indexes = blocks.map((block) =>
    block.flatMap(([card, flags]) => [card.number, card.at, card.connection ?? -1, flags, 1]),
  );
  const archive = new Archive(indexes, (block) => {
    reads.push(block);
    return JSON.stringify(blocks[block]?.map(([card]) => card))
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026');
  });
  return { archive, reads };
}

function found(
  archive: Archive,
  query: string,
  positions = selected(archive, { kind: 'all', connection: null }),
): number[] {
  const steps = searching(archive, positions, query);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

describe('an archive', () => {
  const { archive, reads } = archiveOf([
    ['select One', FLAG.statement, 1],
    ['drop <b> & "quoted"', FLAG.statement | FLAG.refused, 2],
    ['update', FLAG.statement | FLAG.asked, 1],
    ['grüße', FLAG.statement | FLAG.error, 2],
    ['tail', 0, 1],
  ]);

  it('reads a block when a card of it is looked at, and once', () => {
    reads.length = 0;
    expect(archive.card(3)?.number).toBe(30);
    expect(archive.card(2)?.number).toBe(20);
    expect(reads).toEqual([1]);
    expect(archive.card(99)).toBeNull();
  });

  it('finds a card by its number', () => {
    expect([0, 30, 40, 35, -1, 99].map((number) => archive.positionOf(number))).toEqual([0, 3, 4, -1, -1, -1]);
  });

  it('selects by kind and by connection', () => {
    const of = (kind: 'refused' | 'asked' | 'errors' | 'statements' | 'terminal', connection: number | null = null) =>
      selected(archive, { kind, connection });
    expect([of('refused'), of('asked'), of('errors'), of('terminal')]).toEqual([[1], [2], [3], []]);
    expect(of('statements', 2)).toEqual([1, 3]);
  });

  it('searches all texts in any case, also those that are escaped in the page, and nothing else', () => {
    expect(found(archive, 'ONE')).toEqual([0]);
    expect(found(archive, '<b> & "q')).toEqual([1]);
    expect(found(archive, 'GRÜSSE')).toEqual([]);
    expect(found(archive, 'grüß')).toEqual([3]);
    expect(found(archive, 'about')).toEqual([0, 1, 2, 3, 4]);
    expect(found(archive, 'statement')).toEqual([]);
    expect(found(archive, 'select', [1, 2])).toEqual([]);
    expect(found(archive, '')).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('keys', () => {
  const key = (name: string, held: object = {}) => ({
    key: name,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    ...held,
  });

  it('command the player, except where they are typed or mean something already', () => {
    expect(commandOf(key(' '), 'BODY')).toBe('play');
    expect(commandOf(key('/'), 'MAIN')).toBe('search');
    expect(commandOf(key(' '), 'BUTTON')).toBeNull();
    expect(commandOf(key('n'), 'BUTTON')).toBe('next-mark');
    expect(commandOf(key('n'), 'INPUT')).toBeNull();
    expect(commandOf(key('p', { ctrlKey: true }), 'BODY')).toBeNull();
    expect(commandOf(key('PageDown'), 'BODY')).toBeNull();
  });
});

describe('times', () => {
  it('are said as people say them', () => {
    expect([0, 59_949_999, 61_000_000, 3_723_400_000].map(clock)).toEqual(['0:00.0', '0:59.9', '1:01.0', '1:02:03.4']);
    expect([12, 1500, 2_500_000, 90_000_000].map(duration)).toEqual(['12 µs', '1.5 ms', '2.50 s', '1:30.0']);
    expect(moment(0, 1_500_000)).toBe('1970-01-01T00:00:01.500Z');
    expect(moment(8.64e15, 1000)).toBe('');
  });
});

/** What a real terminal shows. */
async function xtermLines(text: string, columns: number, rows: number): Promise<string[]> {
  const terminal = new Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return lines.map((line) => line.trimEnd());
}

describe('a screen', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'abc xyz0189'.split('')), minLength: 1, maxLength: 12 });
  const moves = fc
    .tuple(fc.constantFrom(...'ABCDEFGdeaHfJKLMPX@ST'.split('')), fc.nat(14), fc.nat(14))
    .map(([final, a, b]) => `\u001b[${'Hf'.includes(final) ? `${a};${b}` : 'JK'.includes(final) ? a % 3 : a}${final}`);
  const others = [
    '\r',
    '\n',
    '\r\n',
    '\b',
    '\t',
    'e\u0301',
    '\u001bM',
    '\u001bD',
    '\u001bE',
    '\u001b(0lqk\u001b(B',
    '\u001b[?25l',
    '\u001b[1m',
  ];

  // Terminals differ in what wide characters do at an edge without wrapping, and in what the other screen shares.
  it.each([
    ['and scrolls', ['\u001b[2;5r', '\u001b[r', '\u001b7', '\u001b8', '日本']],
    ['and has another beside it', ['\u001b[?1049h', '\u001b[?1049l', '\u001b[?7l', '\u001b[?7h']],
  ])('shows what a terminal shows, %s', async (_, special) => {
    const token = fc.oneof(letters, moves, fc.constantFrom(...others), fc.constantFrom(...special));
    const property = fc.asyncProperty(fc.array(token, { maxLength: 30 }), async (tokens) => {
      const text = new TerminalFilter().push(tokens.join(''));
      const screen = new Screen(20, 8);
      screen.write(text);
      expect(screen.lines()).toEqual(await xtermLines(text, 20, 8));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('is of a size that can be drawn, and takes another', () => {
    const screen = new Screen(0, 4_000_000_000);
    expect(screen.lines()).toHaveLength(1000);
    screen.resize(10, 2);
    screen.write('hello\r\nworld');
    screen.resize(3, 5);
    expect(screen.lines()).toEqual(['hel', 'wor', '', '', '']);
  });
});

describe('what terminals showed', () => {
  const cards: readonly Card[] = [
    {
      number: 1,
      at: 0,
      connection: 1,
      parts: [
        {
          kind: 'terminal',
          stream: 'output',
          statement: null,
          piped: false,
          pieces: [
            [0, 20, 3],
            [0, '$ '],
            [5, 'ls'],
          ],
        },
      ],
    },
    {
      number: 5,
      at: 6,
      connection: 1,
      parts: [{ kind: 'terminal', stream: 'input', statement: null, piped: false, pieces: [[6, 'secret']] }],
    },
    {
      number: 6,
      at: 10,
      connection: 2,
      parts: [{ kind: 'terminal', stream: 'output', statement: null, piped: false, pieces: [[10, 'other']] }],
    },
    {
      number: 7,
      at: 12,
      connection: 1,
      parts: [{ kind: 'terminal', stream: 'output', statement: null, piped: false, pieces: [[12, '\r\nfile']] }],
    },
  ];
  const index = cards.flatMap(({ number, at, connection }) => [number, at, connection ?? -1, FLAG.terminal, 1]);

  it('is known for every moment, forwards and backwards, of the terminal that was used last', () => {
    const showing = new Showing(new Archive([index], () => JSON.stringify(cards)));
    const first = (at: number): string[] => showing.linesAt(at).filter((line) => line !== '');
    expect([0, 4, 5, 11, 12, 99].map(first)).toEqual([
      ['$'],
      ['$'],
      ['$ ls'],
      ['other'],
      ['$ ls', 'file'],
      ['$ ls', 'file'],
    ]);
    expect(first(5)).toEqual(['$ ls']);
    expect(showing.any).toBe(true);
  });

  it('is listed as the last lines of it, and says when there were others', () => {
    const short: [number, string][] = [
      [0, '10%\r100%\r\n'],
      [1, 'done'],
    ];
    expect(outputLines(short)).toEqual({ lines: ['100%', 'done'], cut: false });
    const long = outputLines([[0, Array.from({ length: 500 }, (_, line) => `line ${line}`).join('\r\n')]]);
    expect(long).toMatchObject({ cut: true, lines: { length: 200 } });
    expect(long.lines.at(-1)).toBe('line 499');
  });
});
