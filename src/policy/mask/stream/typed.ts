import type { Reading } from './reading.ts';
import { SHOWN } from './sheet.ts';

/** Bytes of what was typed that are remembered: nobody types more before the first of it is echoed. */
const MOST = 256;
const LF = 0x0a;
const CR = 0x0d;

/** What was typed and has not been echoed yet. */
export class Typed {
  #waiting: number[] = [];

  get isAny(): boolean {
    return this.#waiting.length > 0;
  }

  add(bytes: Buffer): void {
    const letters = [...bytes.subarray(0, MOST + 1)].filter((byte) => byte >= 0x20 && byte !== 0x7f);
    this.#waiting = this.#waiting.length + letters.length > MOST ? [] : [...this.#waiting, ...letters];
  }

  /** Whether all letters of a text whose bytes lie at `from` or behind are what was typed, in its order. Takes them. */
  matches({ text, places, length }: Reading, from: number): boolean {
    let any = false;
    for (let at = 0; at < length; at++) {
      const place = places[at] ?? SHOWN;
      if (place === SHOWN || place < from) continue;
      const byte = text[at] ?? 0;
      if (byte === LF || byte === CR || byte !== this.#waiting[0]) {
        this.#waiting = [];
        return false;
      }
      this.#waiting.shift();
      any = true;
    }
    return any;
  }
}
