/** Milliseconds that a line may wait for company: nobody who watches notices. */
const COMPANY = 20;
/** Characters that wait at most: it is time to write them. */
const ENOUGH = 64 * 1024;

/**
 * Lines of an event stream, in order. A write for each would cost as much as sending on the statement that it tells of:
 * those that come by the thousand share one.
 */
export class EventLines {
  readonly #write: (lines: string) => void;
  #waiting: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | null = null;

  /** `write` takes one or more lines, without the last line's end. */
  constructor(write: (lines: string) => void) {
    this.#write = write;
  }

  /** Written at once, behind all that waits. */
  add(line: string): void {
    this.addSoon(line);
    this.#flush();
  }

  /** Written within 20 ms. The process does not end before. */
  addSoon(line: string): void {
    this.#waiting.push(line);
    this.#length += line.length;
    if (this.#length >= ENOUGH) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), COMPANY);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#length = 0;
    this.#write(lines.join('\n'));
  }
}
