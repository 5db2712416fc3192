/*
 * Letters and digits by script and case, so that what stands for one is another of its kind, and as long in UTF-8.
 */

type Range = readonly [from: number, to: number];

/** Each alphabet as its ranges of code points. */
const ALPHABETS: readonly (readonly Range[])[] = [
  [[0x30, 0x39]],
  [[0x41, 0x5a]],
  [[0x61, 0x7a]],
  // Latin-1, upper and lower case.
  [
    [0xc0, 0xd6],
    [0xd8, 0xde],
  ],
  [
    [0xdf, 0xf6],
    [0xf8, 0xff],
  ],
  // Latin Extended-A and -B, Latin Extended Additional: the cases alternate.
  [[0x100, 0x24f]],
  [[0x1e00, 0x1eff]],
  // Greek, upper and lower case, and with accents.
  [
    [0x391, 0x3a1],
    [0x3a3, 0x3a9],
  ],
  [[0x3b1, 0x3c9]],
  [
    [0x386, 0x386],
    [0x388, 0x38a],
    [0x38c, 0x38c],
    [0x38e, 0x390],
    [0x3aa, 0x3b0],
    [0x3ca, 0x3ce],
  ],
  // Cyrillic, upper and lower case.
  [[0x400, 0x42f]],
  [[0x430, 0x45f]],
  // Armenian, upper and lower case.
  [[0x531, 0x556]],
  [[0x561, 0x586]],
  // Hebrew.
  [[0x5d0, 0x5ea]],
  // Arabic letters, and both kinds of Arabic digits.
  [
    [0x620, 0x63f],
    [0x641, 0x64a],
    [0x671, 0x6d3],
  ],
  [[0x660, 0x669]],
  [[0x6f0, 0x6f9]],
  // Devanagari letters, vowel signs and digits.
  [[0x904, 0x939]],
  [[0x93e, 0x94d]],
  [[0x966, 0x96f]],
  // Thai letters and signs.
  [[0xe01, 0xe2e]],
  [
    [0xe30, 0xe3a],
    [0xe40, 0xe4e],
  ],
  // Georgian.
  [[0x10d0, 0x10fa]],
  // Hiragana and Katakana.
  [[0x3041, 0x3096]],
  [
    [0x30a1, 0x30fa],
    [0x30fc, 0x30fc],
  ],
  // Han, and Han of the supplementary plane.
  [
    [0x3400, 0x4dbf],
    [0x4e00, 0x9fff],
  ],
  [[0x20000, 0x2a6df]],
  // Hangul.
  [[0xac00, 0xd7a3]],
  // Fullwidth digits and letters.
  [[0xff10, 0xff19]],
  [[0xff21, 0xff3a]],
  [[0xff41, 0xff5a]],
];

const SIZES = ALPHABETS.map((ranges) => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0));

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly alphabet: number;
  /** The symbol of `from`. */
  readonly first: number;
}

/** All ranges, by code point. */
const STRETCHES: readonly Stretch[] = ALPHABETS.flatMap((ranges, alphabet) => {
  let first = 0;
  return ranges.map(([from, to]) => {
    const stretch = { from, to, alphabet, first };
    first += to - from + 1;
    return stretch;
  });
}).toSorted((one, other) => one.from - other.from);

/** What is found for code points below this, which most are, is kept. */
const FEW = 0x600;
const FIRST = Array.from({ length: FEW }, (_one, code) => search(code));

/** The alphabet that a code point is of; −1 when it is neither a letter nor a digit of a script that is known here. */
export function alphabetOf(code: number): number {
  return stretchOf(code)?.alphabet ?? -1;
}

/** The place of a code point in its alphabet; 0 where it has none. */
export function symbolOf(code: number): number {
  const stretch = stretchOf(code);
  return stretch === null ? 0 : stretch.first + code - stretch.from;
}

function stretchOf(code: number): Stretch | null {
  return code < FEW ? (FIRST[code] ?? null) : search(code);
}

function search(code: number): Stretch | null {
  let [low, high] = [0, STRETCHES.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const stretch = STRETCHES[middle];
    if (stretch === undefined) return null;
    if (code < stretch.from) high = middle - 1;
    else if (code > stretch.to) low = middle + 1;
    else return stretch;
  }
  return null;
}

/** How many symbols an alphabet has. */
export function sizeOf(alphabet: number): number {
  return SIZES[alphabet] ?? 1;
}

/** The code point at a place of an alphabet. */
export function codeOf(alphabet: number, symbol: number): number {
  let rest = symbol;
  for (const [from, to] of ALPHABETS[alphabet] ?? []) {
    if (rest <= to - from) return from + rest;
    rest -= to - from + 1;
  }
  return 0;
}
