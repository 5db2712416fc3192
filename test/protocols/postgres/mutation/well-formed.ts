import { bodyOf, typeOf } from './cutting.ts';

/** Reads a body from front to back; `ok` is false once something was missing. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  ok = true;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.ok && this.#at === this.#bytes.length;
  }

  skip(length: number): void {
    this.#at += length;
    if (length < 0 || this.#at > this.#bytes.length) this.ok = false;
  }

  number(size: 1 | 2 | 4): number {
    const start = this.#at;
    this.skip(size);
    return this.ok ? this.#bytes.readIntBE(start, size) : 0;
  }

  text(): void {
    const end = this.ok ? this.#bytes.indexOf(0, this.#at) : -1;
    if (end < 0) this.ok = false;
    this.#at = end + 1;
  }

  times(what: () => void): void {
    for (let left = this.number(2) & 0xffff; left > 0 && this.ok; left -= 1) what();
  }
}

const fields = (body: Reader): void => {
  while (body.ok && body.number(1) !== 0) body.text();
};

const formats = (body: Reader): void => {
  body.skip(1);
  body.times(() => body.skip(2));
};

/** Layouts of all that a server may say once a client is in, by type ("Message Formats" in PostgreSQL's documentation). */
const LAYOUTS: Readonly<Record<string, (body: Reader) => void>> = {
  '1': () => undefined,
  '2': () => undefined,
  '3': () => undefined,
  A: (body) => {
    body.skip(4);
    body.text();
    body.text();
  },
  C: (body) => body.text(),
  D: (body) => body.times(() => body.skip(Math.max(0, body.number(4)))),
  d: (body) => {
    while (!body.done) body.skip(1);
  },
  E: fields,
  G: formats,
  H: formats,
  I: () => undefined,
  N: fields,
  S: (body) => {
    body.text();
    body.text();
  },
  T: (body) =>
    body.times(() => {
      body.text();
      body.skip(18);
    }),
  Z: (body) => {
    if (!'ITE'.includes(String.fromCharCode(body.number(1)))) body.ok = false;
  },
  c: () => undefined,
  n: () => undefined,
  s: () => undefined,
  t: (body) => body.times(() => body.skip(4)),
};

/** True when a server of PostgreSQL's could have sent this message to a client that is in. */
export function wellFormed(message: Buffer): boolean {
  const layout = LAYOUTS[typeOf(message)];
  if (layout === undefined) return false;
  const body = new Reader(bodyOf(message));
  layout(body);
  return body.done;
}
