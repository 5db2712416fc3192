import { type CellMask, NULL_LENGTH } from '../../../core/mask.ts';
import type { Detection } from './detection.ts';

/** What is found in a text takes at most so much more room than it did, whatever stands for it. */
const GROWTH = 8;
const ROOM = 64;

/** Masks what is found within a text, and leaves the rest of it. */
export class SearchedText implements CellMask {
  readonly #detection: Detection;
  readonly #active: readonly boolean[];

  constructor(detection: Detection, active: readonly boolean[]) {
    this.#detection = detection;
    this.#active = active;
  }

  bound(length: number): number {
    return length < 0 ? 0 : GROWTH * length + ROOM;
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    const masked = this.#detection.masked(source, start, start + length, this.#active);
    if (masked === null) return source.copy(target, at, start, start + length);
    return masked.copy(target, at);
  }
}

/** Masks a value of which no part can be masked for itself, once anything is found in it. */
export class SearchedValue implements CellMask {
  readonly #detection: Detection;
  readonly #active: readonly boolean[];
  readonly #whole: CellMask;

  /** `whole`: what stands for the value then. */
  constructor(detection: Detection, active: readonly boolean[], whole: CellMask) {
    this.#detection = detection;
    this.#active = active;
    this.#whole = whole;
  }

  bound(length: number): number {
    return Math.max(length, this.#whole.bound(length));
  }

  write(source: Buffer, start: number, length: number, target: Buffer, at: number): number {
    if (length < 0) return NULL_LENGTH;
    if (this.#detection.finds(source, start, start + length, this.#active)) {
      return this.#whole.write(source, start, length, target, at);
    }
    return source.copy(target, at, start, start + length);
  }
}
