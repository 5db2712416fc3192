/**
 * The instructions of WebAssembly that a sweep needs, as bytes.
 * https://webassembly.github.io/spec/core/binary/instructions.html
 */

export type Code = readonly number[];

/** Unsigned LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** Signed LEB128, of 32 bits. */
export function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -0x40 || rest > 0x3f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  return [...bytes, rest & 0x7f];
}

const END = 0x0b;

export const TYPE = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;

const simd = (opcode: number, ...operands: Code): Code => [0xfd, ...unsigned(opcode), ...operands];

/** Of a load or a store: nothing is promised of the address, and no offset is added but this. */
const at = (offset: number): Code => [0, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];

/** Ends with a branch back to its start when `repeat` leaves something other than 0. */
export const loop = (body: Code, repeat: Code): Code => [0x03, 0x40, ...body, ...repeat, 0x0d, 0, END];
/** Runs `body` when what was left on the stack is not 0. */
export const when = (body: Code): Code => [0x04, 0x40, ...body, END];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  store: (offset: number): Code => [0x36, ...at(offset)],
  ltU: [0x49],
  add: [0x6a],
  or: [0x72],
  shl: [0x74],
  fromI64: [0xa7],
} as const;

export const i64 = {
  const: (value: number): Code => [0x42, ...signed(value)],
  load: (offset: number): Code => [0x29, ...at(offset)],
  store: (offset: number): Code => [0x37, ...at(offset)],
  /** Whether it is not 0, as an i32. */
  isSet: [0x42, 0, 0x52],
  ctz: [0x7a],
  sub: [0x7d],
  and: [0x83],
  or: [0x84],
  xor: [0x85],
  /** The other bits. */
  not: [0x42, 0x7f, 0x85],
  shl: [0x86],
  shrU: [0x88],
  fromI32: [0xad],
} as const;

export const v128 = {
  load: (offset: number): Code => simd(0x00, ...at(offset)),
  and: simd(0x4e),
  or: simd(0x50),
} as const;

export const i8x16 = {
  eq: simd(0x23),
  leU: simd(0x2a),
  sub: simd(0x71),
  bitmask: simd(0x64),
  /** The bytes of a table at these places, which must be below 16: the relaxed swizzle, at half the cost of the other. */
  lookup: simd(0x100),
} as const;

/** There is no cheap shift of bytes; what comes in from the neighbour must be masked away. */
export const i16x8 = { shrU: simd(0x8d) } as const;

const section = (id: number, body: Code): Code => [id, ...unsigned(body.length), ...body];
const text = (value: string): Code => [value.length, ...Buffer.from(value, 'latin1')];

/** "\0asm", version 1. */
const PREAMBLE: Code = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export interface Contents {
  /** Of memory, 64 KiB each. */
  readonly pages: number;
  /** Types of the function's locals; the first is its parameter, an i32. */
  readonly locals: readonly number[];
  readonly body: Code;
  /** What the memory holds from the beginning. */
  readonly data: { readonly at: number; readonly bytes: Code };
}

/** A module that exports its `memory` and one function `run`, which takes an i32 and gives an i32. */
export function assemble({ pages, locals, body, data }: Contents): Uint8Array<ArrayBuffer> {
  const declared = locals.slice(1).flatMap((type) => [1, type]);
  const code = [...unsigned(locals.length - 1), ...declared, ...body, END];
  return new Uint8Array([
    ...PREAMBLE,
    ...section(1, [1, 0x60, 1, TYPE.i32, 1, TYPE.i32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0x00, ...unsigned(pages)]),
    ...section(7, [2, ...text('memory'), 0x02, 0, ...text('run'), 0x00, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
    ...section(11, [1, 0x00, ...i32.const(data.at), END, ...unsigned(data.bytes.length), ...data.bytes]),
  ]);
}
