import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderCast } from '../../src/record/cast-scene.ts';
import type { CastOptions } from '../../src/record/cast-scene.ts';
import type { StoredEvent } from '../../src/record/event.ts';
import type { RecordEntry, RecordStop } from '../../src/record/reader.ts';
import {
  ANSWER,
  askedEvent,
  endedWith,
  type PlainEvent,
  requestEvent,
  settledEvent,
  shownBy,
  terminalEvent,
  writtenBy,
} from './approvals.ts';
import { refusedEvent, stateDirectory, statementEvent, testHeader } from './fixtures.ts';
import { exported, INVISIBLE, record } from './hostile.ts';

type Timed = readonly [offsetMicros: number, event: StoredEvent];

async function* entries(events: readonly Timed[], state: RecordStop['state']): AsyncGenerator<RecordEntry, RecordStop> {
  for (const [number, [offsetMicros, event]] of events.entries()) yield { number, offsetMicros, event };
  return Promise.resolve({ state, events: events.length });
}

interface Cast {
  readonly header: Readonly<Record<string, unknown>>;
  /** As they are written: what `time` means is the version's. */
  readonly events: readonly (readonly [time: number, code: string, data: string])[];
}

/** Reads a cast as the specification has it, and nothing more leniently. */
function parsed(cast: string): Cast {
  expect(cast.endsWith('\n')).toBe(true);
  expect(cast.replaceAll('\n', '')).not.toMatch(INVISIBLE);
  const [first = '', ...lines] = cast.slice(0, -1).split('\n');
  const header = JSON.parse(first) as Record<string, unknown>;
  const size = (cells: unknown): boolean => Number.isInteger(cells) && Number(cells) > 0 && Number(cells) <= 1000;
  if (header['version'] === 3) {
    const term = header['term'] as Record<string, unknown>;
    expect([size(term['cols']), size(term['rows'])]).toEqual([true, true]);
    expect(Object.keys(term)).toEqual(['cols', 'rows', 'type']);
  } else {
    expect(header['version']).toBe(2);
    expect([size(header['width']), size(header['height'])]).toEqual([true, true]);
  }
  expect(Number.isInteger(header['timestamp'])).toBe(true);
  expect(header).not.toHaveProperty('env');
  const events = lines.map((line) => {
    expect(line).toMatch(/^\[\d+\.\d{6},"[oimr]","/);
    const event = JSON.parse(line) as [number, string, string];
    expect(event).toHaveLength(3);
    if (event[1] === 'r') expect(event[2]).toMatch(/^[1-9]\d{0,3}x[1-9]\d{0,3}$/);
    expect(event[2]).not.toMatch(/\p{Cs}/u);
    return event;
  });
  return { header, events };
}

async function cast(
  events: readonly Timed[],
  options: Partial<CastOptions> = {},
  stop: RecordStop['state'] = 'sealed',
) {
  const about = { title: 'a title', started: Date.UTC(2026, 0, 1), idleLimit: 2, version: 3, input: false } as const;
  let whole = '';
  for await (const line of renderCast(entries(events, stop), { decode: () => [], ...about, ...options })) whole += line;
  return parsed(whole);
}

const HEADER: StoredEvent = { type: 'header', header: testHeader(), writer: { pid: 1, host: 'here', birth: null } };
const OPEN: StoredEvent = { type: 'open', connection: 1, application: 'psql', peer: 'local' };
const TOTALS = { connections: 1, statements: 1, refused: 0, errors: 0, rows: 0 };
const END: StoredEvent = { type: 'end', cause: 'client', ended: 0, totals: TOTALS };
const resize = (columns: number, rows: number): PlainEvent => ({ type: 'resize', connection: 1, columns, rows });

const outputs = ({ events }: Cast): string => events.flatMap(([, code, data]) => (code === 'o' ? [data] : [])).join('');
const coded = ({ events }: Cast, code: string): string[] =>
  events.filter((one) => one[1] === code).map((one) => one[2]);

describe('a cast', () => {
  test.each(['asciicast', 'asciicast-v2'] as const)(
    'as %s plays nothing but text and our own colours, and names no environment (R45, R46)',
    async (format) => {
      const state = stateDirectory();
      const found = parsed(await exported(state, await record(state), format));
      expect(found.header).toMatchObject({ idle_time_limit: 2, timestamp: Date.UTC(2026, 0, 1) / 1000 });
      expect(found.header['title']).toContain('pg-prod');
      for (const output of coded(found, 'o')) {
        expect(output.replace(/\u001b\[\d{0,2}m|\r\n/g, '')).not.toMatch(INVISIBLE);
      }
      expect(coded(found, 'm')).toEqual([expect.stringMatching(/^refused #10 \[1\] > drop table /)]);
    },
  );

  test('has exact times that never run backwards, in both ways of counting', () => {
    const property = fc.asyncProperty(fc.array(fc.nat({ max: 5e12 }), { minLength: 1, maxLength: 30 }), async (at) => {
      const offsets = at.toSorted((a, b) => a - b);
      const events = offsets.map((offset): Timed => [offset, statementEvent('select 1')]);
      const [v2, v3] = [await cast(events, { version: 2 }), await cast(events)];
      expect(v2.events.map(([time]) => Math.round(time * 1e6))).toEqual(offsets);
      let sum = 0;
      expect(v3.events.map(([time]) => (sum += Math.round(time * 1e6)))).toEqual(offsets);
    });
    return fc.assert(property);
  });

  test('never runs backwards, even where a record says so', async () => {
    const { events } = await cast([
      [500, statementEvent('select 1')],
      [100, statementEvent('select 2')],
      [700, statementEvent('select 3')],
    ]);
    expect(events.map(([time]) => time)).toEqual([0.0005, 0, 0.0002]);
  });

  test('shortens pauses in players as far as it is asked to', async () => {
    expect((await cast([[0, HEADER]], { idleLimit: 10 })).header).toHaveProperty('idle_time_limit', 10);
    expect((await cast([[0, HEADER]], { idleLimit: null })).header).not.toHaveProperty('idle_time_limit');
  });

  test('marks refusals, requests, and who answered what', async () => {
    const found = await cast([
      [0, HEADER],
      [1, OPEN],
      [2, statementEvent('select 1')],
      [3, refusedEvent('drop\u001b[31m table t')],
      [4, askedEvent('update t set a = 1')],
      [5, requestEvent(4)],
      [6, { type: 'answer', connection: 1, answer: { ...ANSWER, reason: '\u202eodd' } }],
      [7, settledEvent(4, 'approved')],
      [8, END],
    ]);
    expect(coded(found, 'm')).toEqual([
      'refused #3 [1] > drop<U+001B>[31m table t',
      expect.stringMatching(/^#4 held: request k7m2p9qx/),
      expect.stringMatching(/^request k7m2p9qx approved by Bob .*<U\+202E>odd$/),
      '#4 request k7m2p9qx is over: approved',
    ]);
  });

  test('that was cut says so at its end', async () => {
    for (const state of ['open', 'cut'] as const) {
      const found = await cast([[0, HEADER]], {}, state);
      expect(found.events.at(-1)?.[2]).toContain('the record goes no further');
    }
    expect(outputs(await cast([[0, HEADER]]))).not.toContain('goes no further');
  });
});

describe('a cast of a terminal', () => {
  test('is as large as the terminal, shows what it showed, and what it was only where it draws', async () => {
    const found = await cast([
      [0, HEADER],
      [1, OPEN],
      [2, resize(80, 24)],
      [3, terminalEvent('\u001b]0;owned\u0007$ \u001b[3')],
      [4, terminalEvent('1mred\u001b[6n')],
      [5, resize(132, 50)],
      [6, resize(0, 4_000_000_000)],
    ]);
    expect(found.header['term']).toMatchObject({ cols: 80, rows: 24 });
    expect(outputs(found)).toMatch(/\r\n\$ \u001b\[31mred$/);
    expect(coded(found, 'r')).toEqual(['132x50', '1x1000']);
  });

  test('holds what was typed only when asked', async () => {
    const events: Timed[] = [
      [1, terminalEvent('$ ')],
      [2, terminalEvent('ls\u001b[A\u001b[200~\r', 'input')],
    ];
    expect(coded(await cast(events), 'i')).toEqual([]);
    expect(coded(await cast(events, { input: true }), 'i')).toEqual(['ls\u001b[A\r']);
  });

  test('is not drawn over: what else happens is marked, and its end stands below it', async () => {
    const found = await cast([
      [0, HEADER],
      [1, terminalEvent('\u001b[?1049h\u001b[?25lscreen')],
      [2, statementEvent('cat /etc/motd')],
      [3, { type: 'error', connection: 1, statement: 2, code: '1', message: 'no', severity: 'ERROR' }],
      [4, END],
    ]);
    expect(coded(found, 'm')).toEqual(['#2 [1] > cat /etc/motd', 'error 1']);
    expect(outputs(found)).toMatch(/screen\u001b\[\?1049l.*\u001b\[\?25h\r\n\u001b\[2mended /s);
  });

  test('has one terminal at a time: another one is drawn, whole, when the first is quiet or over', async () => {
    const events: Timed[] = [
      [1, terminalSize(1, 80, 24)],
      [2, shownBy(1, 'first$ ')],
      [3, terminalSize(2, 100, 30)],
      [4, shownBy(2, 'second$ ')],
      [5, shownBy(1, 'ls')],
    ];
    expect(outputs(await cast(events))).toBe('first$ ls');
    const quiet = await cast([...events, [2_000_000, shownBy(2, 'make')]]);
    expect(outputs(quiet)).toMatch(/^first\$ ls\u001b.*\u001b\[2J\u001b\[1;1Hsecond\$ make\u001b\[1;13H$/s);
    expect(coded(quiet, 'r')).toEqual(['100x30']);
    const over = await cast([...events, [6, endedWith(1, 'exit 0')], [7, shownBy(2, 'make')]]);
    expect(outputs(over)).toMatch(/^first\$ ls\u001b.*#1 exit 0.*\u001b\[2J\u001b\[1;1Hsecond\$ make\u001b\[1;13H$/s);
  });

  test('is never drawn into by a command that runs beside it, of which markers tell', async () => {
    const found = await cast([
      [0, HEADER],
      [1, statementEvent('shell')],
      [2, terminalSize(1, 80, 24)],
      [3, shownBy(1, '$ ')],
      [4, statementEvent('make all')],
      [5, writtenBy(4, 'compiling\n')],
      [6, writtenBy(4, 'no rule\n', 'errors')],
      [7, endedWith(4, 'exit 2')],
      [8, shownBy(1, 'exit\r\n')],
      [9, endedWith(1, 'exit 0')],
      [10, statementEvent('true')],
      [11, writtenBy(10, 'seen again\n')],
      [12, END],
    ]);
    expect(coded(found, 'm')).toEqual(['#4 [1] > make all', '#4 writes', '#4 exit 2']);
    const shown = outputs(found);
    expect(shown).not.toMatch(/compiling|no rule/);
    expect(shown).toMatch(/\$ exit\r\n.*#1 exit 0.*> true.*#10 \| seen again/s);
  });
});

function terminalSize(statement: number, columns: number, rows: number): PlainEvent {
  return { type: 'resize', connection: 1, statement, columns, rows };
}

describe('asciinema', () => {
  /** What it shows on a terminal of its own, and its exit code. */
  async function asciinema(...args: readonly string[]): Promise<{ readonly shown: string; readonly code: number }> {
    const typing = fileURLToPath(new URL('../cli/type-into.py', import.meta.url));
    const env = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', ASCIINEMA_CONFIG_HOME: stateDirectory() };
    const child = spawn('python3', [typing], { env });
    child.stdin.end(JSON.stringify({ command: ['asciinema', ...args], steps: [] }));
    const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(errors).toBe('');
    return JSON.parse(answer) as { shown: string; code: number };
  }

  test('plays an export of version 2', async () => {
    const state = stateDirectory();
    const path = join(state, 'session.cast');
    const whole = await exported(state, await record(state), 'asciicast-v2');
    writeFileSync(path, whole);
    for (const command of [['cat'], ['play', '--speed', '1000']]) {
      const { shown, code } = await asciinema(...command, path);
      expect(code).toBe(0);
      expect(shown.trimEnd()).toBe(outputs(parsed(whole)).trimEnd());
    }
  });
});

test('a long statement is broken where the screen ends, by rows that can be told from others', async () => {
  const padded = `select 1${' '.repeat(300)}#9 refused by production, deny 1`;
  const { events } = await cast([
    [0, HEADER],
    [1000, statementEvent(padded)],
  ]);
  const rows = events.flatMap(([, code, data]) => (code === 'o' ? data.split('\r\n') : []));
  const plain = rows.map((row) => row.replaceAll(/\u001b\[\d*m/g, ''));
  expect(plain.every((row) => row.length <= 120)).toBe(true);
  expect(plain.filter((row) => row.includes('refused by'))).toEqual([expect.stringMatching(/^↪ /)]);
});
