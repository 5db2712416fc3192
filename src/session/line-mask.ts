import type { Detection } from '../policy/mask/detect/detection.ts';

/** Bytes of the longest value that is found wherever it stands in a line without an end. */
const LONGEST = 8192;
/** Characters that are held at most. */
const MOST = 2 * LONGEST;

/**
 * Masks what is looked for in text that comes in pieces, cut anywhere, at any speed. Lines come out whole: what a line is
 * the beginning of is known when it ends. What goes on over lines, such as a key, is held until its own end.
 */
export class LineMask {
  readonly #detection: Detection | null;
  #held = '';
  /** What is held begins with something whose end has not come. */
  #isOpen = false;

  constructor(detection: Detection | null) {
    this.#detection = detection;
  }

  /** What may be shown of this piece and of what was held before it. */
  push(piece: string): string {
    const end = piece.lastIndexOf('\n') + 1;
    const lines = end === 0 ? '' : this.#held + piece.slice(0, end);
    this.#held = end === 0 ? this.#held + piece : piece.slice(end);
    const shown = lines === '' ? '' : this.#whole(lines);
    return this.#held.length > MOST ? shown + this.#overlong() : shown;
  }

  /** What was held, as nothing comes any more. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    this.#isOpen = false;
    return this.#masked(rest);
  }

  #masked(text: string): string {
    const bytes = Buffer.from(text, 'utf8');
    return this.#detection?.masked(bytes, 0, bytes.length)?.toString('utf8') ?? text;
  }

  /** Of whole lines. What reaches to their very end goes on behind it. */
  #whole(lines: string): string {
    if (this.#detection === null) return lines;
    const bytes = Buffer.from(lines, 'utf8');
    const found = this.#detection.found(bytes, 0, bytes.length);
    const last = found.at(-1);
    this.#isOpen = last?.end === bytes.length;
    const cut = last !== undefined && this.#isOpen ? last.start : bytes.length;
    this.#held = bytes.toString('utf8', cut) + this.#held;
    return this.#before(bytes, cut, found);
  }

  /**
   * Of a line that is too long to wait for its end: all but its last bytes, so that a value that begins in them is whole when
   * they are looked at again. What is longer than that is masked as far as it has come.
   */
  #overlong(): string {
    if (this.#detection === null || this.#isOpen) return this.end();
    const bytes = Buffer.from(this.#held, 'utf8');
    const found = this.#detection.found(bytes, 0, bytes.length);
    let cut = bytes.length - LONGEST;
    // Not within a character.
    while (((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
    const across = found.find(({ start, end }) => start < cut && end > cut);
    if (across !== undefined) cut = across.start > 0 ? across.start : across.end;
    if (cut === bytes.length) return this.end();
    this.#held = bytes.toString('utf8', cut);
    return this.#before(bytes, cut, found);
  }

  #before(bytes: Buffer, cut: number, found: ReturnType<Detection['found']>): string {
    const within = found.filter(({ end }) => end <= cut);
    const shown = within.length === 0 ? bytes.subarray(0, cut) : this.#detection?.replaced(bytes, 0, cut, within);
    return (shown ?? bytes.subarray(0, 0)).toString('utf8');
  }
}
