import type { Value } from '../conversation.ts';
import type { Random } from '../random.ts';

const hex = (bytes: number, write: (buffer: Buffer) => void): Value => {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return { hex: buffer.toString('hex') };
};

/** A type of parameters: how its values look in both formats. */
interface Kind {
  readonly oid: number;
  readonly text: (random: Random) => Value;
  readonly binary: (random: Random) => Value;
}

const words = ['', 'x', 'item 3', 'naïve', '日本語', "it's", 'a\\b', '{}', '\t', 'NULL', 'select 1; select 2'];

/** Lengths of long values, in bytes: around the sizes of buffers on the way. */
const long = [1000, 8192, 65_536, 70_000, 200_000];

const word = (random: Random): Value => (random.chance(0.1) ? { fill: random.pick(long) } : random.pick(words));
const small = (random: Random): number => random.integer(-3, 60);

const arrayOf = (elements: readonly number[]): Value =>
  hex(20 + 8 * elements.length, (buffer) => {
    buffer.writeInt32BE(1, 0);
    buffer.writeInt32BE(23, 8);
    buffer.writeInt32BE(elements.length, 12);
    buffer.writeInt32BE(1, 16);
    for (const [index, element] of elements.entries()) {
      buffer.writeInt32BE(4, 20 + 8 * index);
      buffer.writeInt32BE(element, 24 + 8 * index);
    }
  });

export const KINDS = {
  int: {
    oid: 23,
    text: (random) => String(small(random)),
    binary: (random) => hex(4, (buffer) => buffer.writeInt32BE(small(random))),
  },
  bigint: {
    oid: 20,
    text: (random) => String(small(random)),
    binary: (random) => hex(8, (buffer) => buffer.writeBigInt64BE(BigInt(small(random)))),
  },
  float: {
    oid: 701,
    text: (random) => random.pick(['1.5', 'NaN', '-Infinity', '1e300']),
    binary: (random) => hex(8, (buffer) => buffer.writeDoubleBE(random.integer(-100, 100) / 8)),
  },
  text: { oid: 25, text: word, binary: word },
  bool: {
    oid: 16,
    text: (random) => random.pick(['t', 'false', 'yes', 'off']),
    binary: (random) => ({ hex: random.pick(['00', '01']) }),
  },
  bytes: {
    oid: 17,
    text: (random) => random.pick(['\\x', '\\x00ff', 'abc', '\\000']),
    binary: (random) => (random.chance(0.1) ? { fill: random.pick(long) } : { hex: random.pick(['', '00', 'ff00ff']) }),
  },
  date: {
    oid: 1082,
    text: (random) => random.pick(['2020-02-29', 'epoch', 'infinity', '2021-13-01']),
    binary: (random) => hex(4, (buffer) => buffer.writeInt32BE(random.integer(-1000, 9000))),
  },
  json: {
    oid: 3802,
    text: (random) => random.pick(['{"a": [1, null]}', 'null', '"x"', '{broken']),
    binary: (random) => ({ hex: `01${Buffer.from(random.pick(['{"b": 2}', '[]', '{'])).toString('hex')}` }),
  },
  ints: {
    oid: 1007,
    text: (random) => random.pick(['{}', '{1,2,3}', '{NULL}', '{1', '{{1},{2}}']),
    binary: (random) => arrayOf(random.several(1, 4, () => small(random))),
  },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof KINDS;

/** A value for a parameter; now and then one that the server cannot read. */
export function valueFor(name: KindName, format: number, random: Random): Value | null {
  const kind: Kind = KINDS[name];
  if (random.chance(0.08)) return null;
  if (random.chance(0.03)) return random.pick(['rubbish', { hex: '0102' }, { hex: 'ff' }]);
  return format === 1 ? kind.binary(random) : kind.text(random);
}
