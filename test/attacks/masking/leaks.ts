import { canariesOf, type World } from './canaries.ts';

/** Parts of words this long count: who sees eight characters in a row has seen the value. */
const WINDOW = 8;

const reversed = (text: string): string => text.split('').reverse().join('');
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
/** As tools for pages of memory write it. */
const spaced = (digits: string): string => digits.replaceAll(/..(?!$)/g, '$& ');

/** What base64 makes of a text wherever it begins in what is encoded, without the ends that depend on its neighbours. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '');
    return encoded.slice(before === 0 ? 0 : before + 1, -2);
  });
}

/** All that is looked for, in lower case but for base64. */
interface Needles {
  /** Any `WINDOW` characters of a word: in clear, backwards, in hexadecimal, in base64. */
  readonly windows: ReadonlyMap<string, string>;
  readonly exact: readonly (readonly [needle: string, canary: string])[];
}

function windowsOf(words: readonly string[]): Map<string, string> {
  const windows = new Map<string, string>();
  const add = (form: string, size: number, canary: string): void => {
    for (let at = 0; at + size <= form.length; at += 1) windows.set(form.slice(at, at + size), canary);
  };
  for (const word of words) {
    for (const form of [word, reversed(word)]) {
      add(form, WINDOW, word);
      // Sixteen digits of hexadecimal are eight characters. The first half is enough to find the place.
      for (const spelling of [form, form.toUpperCase()]) {
        for (let at = 0; at + WINDOW <= form.length; at += 1) {
          const digits = hex(spelling.slice(at, at + WINDOW));
          windows.set(digits, word);
          windows.set(spaced(digits), word);
        }
        for (const encoded of base64Forms(Buffer.from(spelling))) add(encoded, 2 * WINDOW - 4, word);
      }
    }
  }
  return windows;
}

/** A numeric's digits as PostgreSQL sends them in binary: 16 bits for each four. */
function binaryNumeric(digits: string): Buffer {
  const padded = digits.padStart(Math.ceil(digits.length / 4) * 4, '0');
  const groups = padded.match(/\d{4}/g) ?? [];
  const bytes = Buffer.alloc(2 * groups.length);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number(group), 2 * index);
  return bytes;
}

function numberForms(digits: string): string[] {
  const binary = Buffer.alloc(8);
  binary.writeBigInt64BE(BigInt(digits));
  return [
    digits,
    reversed(digits),
    BigInt(digits).toString(16),
    BigInt(digits).toString(2),
    BigInt(digits).toString(8),
    hex(digits),
    binary.subarray(3).toString('latin1'),
    binaryNumeric(digits).toString('latin1'),
    ...base64Forms(Buffer.from(digits)),
  ];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function dayForms(day: string): string[] {
  const [year = '', month = '', date = ''] = day.split('-');
  const binary = Buffer.alloc(4);
  binary.writeInt32BE((Date.parse(day) - Date.parse('2000-01-01')) / 86_400_000);
  return [
    day,
    `${year}${month}${date}`,
    `${month}/${date}/${year}`,
    `${date}/${month}/${year}`,
    `${month}-${date}-${year}`,
    `${date}.${month}.${year}`,
    `${date}-${months[Number(month) - 1]}-${year}`,
    `${months[Number(month) - 1]} ${date}, ${year}`,
    reversed(day),
    String(Date.parse(day) / 1000),
    String((Date.parse(day) - Date.parse('2000-01-01')) / 86_400_000).padStart(6, '_'),
    binary.toString('latin1'),
  ].filter((form) => !form.startsWith('_'));
}

function byteForms(bytes: Buffer): string[] {
  const escaped = [...bytes].map((byte) => (byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : null));
  return [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.subarray(4, 12).toString('hex'),
    ...base64Forms(bytes),
    ...(escaped.includes(null) ? [] : [escaped.join('')]),
  ];
}

function needlesOf(world: World): Needles {
  const { words, numbers, days, bytes } = canariesOf(world);
  return {
    windows: windowsOf(words),
    exact: [
      ...numbers.flatMap((digits) => numberForms(digits).map((form) => [form, digits] as const)),
      ...days.flatMap((day) => dayForms(day).map((form) => [form, day] as const)),
      ...bytes.flatMap((each) => byteForms(each).map((form) => [form, each.toString('hex')] as const)),
    ],
  };
}

const known = { one: needlesOf('one'), two: needlesOf('two') };
const sizes = [WINDOW, 2 * WINDOW - 4, 2 * WINDOW, 3 * WINDOW - 1];

function* places(text: string, needles: Needles, least: number): Generator<string> {
  for (const spelling of [text, text.toLowerCase()]) {
    for (let at = 0; at + WINDOW <= spelling.length; at += 1) {
      for (const size of sizes) {
        const canary = needles.windows.get(spelling.slice(at, at + size));
        if (canary !== undefined) yield canary;
      }
    }
    for (const [needle, canary] of needles.exact) {
      if (needle.length >= least && spelling.includes(needle)) yield canary;
    }
  }
}

/**
 * Masked values of a world that can be read out of a text, whatever shape they are in. `least`: shapes of fewer bytes are
 * not looked for. Four are found in any megabyte of digests.
 */
export function leaksIn(text: string, world: World, least = 0): string[] {
  return [...new Set(places(text, known[world], least))];
}
