import { type Code, get, i16x8, i32, i64, i8x16, set, TYPE, v128 } from './assembler.ts';
import { type Bitmap, rangesOf } from './bitmap.ts';
import { BEFORE, BLOCK, CARRIES, CARRIES_AT, CONSTANTS, CONSTANTS_AT, WINDOW_AT } from './layout.ts';

const VECTOR = 16;

/**
 * The code that works bitmaps out for one block, each once however often it is used. A bitmap is a word of 64 bits in a
 * local. Vectors that never change are locals too: a compiler makes a constant anew wherever it is used.
 */
export class Words {
  readonly #known = new Map<string, number>();
  readonly #types: number[];
  readonly #at: number;
  readonly #each: number[] = [];
  readonly #begin: number[] = [];
  readonly #next: number[] = [];
  readonly #end: number[] = [];
  readonly #constants: number[] = [];
  #carried = 0;

  /** `types`: of the locals there are already, parameters included; `at`: which of them is the block's place in its window. */
  constructor(types: readonly number[], at: number) {
    this.#types = [...types];
    this.#at = at;
  }

  /** Of all locals, in order. */
  get types(): readonly number[] {
    return this.#types;
  }

  /** What `CONSTANTS_AT` must hold. */
  get constants(): Code {
    return this.#constants;
  }

  /** Works everything out for the block. */
  get each(): Code {
    return this.#each;
  }

  /** Before the first block of a window; before the next block; after the last. */
  get carrying(): { readonly begin: Code; readonly next: Code; readonly end: Code } {
    return { begin: this.#begin, next: this.#next, end: this.#end };
  }

  local(type: number): number {
    return this.#types.push(type) - 1;
  }

  /** The local in which the bitmap will be. */
  of(bitmap: Bitmap): number {
    return this.#once(JSON.stringify(bitmap), () => {
      const code = this.#codeOf(bitmap);
      const local = this.local(TYPE.i64);
      this.#each.push(...code, ...set(local));
      return local;
    });
  }

  #once(key: string, make: () => number): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }

  #codeOf(bitmap: Bitmap): Code {
    switch (bitmap.kind) {
      case 'bytes':
        return this.#wordOf((from) =>
          bitmap.ranges.flatMap((range, index) => [...this.#inRange(from, range), ...(index === 0 ? [] : v128.or)]),
        );
      case 'words':
        return [...this.#wordOf((from) => this.#noWord(from, bitmap.buckets)), ...i64.not];
      case 'after':
        return this.#moved(this.of(bitmap.of), bitmap.by);
      case 'not':
        return [...get(this.of(bitmap.of)), ...i64.not];
      case 'first': {
        const of = this.of(bitmap.of);
        return [...get(of), ...this.#moved(of, 1), ...i64.not, ...i64.and];
      }
      case 'all':
      case 'any': {
        const join = bitmap.kind === 'all' ? i64.and : i64.or;
        const locals = bitmap.of.map((one) => this.of(one));
        return locals.flatMap((local, index) => [...get(local), ...(index === 0 ? [] : join)]);
      }
    }
  }

  /** A bit for each byte of the block. `vector` leaves all bits of a byte set, or none, for the sixteen at an offset. */
  #wordOf(vector: (from: number) => Code): Code {
    return Array.from({ length: BLOCK / VECTOR }, (_, index) => [
      ...vector(VECTOR * index),
      ...i8x16.bitmask,
      ...i64.fromI32,
      ...(index === 0 ? [] : [...i64.const(VECTOR * index), ...i64.shl, ...i64.or]),
    ]).flat();
  }

  #load(from: number): Code {
    return [...get(this.#at), ...v128.load(WINDOW_AT + from)];
  }

  #inRange(from: number, [least, most]: readonly [number, number]): Code {
    if (least === most) return [...this.#load(from), ...this.#splat(least), ...i8x16.eq];
    return [...this.#load(from), ...this.#splat(least), ...i8x16.sub, ...this.#splat(most - least), ...i8x16.leU];
  }

  /**
   * A byte belongs to a bucket when both its halves do: tables of sixteen give the buckets of a half, one bit each. Where
   * all six tables of three bytes in a row agree on a bucket there may be one of its words.
   */
  #noWord(from: number, buckets: readonly (readonly [string, string, string])[]): Code {
    const places = [0, 1, 2].flatMap((place) => {
      const { low, high } = halvesOf(buckets.map((bucket) => bucket[place] ?? ''));
      const load = this.#load(from + place - BEFORE);
      return [
        ...this.#constant(low),
        ...load,
        ...this.#splat(0x0f),
        ...v128.and,
        ...i8x16.lookup,
        ...this.#constant(high),
        ...load,
        ...i32.const(4),
        ...i16x8.shrU,
        ...this.#splat(0x0f),
        ...v128.and,
        ...i8x16.lookup,
        ...v128.and,
        ...(place === 0 ? [] : v128.and),
      ];
    });
    return [...places, ...this.#splat(0), ...i8x16.eq];
  }

  #splat(byte: number): Code {
    return this.#constant(Array.from({ length: VECTOR }, () => byte));
  }

  #constant(bytes: readonly number[]): Code {
    const local = this.#once(`constant ${bytes.join(' ')}`, () => {
      const place = CONSTANTS_AT + this.#constants.length;
      this.#constants.push(...bytes);
      if (this.#constants.length > CONSTANTS) throw new RangeError('there are more constants than room for them');
      const made = this.local(TYPE.v128);
      this.#begin.push(...i32.const(0), ...v128.load(place), ...set(made));
      return made;
    });
    return get(local);
  }

  /** Moved up by so many places; those of the block before come in from below. */
  #moved(local: number, by: number): Code {
    const before = this.#once(`before ${local}`, () => this.#carry(local));
    return [
      ...get(local),
      ...i64.const(by),
      ...i64.shl,
      ...get(before),
      ...i64.const(BLOCK - by),
      ...i64.shrU,
      ...i64.or,
    ];
  }

  /** The local with the same bitmap of the block before. */
  #carry(local: number): number {
    const before = this.local(TYPE.i64);
    const offset = 8 * this.#carried++;
    if (offset >= CARRIES) throw new RangeError('more is carried over than there is room for');
    this.#begin.push(...i32.const(0), ...i64.load(CARRIES_AT + offset), ...set(before));
    this.#next.push(...get(local), ...set(before));
    this.#end.push(...i32.const(0), ...get(before), ...i64.store(CARRIES_AT + offset));
    return before;
  }
}

function halvesOf(classes: readonly string[]): { readonly low: readonly number[]; readonly high: readonly number[] } {
  const low = Array.from({ length: 16 }, () => 0);
  const high = [...low];
  for (const [bucket, written] of classes.entries()) {
    for (const [from, to] of written === '' ? [[0, 255] as const] : rangesOf(written)) {
      for (let byte = from; byte <= to; byte++) {
        low[byte & 0x0f] = (low[byte & 0x0f] ?? 0) | (1 << bucket);
        high[byte >> 4] = (high[byte >> 4] ?? 0) | (1 << bucket);
      }
    }
  }
  return { low, high };
}
