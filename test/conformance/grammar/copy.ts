import type { Message, Step, Value } from '../conversation.ts';
import type { Random } from '../random.ts';
import { FLUSH, type Speaker, SYNC } from './messages.ts';
import { cuts } from './steps.ts';

/** A way to read data into a table. */
interface Intake {
  readonly text: string;
  /** A row, or part of one. */
  readonly row: (random: Random) => string;
  /** Hexadecimal digits instead of characters. */
  readonly binary?: true;
  /** Nothing can be wrong with it once it has begun. */
  readonly safe?: true;
  readonly denied?: true;
}

const number = (random: Random): string => String(random.integer(1, 99));

/** The header of the binary format, rows of one integer, the trailer. */
const HEADER = '5047434f50590aff0d0a000000000000000000';
const TRAILER = 'ffff';
const integer = (value: number): string => `000100000004${value.toString(16).padStart(8, '0')}`;

const INTAKES: readonly Intake[] = [
  { text: 'copy noisy from stdin', row: (random) => `${number(random)}\n`, safe: true },
  {
    text: 'copy notes (item, body) from stdin',
    row: (random) =>
      random.pick([`1\tsaid\n`, '\\N\t\\N\n', '2\ta\\tb\n', '3\tnaïve\n', '4711\tnowhere\n', '1\n', 'x\ty\n']),
  },
  {
    text: "copy notes (item, body) from stdin (format csv, header, null 'none')",
    row: (random) => random.pick(['item,body\n', '1,"a, b"\n', 'none,none\n', '2,"two\nlines"\n', '3,"open\n', ',\n']),
  },
  {
    text: "copy items (id, name) from stdin (delimiter ';')",
    row: (random) => random.pick([`${random.integer(30, 60)};new ${number(random)}\n`, '1;again\n', '70;\\N\n']),
  },
  { text: 'copy numbers from stdin (format binary)', row: (random) => integer(random.integer(1, 99)), binary: true },
  { text: 'copy mine from stdin', row: (random) => `${number(random)}\tt\n` },
  { text: 'copy nowhere from stdin', row: () => '1\n' },
  { text: 'copy cheap from stdin', row: () => '1\n' },
];

const DENIED: Intake = { text: 'copy forbidden from stdin', row: (random) => `${number(random)}\n`, denied: true };

function intake({ random, refusals }: Speaker): Intake {
  return random.chance(refusals) ? DENIED : random.pick(INTAKES);
}

/** The data, cut without regard to rows; now and then something else. */
function data(random: Random, { row, binary }: Intake): Message[] {
  const rows = random.several(0, random.chance(0.1) ? 200 : 6, () => row(random)).join('');
  const ending = random.weighted([
    [8, ''],
    [1, binary === true ? '00' : '\\.\n'],
    [0.5, binary === true ? 'ff' : '\\.\nmore\n'],
  ]);
  const whole = binary === true ? `${HEADER}${rows}${random.chance(0.9) ? TRAILER : ''}${ending}` : rows + ending;
  const places = random.several(0, 4, () => random.integer(0, whole.length >> 1) * 2).toSorted((a, b) => a - b);
  const parts = [...places, whole.length].map((end, index) => whole.slice(places[index - 1] ?? 0, end));
  const values: Value[] = parts.map((part) => (binary === true ? { hex: part } : part));
  if (random.chance(0.05)) values.push({ fill: random.pick([70_000, 300_000]) });
  return values.map((value) => ({ kind: 'copyData', data: value }));
}

function finish(random: Random): Message {
  return random.chance(0.85) ? { kind: 'copyDone' } : { kind: 'copyFail', reason: random.pick(['enough', '', 'ü']) };
}

/** What is left over, or comes too late, is ignored by the server. */
function surplus(random: Random): Message[] {
  return random.chance(0.1) ? [{ kind: 'copyData', data: '1\n' }, { kind: 'copyDone' }] : [];
}

const pauses = (random: Random): Message[] => (random.chance(0.5) ? [{ kind: 'pause' }] : []);

/** COPY FROM STDIN by a simple query, several of them now and then, among other statements. */
export function copyByQuery(speaker: Speaker): Step {
  const { random, scene } = speaker;
  const intakes = random.several(1, random.chance(0.2) ? 3 : 1, () => intake(speaker));
  const others = [
    'select 1',
    "insert into notes (body) values ('between')",
    'copy numbers to stdout',
    'begin',
    'commit',
    'select 1/0',
  ];
  const texts = intakes.flatMap(({ text }) => (random.chance(0.15) ? [random.pick(others), text] : [text]));
  if (random.chance(0.2)) texts.push(random.pick(others));
  const denied = intakes.some((one) => one.denied === true);
  const fed = intakes.flatMap((one) => [...pauses(random), ...data(random, one), finish(random)]);
  const before = scene.open ? [SYNC] : [];
  scene.statements.delete('');
  scene.open = scene.followable = false;
  const query: Message = { kind: 'query', text: texts.join('; '), ...(denied ? { denied: true } : {}) };
  const messages = [...before, query, ...fed, ...surplus(random)];
  return { messages, wait: random.chance(0.6), cuts: cuts(random), whole: true };
}

/** The same by the extended protocol. The statement is closed: run by itself it would wait for data. */
export function copyByExecute(speaker: Speaker): Step {
  const { random, scene } = speaker;
  const one = intake(speaker);
  const before = scene.open ? [SYNC] : [];
  const denied = one.denied === true ? ({ denied: true } as const) : {};
  const opening: Message[] = [
    { kind: 'parse', name: '', text: one.text, types: [], ...denied },
    { kind: 'bind', portal: '', statement: '', formats: [], values: [], results: [] },
    ...(random.chance(0.5) ? [{ kind: 'describe', what: 'P', name: '' } as const] : []),
    { kind: 'execute', portal: '', rows: random.pick([0, 0, 1]) },
  ];
  const start: Message[] = random.chance(0.5) ? [FLUSH, { kind: 'pause' }] : [];
  const given = data(random, one);
  const amid = one.safe === true && random.chance(0.3);
  // Where the COPY fails in the middle, whether a Sync amid the data is heeded is a matter of time (docs/limits.md).
  const fed = amid ? interrupted(random, one) : [...given, finish(random)];
  const close: Message = { kind: 'close', what: 'S', name: '' };
  scene.statements.delete('');
  scene.open = scene.followable = false;
  const messages = [...before, ...opening, ...start, ...fed, ...surplus(random), SYNC, close, SYNC];
  return { messages, wait: random.chance(0.6), cuts: cuts(random), whole: true };
}

/** Data with which nothing is wrong, with Flush and Sync in between. */
function interrupted(random: Random, { row }: Intake): Message[] {
  const piece = (): Message =>
    random.weighted<Message>([
      [3, { kind: 'copyData', data: row(random) }],
      [1, { kind: 'flush', amid: true }],
      [1, { kind: 'sync', amid: true }],
    ]);
  return [...random.several(1, 6, piece), { kind: 'copyDone' }];
}

/** A COPY that the client leaves in the middle. */
export function unfinishedCopy(speaker: Speaker): Step {
  const { random, scene } = speaker;
  const one = random.pick(INTAKES);
  const before = scene.open ? [SYNC] : [];
  const messages: Message[] = [...before, { kind: 'query', text: one.text }, ...pauses(random), ...data(random, one)];
  return { messages, wait: false, cuts: cuts(random), whole: true };
}
