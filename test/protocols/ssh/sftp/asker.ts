import type { Duplex } from 'node:stream';
import { frame, framing, REQUEST, VERSION } from '../../../../src/protocols/ssh/sftp/frames.ts';
import { decodeReply, type Reply } from '../../../../src/protocols/ssh/sftp/replies.ts';
import { Framer } from '../../../../src/wire/framer.ts';

/** A client that sends whatever it is told to, and hands out answers by their id. */
export class Asker {
  readonly #stream: Duplex;
  readonly #framer = new Framer(framing('the server'));
  readonly #waiting = new Map<number, (reply: Reply | null) => void>();
  readonly #greeting = Promise.withResolvers<Buffer | null>();
  #isGreeted = false;
  #next = 0;
  /** Answers, in the order that they came. */
  readonly answers: Reply[] = [];
  readonly gone: Promise<void>;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#arrived(Buffer.from(chunk)));
    stream.on('error', () => stream.destroy());
    this.gone = new Promise((resolve) => {
      const over = (): void => {
        this.#greeting.resolve(null);
        for (const answer of this.#waiting.values()) answer(null);
        this.#waiting.clear();
        resolve();
      };
      stream.once('end', over);
      stream.once('close', over);
    });
  }

  #arrived(chunk: Buffer): void {
    this.#framer.feed(chunk);
    for (let message = this.#framer.next(); message !== null; message = this.#framer.next()) {
      if (!this.#isGreeted) {
        this.#isGreeted = true;
        this.#greeting.resolve(message);
        continue;
      }
      const reply = decodeReply(message);
      if (reply === null) throw new Error('the answer makes no sense');
      this.answers.push(reply);
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    }
  }

  /** What the server says to INIT; null when it hangs up. */
  async greet(): Promise<Buffer | null> {
    this.send(frame(REQUEST.init, VERSION));
    return this.#greeting.promise;
  }

  id(): number {
    this.#next += 1;
    return this.#next;
  }

  send(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  /** The answer to the request with that id; null when the conversation ends without. */
  answerTo(id: number): Promise<Reply | null> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  async ask(make: (id: number) => Buffer): Promise<Reply | null> {
    const id = this.id();
    const answer = this.answerTo(id);
    this.send(make(id));
    return answer;
  }

  /** `ok`, the code of another status, or the kind of answer. */
  async outcome(make: (id: number) => Buffer): Promise<string | number> {
    const reply = await this.ask(make);
    if (reply === null) return 'gone';
    if (reply.kind !== 'status') return reply.kind;
    return reply.code === 0 ? 'ok' : reply.code;
  }

  /** A handle. @throws when there is none */
  async handle(make: (id: number) => Buffer): Promise<Buffer> {
    const reply = await this.ask(make);
    if (reply?.kind !== 'handle') throw new Error(`no handle: ${JSON.stringify(reply)}`);
    return Buffer.from(reply.handle, 'latin1');
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }
}
