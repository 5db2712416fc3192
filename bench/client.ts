import { connect, type Socket } from 'node:net';
import { fieldsOf, frames, type Message, startupPacket } from '../test/postgres/frames.ts';
import { ScramClient } from '../test/postgres/scram.ts';
import type { Endpoint } from './endpoint.ts';
import type { CopyBlock } from './data.ts';

/** Bytes the socket reads into at once, again and again. */
const READ = 1024 * 1024;
/** Bytes kept of an answer's end: enough for a CommandComplete, or for an error to be read. */
const KEPT = 512;
/** Milliseconds of silence after which an answer is given up. */
const PATIENCE = 60_000;
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** What is taken from the socket: true when it was the last of what is waited for. */
type Sink = (chunk: Buffer) => boolean;

/**
 * A client that reads as fast as a program in Node can: raw bytes into one reused buffer, of which it looks at no more
 * than the end of the answer.
 */
export class BenchClient {
  readonly #socket: Socket;
  #sink: Sink = () => false;
  #settle: { resolve: () => void; reject: (error: Error) => void } | null = null;

  private constructor(endpoint: Endpoint) {
    const callback = (length: number, buffer: Uint8Array): boolean => {
      if (this.#sink(Buffer.from(buffer.buffer, buffer.byteOffset, length))) this.#settle?.resolve();
      return true;
    };
    this.#socket = connect({
      host: endpoint.host,
      port: endpoint.port,
      noDelay: true,
      onread: { buffer: Buffer.alloc(READ), callback },
    });
    const fail = (error: Error): void => this.#settle?.reject(error);
    this.#socket.setTimeout(PATIENCE, () => this.#socket.destroy(new Error('a minute passed without an answer')));
    this.#socket.on('error', fail);
    this.#socket.on('close', () => fail(new Error('the connection ended')));
  }

  /** Connects and logs in. @throws Error when it is not let in */
  static async open(endpoint: Endpoint): Promise<BenchClient> {
    const client = new BenchClient(endpoint);
    try {
      await client.#login(endpoint);
      return client;
    } catch (error) {
      client.#socket.destroy();
      throw error;
    }
  }

  /** Asks by a simple Query and reads all of the answer. Resolves with its bytes. @throws Error when `tag` does not end it */
  query(text: string, tag: string): Promise<number> {
    return this.#drain(() => this.#socket.write(frames.query(text)), tag);
  }

  /** The same by Parse, Bind, Describe, Execute and Sync, with results in binary. */
  binary(text: string, tag: string): Promise<number> {
    const parts = [
      frames.parse(text),
      frames.bind({ binary: true }),
      frames.describe('P'),
      frames.execute(),
      frames.sync(),
    ];
    return this.#drain(() => this.#socket.write(Buffer.concat(parts)), tag);
  }

  /** Copies `times` blocks in. Resolves with the bytes sent. @throws Error when not all rows arrived */
  async copyIn(text: string, block: CopyBlock, times: number): Promise<number> {
    const invited = this.#take((messages) => messages.some(({ type }) => type === 'G'));
    this.#socket.write(frames.query(text));
    await invited;
    await this.#drain(() => void this.#pour(block.bytes, times), `COPY ${block.rows * times}`);
    return block.bytes.length * times;
  }

  async #pour(bytes: Buffer, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
    }
    this.#socket.write(frames.copyDone());
  }

  /** Everything the server says to one simple Query, bytes as they are. */
  async capture(text: string): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const end = new AnswerEnd();
    await this.#wait(
      (chunk) => {
        chunks.push(Buffer.from(chunk));
        return end.push(chunk);
      },
      () => this.#socket.write(frames.query(text)),
    );
    return Buffer.concat(chunks);
  }

  /** Says good-bye and waits until the connection is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#settle = null;
    if (this.#socket.closed) return;
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.end(frames.terminate());
    await closed;
  }

  async #login(endpoint: Endpoint): Promise<void> {
    const { user, database } = endpoint;
    const scram = new ScramClient(endpoint.password);
    const ready = this.#take((messages) => {
      for (const { type, body } of messages) if (type === 'R') this.#authenticate(body, scram);
      return messages.some(({ type }) => type === 'Z');
    });
    this.#socket.write(startupPacket({ user, database, application_name: 'bench' }));
    await ready;
  }

  #authenticate(body: Buffer, scram: ScramClient): void {
    const text = body.toString('utf8', 4);
    switch (body.readInt32BE(0)) {
      case 0:
        return;
      case 10: {
        const first = Buffer.from(scram.first());
        const length = Buffer.alloc(4);
        length.writeInt32BE(first.length);
        this.#socket.write(frames.raw('p', Buffer.concat([Buffer.from('SCRAM-SHA-256\0'), length, first])));
        return;
      }
      case 11:
        this.#socket.write(frames.raw('p', Buffer.from(scram.final(text))));
        return;
      case 12:
        scram.verify(text);
        return;
      default:
        throw new Error('the server asks for something else than SCRAM-SHA-256');
    }
  }

  /** Reads whole messages until `done`. */
  #take(done: (messages: readonly Message[]) => boolean): Promise<void> {
    let pending: Buffer = Buffer.alloc(0);
    return this.#wait((chunk) => {
      const { messages, rest } = split(Buffer.concat([pending, chunk]));
      pending = rest;
      const error = messages.find(({ type }) => type === 'E');
      if (error !== undefined) throw new Error(fieldsOf(error)['M']);
      return done(messages);
    });
  }

  async #drain(send: () => void, tag: string): Promise<number> {
    const end = new AnswerEnd();
    await this.#wait((chunk) => end.push(chunk), send);
    if (!end.has(tag)) throw new Error(`the answer did not end with ${tag}: ${end.readable()}`);
    return end.bytes;
  }

  #wait(sink: Sink, send: () => void = () => undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#sink = (chunk) => {
        try {
          return sink(chunk);
        } catch (error) {
          reject(error instanceof Error ? error : new Error('unreadable', { cause: error }));
          return false;
        }
      };
      send();
    });
  }
}

/** The end of an answer, kept while its bytes go by. */
class AnswerEnd {
  bytes = 0;
  readonly #kept = Buffer.alloc(KEPT);

  /** True when this was the last of it. Rows hold text, and so never what looks like ReadyForQuery. */
  push(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    const fresh = Math.min(chunk.length, KEPT);
    this.#kept.copyWithin(0, fresh);
    chunk.copy(this.#kept, KEPT - fresh, chunk.length - fresh);
    return this.#kept.subarray(KEPT - READY.length).equals(READY);
  }

  has(tag: string): boolean {
    return this.#kept.includes(`${tag}\0`, 0, 'latin1');
  }

  readable(): string {
    return this.#kept
      .toString('latin1')
      .replaceAll(/[^\x20-\x7e]+/g, ' ')
      .trim();
  }
}

function split(bytes: Buffer): { messages: Message[]; rest: Buffer } {
  const messages: Message[] = [];
  let at = 0;
  while (bytes.length - at >= 5) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (end > bytes.length) break;
    messages.push({ type: String.fromCharCode(bytes[at] ?? 0), body: Buffer.from(bytes.subarray(at + 5, end)) });
    at = end;
  }
  return { messages, rest: Buffer.from(bytes.subarray(at)) };
}
