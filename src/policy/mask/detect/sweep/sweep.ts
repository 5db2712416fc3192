import type { Bitmap } from './bitmap.ts';
import { BEFORE, BLOCK, CARRIES, CARRIES_AT, HIT, HITS_AT, WINDOW, WINDOW_AT } from './layout.ts';
import { moduleFor } from './module.ts';

/** What TypeScript's own libraries declare for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (length: number) => number;
}

/**
 * Goes over bytes from front to back and stops where any of its bitmaps has a bit. It holds one window of them at a time,
 * so that its memory is bounded whatever the length.
 */
export class Sweep {
  readonly #run: (length: number) => number;
  readonly #memory: Uint8Array;
  readonly #carries: Uint8Array;
  readonly #hits: Uint32Array;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the window begins and ends in `bytes`, and where the text ends. */
  #from = 0;
  #to = 0;
  #end = 0;
  /** The hits of the window: words of the module's memory, from the next one on. */
  #next = 0;
  #last = 0;
  /** Where the next hit is; -1 when there is none any more. */
  at = -1;
  /** A bit for each bitmap that has its bit `at` this place. */
  kinds = 0;

  /** At most 32 bitmaps; hits say which by its place among them. */
  constructor(triggers: readonly Bitmap[]) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleFor(triggers)));
    // The module exports exactly these: it was made just now.
    const { memory, run } = instance.exports as Exports;
    this.#run = run;
    this.#memory = new Uint8Array(memory.buffer);
    this.#carries = new Uint8Array(memory.buffer, CARRIES_AT, CARRIES);
    this.#hits = new Uint32Array(memory.buffer, HITS_AT);
  }

  /** Begins with other bytes: those from `start` to before `end`. Nothing before `start` is looked at. */
  begin(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#from = start;
    this.#to = start;
    this.#end = end;
    this.#next = 0;
    this.#last = 0;
    this.#carries.fill(0);
    this.#memory.fill(0, WINDOW_AT + WINDOW - BEFORE, WINDOW_AT + WINDOW);
    this.skip();
  }

  /** Goes on to the next hit. */
  skip(): void {
    while (this.#next === this.#last) {
      if (this.#to >= this.#end) {
        this.at = -1;
        return;
      }
      this.#load();
    }
    const at = this.#from + (this.#hits[this.#next] ?? 0);
    // What fills the last block up is no text, though a bitmap may have bits there.
    this.at = at < this.#end ? at : -1;
    this.kinds = this.#hits[this.#next + 1] ?? 0;
    this.#next += HIT / 4;
  }

  #load(): void {
    // What has been looked at lies in front of what comes next.
    this.#memory.copyWithin(WINDOW_AT - BEFORE, WINDOW_AT + WINDOW - BEFORE, WINDOW_AT + WINDOW);
    this.#from = this.#to;
    this.#to = Math.min(this.#from + WINDOW, this.#end);
    const length = this.#to - this.#from;
    const whole = Math.ceil(length / BLOCK) * BLOCK;
    this.#memory.set(this.#bytes.subarray(this.#from, this.#to), WINDOW_AT);
    this.#memory.fill(0, WINDOW_AT + length, WINDOW_AT + whole);
    this.#last = (this.#run(whole) - HITS_AT) / 4;
    this.#next = 0;
  }
}
