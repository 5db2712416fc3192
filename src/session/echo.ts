/** Milliseconds in which a line must have been echoed. */
const WINDOW = 10_000;
/** Bytes of one line that are remembered. */
const LONGEST = 4096;

const [INTERRUPT, END, LF, CR, SUSPEND, ESC, DELETE] = [0x03, 0x04, 0x0a, 0x0d, 0x1a, 0x1b, 0x7f];
const BREAKS: ReadonlySet<number> = new Set([INTERRUPT, END, SUSPEND]);

/**
 * What keys send that are no letters, and what terminals answer in numbers (ECMA-48 5.4, xterm's control sequences); and what
 * may become that.
 */
const SENT = /^\u001b(?:\[[<?>]?\d{0,4}(?:;\d{0,4}){0,2}[A-HMPQRSZcmnuy~]|O[A-HMP-S])$/;
const BEGINNING = /^\u001b(?:\[[<?>]?\d{0,4}(?:;\d{0,4}){0,2}|O)?$/;

function isLetter(byte: number): boolean {
  return byte >= 0x20 && byte !== DELETE;
}

/** What somebody typed up to Enter. */
interface Line {
  readonly bytes: number[];
  /** What a terminal would echo of it, and how many of these were seen in their order, with nothing between them. */
  readonly letters: number[];
  echoed: number;
  /** How many letters there are, remembered or not. */
  count: number;
  /** The key that ended it. */
  end: readonly number[];
  /** When that was; null while it is typed. */
  ended: number | null;
  isLost: boolean;
}

/**
 * Compares what is typed into a terminal with what the terminal shows. A line is given out only when all of it was echoed,
 * its end included; of every other one no letter is, but how many there were. So nothing of a password is, which is typed
 * where nothing is echoed, not even when what follows begins with the same letters.
 */
export class Echo {
  readonly #now: () => number;
  readonly #tell: (text: Buffer) => void;
  readonly #showing = new Sequences();
  /** A key that sends several bytes, as far as it was typed. */
  #begun: number[] = [];
  #lines: Line[] = [begunLine()];
  #isBehindReturn = false;

  /** `now`: milliseconds of a clock that never runs backwards. `tell` takes what may be written down of the keys. */
  constructor(now: () => number, tell: (text: Buffer) => void) {
    this.#now = now;
    this.#tell = tell;
  }

  typed(bytes: Buffer): void {
    for (const byte of bytes) this.#key(byte);
    this.#settle();
  }

  shown(bytes: Buffer): void {
    this.#settle();
    for (const byte of bytes) if (!this.#showing.holds(byte)) this.#letter(byte);
    this.#settle();
  }

  /** Nothing more is typed or shown. */
  end(): void {
    this.#surrender();
    for (const line of this.#lines) line.isLost ||= line.count > 0;
    for (const line of this.#lines) this.#give(line);
    this.#lines = [begunLine()];
  }

  #key(byte: number): void {
    if (this.#begun.length === 0 && byte !== ESC) return this.#plain(byte);
    this.#begun.push(byte);
    const keys = Buffer.from(this.#begun).toString('latin1');
    if (BEGINNING.test(keys)) return;
    if (SENT.test(keys)) {
      this.#keep(this.#line, this.#begun);
      this.#begun = [];
      return;
    }
    this.#begun.pop();
    this.#surrender();
    this.#key(byte);
  }

  /** No key sends what was begun: somebody typed it, and its letters are letters like any. An Escape in front hides none. */
  #surrender(): void {
    if (this.#begun.length === 0) return;
    this.#line.isLost = true;
    this.#line.count += this.#begun.filter((one) => isLetter(one)).length;
    this.#begun = [];
  }

  /** The one that is typed. */
  get #line(): Line {
    const line = this.#lines.at(-1) ?? begunLine();
    if (this.#lines.length === 0) this.#lines.push(line);
    return line;
  }

  #plain(byte: number): void {
    const line = this.#line;
    if (isLetter(byte)) line.count += 1;
    this.#keep(line, [byte]);
    if (isLetter(byte) && !line.isLost) line.letters.push(byte);
    const breaks = BREAKS.has(byte);
    if (!(byte === CR || byte === LF || breaks)) return;
    // What is broken off shows no end by which it could be known.
    if (breaks && line.count > 0) line.isLost = true;
    line.ended = this.#now();
    line.end = [byte];
    this.#lines.push(begunLine());
  }

  #keep(line: Line, bytes: readonly number[]): void {
    if (line.bytes.length + bytes.length > LONGEST) line.isLost = true;
    else line.bytes.push(...bytes);
  }

  #letter(byte: number): void {
    const isEnd = byte === CR || byte === LF;
    const isSecond = byte === LF && this.#isBehindReturn;
    this.#isBehindReturn = byte === CR;
    if ((byte < 0x20 && !isEnd) || isSecond) return;
    const [line] = this.#lines;
    if (line === undefined || line.isLost || line.count === 0) return;
    const isWhole = line.echoed === line.letters.length;
    if (isWhole && line.ended === null) return;
    if (isWhole && isEnd) this.#give(this.#lines.shift() ?? line);
    else if (!isEnd && line.letters[line.echoed] === byte) line.echoed += 1;
    else line.isLost = true;
    this.#settle();
  }

  /** Gives out what is known by now of the lines that are over. */
  #settle(): void {
    for (;;) {
      const [line] = this.#lines;
      if (line === undefined || line.ended === null) return;
      if (line.count > 0 && this.#now() - line.ended > WINDOW) line.isLost = true;
      if (line.count > 0 && !line.isLost) return;
      this.#lines.shift();
      this.#give(line);
    }
  }

  #give({ bytes, count, isLost, end }: Line): void {
    if (!isLost) {
      if (bytes.length > 0) this.#tell(Buffer.from(bytes));
      return;
    }
    const notice = count === 0 ? '' : `‹${count} ${count === 1 ? 'key' : 'keys'} not shown›`;
    if (notice !== '' || end.length > 0) this.#tell(Buffer.concat([Buffer.from(notice), Buffer.from(end)]));
  }
}

function begunLine(): Line {
  return { bytes: [], letters: [], echoed: 0, count: 0, end: [], ended: null, isLost: false };
}

/** Tells the bytes of control sequences from letters. */
class Sequences {
  #state: 'ground' | 'escape' | 'sequence' | 'string' | 'single' = 'ground';

  holds(byte: number): boolean {
    switch (this.#state) {
      case 'ground':
        if (byte === ESC) this.#state = 'escape';
        return byte === ESC;
      case 'escape':
        this.#state = this.#behindEscape(byte);
        return true;
      case 'sequence':
        if (byte >= 0x40 && byte <= 0x7e) this.#state = 'ground';
        return true;
      case 'single':
        this.#state = 'ground';
        return true;
      case 'string':
        if (byte === 0x07) this.#state = 'ground';
        if (byte === ESC) this.#state = 'single';
        return true;
    }
  }

  #behindEscape(byte: number): 'ground' | 'sequence' | 'string' | 'single' {
    const character = String.fromCharCode(byte);
    if (character === '[') return 'sequence';
    if (']PX^_'.includes(character)) return 'string';
    return 'O()'.includes(character) ? 'single' : 'ground';
  }
}
