import { cellWidth } from '../../../core/width.ts';
import type { Method } from '../detect/replace.ts';
import { sizeOf } from './character.ts';
import { type Letters, SHOWN } from './sheet.ts';
import type { StreamSearch } from './search.ts';

/** What stands for the bytes of one letter. */
interface Mark {
  readonly length: number;
  readonly shown: string;
  /** Else it is what terminals are told instead of what they differ over. */
  readonly hides: boolean;
}

const HIDDEN = '*';
const LAYOUT = new Set([0x09, 0x0a, 0x0d]);

/** What is shown instead of letters, by the place of their bytes among those that wait. */
export class Marks {
  #marks = new Map<number, Mark>();
  readonly #search: StreamSearch;
  readonly #keepsWidth: boolean;
  #count = 0;

  constructor(search: StreamSearch, keepsWidth: boolean) {
    this.#search = search;
    this.#keepsWidth = keepsWidth;
  }

  /** Hides the letters of a text from `start` to `end`, as far as they wait. */
  add(letters: Letters, start: number, end: number, method: Method): void {
    const before = this.#marks.size;
    this.#spread(letters, start, end, this.#search.shown(letters.text.toString('utf8', start, end), method));
    // Looked at again, it is the same finding.
    if (this.#marks.size > before) this.#count += 1;
  }

  /** How many findings were hidden since this was last asked. */
  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  /** The same for what goes on with a finding: nothing more is told of it. */
  hide(letters: Letters, start: number, end: number): void {
    this.#spread(letters, start, end, '');
  }

  #spread(letters: Letters, start: number, end: number, whole: string): void {
    const { text, places } = letters;
    const cells = this.#keepsWidth ? Array.from(fits(whole) ? whole : '') : null;
    let shown = cells === null ? whole : '';
    const total = cells === null ? 0 : cellWidth(text.toString('utf8', start, end));
    const padded = cells === null || total < cells.length ? [] : cells;
    for (let at = start, cell = 0; at < end;) {
      const size = Math.min(sizeOf(text[at] ?? 0), end - at);
      const isLayout = LAYOUT.has(text[at] ?? 0);
      if (cells !== null && !isLayout) {
        const width = Math.max(1, cellWidth(text.toString('utf8', at, at + size)));
        shown = Array.from({ length: width }, (_, index) => padded[cell + index] ?? HIDDEN).join('');
        cell += width;
      }
      const place = places[at] ?? SHOWN;
      if (place !== SHOWN && !(cells !== null && isLayout)) {
        this.#put(place, size, shown);
        if (cells === null) shown = '';
      }
      this.#covered(letters, at, cells === null ? '' : shown);
      at += size;
    }
  }

  #covered({ covered }: Letters, at: number, shown: string): void {
    for (const one of covered) if (one.at === at) this.#put(one.place, one.length, shown);
  }

  #put(place: number, length: number, shown: string): void {
    if (!this.#marks.has(place)) this.#marks.set(place, { length, shown, hides: true });
  }

  /** Says something else than the `length` bytes at a place, which are no letters. */
  say(place: number, length: number, bytes: string): void {
    this.#marks.set(place, { length, shown: bytes, hides: false });
  }

  /** The bytes from one place to another, with what stands for what is hidden; `bare`: nothing is. */
  render(raw: Buffer, from: number, to: number, bare = false): Buffer {
    if (this.#marks.size === 0) return raw.subarray(from, to);
    const parts: Buffer[] = [];
    let at = from;
    for (const [place, { length, shown, hides }] of [...this.#marks].toSorted(([one], [other]) => one - other)) {
      if (place < at || place >= to || (bare && hides)) continue;
      parts.push(raw.subarray(at, place), Buffer.from(shown, 'utf8'));
      at = place + length;
    }
    parts.push(raw.subarray(at, Math.max(at, to)));
    return Buffer.concat(parts);
  }

  /** The first `gone` bytes do not wait any more. */
  settle(gone: number): void {
    if (this.#marks.size === 0 || gone === 0) return;
    const kept = new Map<number, Mark>();
    for (const [place, mark] of this.#marks) if (place >= gone) kept.set(place - gone, mark);
    this.#marks = kept;
  }
}

/** What is wider than its characters are many could not be spread over cells. */
function fits(shown: string): boolean {
  return /^[\u0020-\u007e]*$/.test(shown);
}
