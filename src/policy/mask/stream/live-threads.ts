import type { RE2JS } from 're2js';
import { sizeOf } from './character.ts';

/** An instruction of a compiled expression (https://swtch.com/~rsc/regexp/regexp2.html). */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

const ALT = 1;
const ALT_MATCH = 2;
const EMPTY_WIDTH = 4;
const FAIL = 5;
const MATCH = 6;
const FIRST_LETTER = 8;
const ANY = 10;
const ANY_BUT_LINE = 11;

/** Assertions, each a bit. */
const LINE_BEGINS = 1;
const LINE_ENDS = 2;
const TEXT_BEGINS = 4;
const TEXT_ENDS = 8;
const BOUNDARY = 16;
const NO_BOUNDARY = 32;

const NONE = -1;

/**
 * Says where a match of an expression may have begun that what comes next decides about: the expression's own program is
 * run over the text, and what is still under way at its end counts. Linear in the text's length.
 */
export class LiveThreads {
  readonly #program: readonly Instruction[];
  readonly #start: number;
  #now: Int32Array;
  #next: Int32Array;

  constructor(compiled: RE2JS) {
    // The program is not part of what the library promises, and its version is pinned: a test tells when it changes.
    const { inst, start } = compiled.re2Input.prog as { readonly inst: readonly Instruction[]; readonly start: number };
    this.#program = inst;
    this.#start = start;
    this.#now = new Int32Array(inst.length);
    this.#next = new Int32Array(inst.length);
  }

  /** The first place from which a match of `text[start, end)` may go on; `end` when there is none. */
  from(text: Buffer, start: number, end: number): number {
    this.#now.fill(NONE);
    let before = NONE;
    for (let at = start; at < end;) {
      const size = Math.min(sizeOf(text[at] ?? 0), end - at);
      const rune = runeAt(text, at, size);
      this.#spread(this.#now, this.#start, at, { before, after: rune });
      this.#next.fill(NONE);
      const following = at + size < end ? runeAt(text, at + size, sizeOf(text[at + size] ?? 0)) : null;
      for (let pc = 0; pc < this.#program.length; pc++) {
        const begun = this.#now[pc] ?? NONE;
        const instruction = this.#program[pc];
        if (begun === NONE || instruction === undefined || instruction.op < FIRST_LETTER) continue;
        if (takes(instruction, rune))
          this.#spread(this.#next, instruction.out, begun, { before: rune, after: following });
      }
      [this.#now, this.#next] = [this.#next, this.#now];
      before = rune;
      at += size;
    }
    return this.#earliest(end);
  }

  #earliest(end: number): number {
    let earliest = end;
    for (let pc = 0; pc < this.#program.length; pc++) {
      const begun = this.#now[pc] ?? NONE;
      if (begun !== NONE && (this.#program[pc]?.op ?? 0) >= FIRST_LETTER) earliest = Math.min(earliest, begun);
    }
    return earliest;
  }

  /** Notes all instructions that are reached without a letter. */
  #spread(threads: Int32Array, pc: number, begun: number, around: Around): void {
    const stack = [pc];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const known = threads[at] ?? NONE;
      const instruction = this.#program[at];
      if (instruction === undefined || instruction.op === FAIL || (known !== NONE && known <= begun)) continue;
      threads[at] = begun;
      if (instruction.op >= FIRST_LETTER && instruction.op <= ANY_BUT_LINE) continue;
      if (instruction.op === MATCH) continue;
      if (instruction.op === EMPTY_WIDTH && !holds(instruction.arg, around)) continue;
      stack.push(instruction.out);
      if (instruction.op === ALT || instruction.op === ALT_MATCH) stack.push(instruction.arg);
    }
  }
}

/** The characters around a place: −1 where the text begins, null where it may go on with anything. */
interface Around {
  readonly before: number;
  readonly after: number | null;
}

function holds(asserted: number, { before, after }: Around): boolean {
  if ((asserted & (LINE_BEGINS | TEXT_BEGINS)) !== 0 && before !== NONE) return false;
  if (after === null) return true;
  if ((asserted & (LINE_ENDS | TEXT_ENDS)) !== 0) return false;
  const boundary = isWord(before) !== isWord(after);
  if ((asserted & BOUNDARY) !== 0) return boundary;
  return (asserted & NO_BOUNDARY) === 0 || !boundary;
}

function isWord(rune: number): boolean {
  return rune > 0 && /\w/.test(String.fromCodePoint(rune));
}

function takes(instruction: Instruction, rune: number): boolean {
  if (instruction.op === ANY) return true;
  if (instruction.op === ANY_BUT_LINE) return rune !== 0x0a;
  return instruction.op < ANY ? instruction.matchRune(rune) : false;
}

/** The character of so many bytes; what is no character is one for itself. */
function runeAt(text: Buffer, at: number, size: number): number {
  const lead = text[at] ?? 0;
  if (size === 1) return lead;
  let rune = lead & (0x7f >> size);
  for (let index = 1; index < size; index++) rune = (rune << 6) | ((text[at + index] ?? 0) & 0x3f);
  return rune;
}
