/**
 * A set of places in a text, one bit for each byte, built from others: what is cheap to find for a whole chunk of rows
 * at once. All of them look backwards only, so that a bit never depends on what follows its byte.
 */
export type Bitmap =
  /** Bytes within any of these ranges, both ends included. */
  | { readonly kind: 'bytes'; readonly ranges: readonly (readonly [number, number])[] }
  /** The last bytes of words of three bytes; see `words`. */
  | { readonly kind: 'words'; readonly buckets: readonly (readonly [string, string, string])[] }
  /** Places that lie `by` bytes after one of `of`: 1 to 63. */
  | { readonly kind: 'after'; readonly by: number; readonly of: Bitmap }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Bitmap[] }
  | { readonly kind: 'not'; readonly of: Bitmap }
  /** The first place of each run of neighbours. */
  | { readonly kind: 'first'; readonly of: Bitmap };

/** `0-9a-f`: a class as in a regular expression, without the brackets. A dash that stands last means itself. */
export function bytes(written: string): Bitmap {
  return { kind: 'bytes', ranges: rangesOf(written) };
}

/**
 * The last bytes of words of three bytes. Each is written as three classes, an empty one for any byte. They are found by
 * the halves of their bytes, so that a few words come out that were not asked for (`[ab]` and `[ar]` with their halves
 * swapped); as many as eight cost what one costs.
 */
export function words(...buckets: readonly (readonly [string, string, string])[]): Bitmap {
  return { kind: 'words', buckets };
}

/** The bytes of a class, as `bytes` reads it. */
export function rangesOf(written: string): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (let at = 0; at < written.length; at++) {
    const from = written.charCodeAt(at);
    const isRange = written[at + 1] === '-' && at + 2 < written.length;
    ranges.push([from, isRange ? written.charCodeAt(at + 2) : from]);
    if (isRange) at += 2;
  }
  return ranges;
}

export function after(by: number, of: Bitmap): Bitmap {
  return by === 0 ? of : { kind: 'after', by, of };
}

export function all(...of: readonly Bitmap[]): Bitmap {
  return { kind: 'all', of };
}

export function any(...of: readonly Bitmap[]): Bitmap {
  return { kind: 'any', of };
}

export function not(of: Bitmap): Bitmap {
  return { kind: 'not', of };
}

export function first(of: Bitmap): Bitmap {
  return { kind: 'first', of };
}

/** Where these follow each other, at the last of them. */
export function sequence(...parts: readonly Bitmap[]): Bitmap {
  return all(...parts.map((part, index) => after(parts.length - 1 - index, part)));
}

/** Where at least `length` neighbours stand, at the last of them. Doubles, so that a long run takes few steps. */
export function run(length: number, of: Bitmap): Bitmap {
  let whole = of;
  let reached = 1;
  while (reached < length) {
    const step = Math.min(reached, length - reached);
    whole = all(whole, after(step, whole));
    reached += step;
  }
  return whole;
}
