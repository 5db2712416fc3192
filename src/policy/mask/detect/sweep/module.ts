import { assemble, type Code, get, i32, i64, loop, set, tee, TYPE, when } from './assembler.ts';
import type { Bitmap } from './bitmap.ts';
import { BLOCK, CONSTANTS_AT, HIT, HITS_AT, PAGES } from './layout.ts';
import { Words } from './words.ts';

/** Locals: how many bytes the window has, where the block is in it, where the next hit goes, and a hit's kinds. */
const LENGTH = 0;
const AT = 1;
const OUT = 2;

/**
 * The module that finds where any of `triggers` has its bit. Its function takes the number of bytes in the window (a
 * multiple of 64) and returns where the hits end. What goes over from one window to the next stays in its memory.
 */
export function moduleFor(triggers: readonly Bitmap[]): Uint8Array<ArrayBuffer> {
  if (triggers.length > 32) throw new RangeError('a hit has 32 bits for its kinds');
  const words = new Words([TYPE.i32, TYPE.i32, TYPE.i32], AT);
  const kinds = triggers.map((trigger) => words.of(trigger));
  const bits = words.local(TYPE.i64);
  const block: Code = [
    ...words.each,
    ...i64.const(0),
    ...kinds.flatMap((local) => [...get(local), ...i64.or]),
    ...tee(bits),
    ...i64.isSet,
    ...when(loop(emitLowest(bits, kinds), [...withoutLowest(bits), ...i64.isSet])),
    ...words.carrying.next,
  ];
  const body: Code = [
    ...i32.const(HITS_AT),
    ...set(OUT),
    ...words.carrying.begin,
    ...loop(block, [...get(AT), ...i32.const(BLOCK), ...i32.add, ...tee(AT), ...get(LENGTH), ...i32.ltU]),
    ...words.carrying.end,
    ...get(OUT),
  ];
  return assemble({
    pages: PAGES,
    locals: words.types,
    body,
    data: { at: CONSTANTS_AT, bytes: words.constants },
  });
}

/** Writes down where the lowest of `bits` is, and which kinds have it. */
function emitLowest(bits: number, kinds: readonly number[]): Code {
  const lowest = [...get(bits), ...i64.ctz];
  const each = kinds.flatMap((local, kind) => [
    ...get(local),
    ...lowest,
    ...i64.shrU,
    ...i64.const(1),
    ...i64.and,
    ...i32.fromI64,
    ...i32.const(kind),
    ...i32.shl,
    ...i32.or,
  ]);
  return [
    ...get(OUT),
    ...get(AT),
    ...lowest,
    ...i32.fromI64,
    ...i32.add,
    ...i32.store(0),
    ...get(OUT),
    ...i32.const(0),
    ...each,
    ...i32.store(4),
    ...get(OUT),
    ...i32.const(HIT),
    ...i32.add,
    ...set(OUT),
  ];
}

/** The bits but for the lowest, which is taken away for good. */
function withoutLowest(bits: number): Code {
  return [...get(bits), ...i64.const(1), ...i64.sub, ...get(bits), ...i64.and, ...tee(bits)];
}
