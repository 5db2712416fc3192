import { serialize } from 'pg-protocol';

/** SSLRequest and GSSENCRequest: neither is offered, and the server need not be asked. */
const ENCRYPTION = new Set([80_877_103, 80_877_104]);
const NOT_OFFERED = Buffer.from('N');

const [QUERY, PARSE] = [0x51, 0x50];
const [DATA_ROW, COMMAND_COMPLETE] = [0x44, 0x43];

/** Cuts a stream into whole messages, whose length stands at `offset`. Keeps what is incomplete. */
class Messages {
  #pending: Buffer = Buffer.alloc(0);

  /** `lengthAt` is asked before each message: the first of a client has no type before its length. */
  *push(chunk: Buffer, lengthAt: () => number): Generator<Buffer, void> {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const offset = lengthAt();
      if (rest.length < offset + 4) break;
      const length = offset + rest.readInt32BE(offset);
      if (rest.length < length) break;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      yield message;
    }
    this.#pending = Buffer.from(rest);
  }
}

/** The client's messages on their way to the server: one query asks for one row only. */
export class FrontendRewrite {
  readonly #messages = new Messages();
  readonly #query: string;
  #started = false;

  constructor(query: string) {
    this.#query = query;
  }

  /** What goes on to the server, and what the client is answered at once. */
  push(chunk: Buffer): { onward: Buffer[]; answer: Buffer | null } {
    const onward: Buffer[] = [];
    let answer: Buffer | null = null;
    for (const message of this.#messages.push(chunk, () => (this.#started ? 1 : 0))) {
      if (!this.#started && ENCRYPTION.has(message.readInt32BE(4))) {
        answer = NOT_OFFERED;
        continue;
      }
      onward.push(this.#started ? this.#rewritten(message) : message);
      this.#started = true;
    }
    return { onward, answer };
  }

  /** Query: text. Parse: name, text, parameter types. */
  #rewritten(message: Buffer): Buffer {
    const limited = `${this.#query} LIMIT 1`;
    if (message[0] === QUERY && message.toString('utf8', 5, message.length - 1) === this.#query) {
      return serialize.query(limited);
    }
    if (message[0] !== PARSE) return message;
    const [name = '', text] = message.toString('utf8', 5).split('\0', 2);
    return text === this.#query ? serialize.parse({ name, text: limited }) : message;
  }
}

/** A captured result: its first row by itself, and all of its rows with the CommandComplete after them. */
export interface Rows {
  readonly first: Buffer;
  readonly all: Buffer;
}

/** Of the whole answer to a simple Query: from the first DataRow to the CommandComplete. */
export function rowsOf(answer: Buffer): Rows {
  let first: { from: number; to: number } | null = null;
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 1 + answer.readInt32BE(at + 1);
    if (answer[at] === DATA_ROW) first ??= { from: at, to: end };
    if (answer[at] === COMMAND_COMPLETE && first !== null) {
      return { first: answer.subarray(first.from, first.to), all: answer.subarray(first.from, end) };
    }
    at = end;
  }
  throw new Error('the answer holds no whole result');
}

/** The server's messages on their way to the client: the one row becomes all rows. */
export class BackendReplay {
  readonly #messages = new Messages();
  readonly #rows: Rows;
  #replaying = false;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  push(chunk: Buffer): Buffer[] {
    const onward: Buffer[] = [];
    for (const message of this.#messages.push(chunk, () => 1)) {
      if (message[0] === DATA_ROW && message.equals(this.#rows.first)) {
        onward.push(this.#rows.all);
        this.#replaying = true;
      } else if (this.#replaying && message[0] === COMMAND_COMPLETE) {
        this.#replaying = false;
      } else {
        onward.push(message);
      }
    }
    return onward;
  }
}
