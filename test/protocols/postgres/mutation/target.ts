import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Target as Where } from '../../../../src/core/target.ts';
import { GREETING } from '../fake-server.ts';
import { LIMITS } from '../../../../src/core/limits.ts';
import { targetOf } from '../scripted.ts';
import { bodyOf, cutMessages, typeOf } from './cutting.ts';
import { ModelServer } from './model.ts';

/** Turns the messages that a server says at once into the bytes that are sent. */
export type Bend = (messages: readonly Buffer[]) => Buffer;

/** A whole message that reached the server. */
export interface Arrived {
  readonly bytes: Buffer;
  /** The client's text that the server set out to run with it; null when none. */
  readonly ran: string | null;
}

/** One connection of hoopctl's to the target. */
export class Arrival {
  readonly #socket: Socket;
  readonly #model = new ModelServer();
  readonly #bend: Bend;
  readonly #moved: () => void;
  #started = false;
  #rest: Buffer = Buffer.alloc(0);
  /** Whole messages behind the start-up packet, as they came. */
  readonly messages: Arrived[] = [];
  #broken = false;
  readonly closed: Promise<unknown>;

  constructor(socket: Socket, bend: Bend, moved: () => void) {
    this.#socket = socket;
    this.#bend = bend;
    this.#moved = moved;
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => socket.end());
  }

  /** What no server may be sent; one that is `believed` has said what it does. */
  violations(believed: boolean): readonly string[] {
    const complaints = believed ? [...this.#model.complaints, ...this.#model.interruptions] : this.#model.complaints;
    const found = complaints.map((complaint) => `the server got ${complaint}`);
    if (this.#broken) found.push('the server got what is no message');
    if (this.#rest.length > 0) found.push('the server got half a message');
    return found;
  }

  /** The server goes away in order. */
  leave(): void {
    this.#socket.end();
  }

  #take(chunk: Buffer): void {
    this.#moved();
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#started) this.#start();
    if (!this.#started || this.#broken) return;
    const { frames, rest, broken } = cutMessages(this.#rest);
    this.#rest = rest;
    this.#broken = broken;
    const said = this.messages.length > 0 ? frames : frames.filter((frame) => !isCredential(frame));
    const taken = said.map((bytes) => ({ bytes, ...this.#model.take(bytes) }));
    this.messages.push(...taken);
    this.#say(taken.flatMap(({ answers }) => answers));
    if (frames.some((frame) => typeOf(frame) === 'X')) this.#socket.end();
  }

  #start(): void {
    if (this.#rest.length < 4 || this.#rest.length < this.#rest.readInt32BE()) return;
    const packet = this.#rest.subarray(0, this.#rest.readInt32BE());
    this.#rest = this.#rest.subarray(packet.length);
    if (packet.readInt32BE(4) === CANCEL) this.#socket.end();
    else {
      this.#started = true;
      this.#say(GREETING);
    }
  }

  #say(messages: readonly Buffer[]): void {
    const bytes = messages.length === 0 ? null : this.#bend(messages);
    if (bytes === null || bytes.length === 0 || !this.#socket.writable) return;
    this.#moved();
    this.#socket.write(bytes);
  }

  /** False for what only came to cancel. */
  get serves(): boolean {
    return this.#started;
  }
}

const PASSWORD = 'not asked for';

/** True for hoopctl's own answer to a greeting that was bent into a request for the password. */
function isCredential(frame: Buffer): boolean {
  const body = bodyOf(frame).toString('latin1');
  return typeOf(frame) === 'p' && [`${PASSWORD}\0`, 'md5', 'SCRAM-SHA-256'].some((start) => body.startsWith(start));
}

/** Code of CancelRequest. */
const CANCEL = 80877102;

/** A target that speaks as the model does, on a Unix socket. */
export interface ModelTarget {
  readonly target: Where;
  /** The connections that were made since the last call, and how the answers of those to come are bent. */
  next(bend: Bend, moved: () => void): Arrival[];
  close(): Promise<void>;
}

export async function startModelTarget(): Promise<ModelTarget> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-mutation-'));
  const sockets = new Set<Socket>();
  let arrivals: Arrival[] = [];
  let bend: Bend = (messages) => Buffer.concat(messages);
  let moved = (): void => undefined;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    arrivals.push(new Arrival(socket, bend, moved));
  });
  server.listen(join(directory, '.s.PGSQL.5432'));
  await once(server, 'listening');
  return {
    // Each conversation has a server connection of its own, which begins with it.
    target: targetOf(
      { port: 5432, user: 'app', password: PASSWORD },
      { host: directory, limits: { ...LIMITS, spares: 0 } },
    ),
    next: (newBend, newMoved) => {
      arrivals = [];
      bend = newBend;
      moved = newMoved;
      return arrivals;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
