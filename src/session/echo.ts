/** Milliseconds in which a line must have been echoed. */
const WINDOW = 10_000;
/** Bytes of one line that are remembered. */
const LONGEST = 4096;

const [INTERRUPT, END, LF, CR, SUSPEND, ESC, DELETE] = [0x03, 0x04, 0x0a, 0x0d, 0x1a, 0x1b, 0x7f];
const BREAKS: ReadonlySet<number> = new Set([INTERRUPT, END, SUSPEND]);

/** What somebody typed up to Enter. */
interface Line {
  readonly bytes: number[];
  /** What a terminal would echo of it, and how many of these were seen in their order, with nothing between them. */
  readonly letters: number[];
  echoed: number;
  /** How many letters there are, remembered or not. */
  count: number;
  /** When it was ended; null while it is typed. */
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
  readonly #typing = new Sequences();
  readonly #showing = new Sequences();
  #lines: Line[] = [begun()];
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
    for (const line of this.#lines) line.isLost ||= line.count > 0;
    for (const line of this.#lines) this.#give(line);
    this.#lines = [begun()];
  }

  #key(byte: number): void {
    const line = this.#lines.at(-1) ?? begun();
    const isWithin = this.#typing.holds(byte);
    const isLetter = !isWithin && byte >= 0x20 && byte !== DELETE;
    if (isLetter) line.count += 1;
    if (line.bytes.length >= LONGEST) line.isLost = true;
    else {
      line.bytes.push(byte);
      if (isLetter) line.letters.push(byte);
    }
    const breaks = BREAKS.has(byte);
    if (isWithin || !(byte === CR || byte === LF || breaks)) return;
    // What is broken off shows no end by which it could be known.
    if (breaks && line.count > 0) line.isLost = true;
    line.ended = this.#now();
    this.#lines.push(begun());
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

  #give({ bytes, count, isLost, ended }: Line): void {
    if (bytes.length === 0) return;
    if (!isLost) return this.#tell(Buffer.from(bytes));
    const end = ended === null ? [] : bytes.slice(-1);
    this.#tell(
      Buffer.from(`‹${count} ${count === 1 ? 'key' : 'keys'} not shown›${Buffer.from(end).toString('latin1')}`),
    );
  }
}

function begun(): Line {
  return { bytes: [], letters: [], echoed: 0, count: 0, ended: null, isLost: false };
}

/** Tells the bytes of control sequences, and of the keys that send them, from letters. */
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
