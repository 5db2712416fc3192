import type { Duplex } from 'node:stream';
import { serialize } from 'pg-protocol';
import type { Conversation, Order, Remark, Reply } from '../../../core/conversation.ts';
import { HoopError } from '../../../core/errors.ts';
import type { DoorCredential } from '../../../core/protocol.ts';
import type { Target } from '../../../core/target.ts';
import { within } from '../../../wire/deadline.ts';
import { BACKEND, bindOf, cstring, decodeReady, FRONTEND, frame } from '../frames.ts';
import { Incoming } from './incoming.ts';
import { logIn } from './login.ts';
import { remarkOf } from './remarks.ts';
import { Tables } from './tables.ts';

/** Notices of one order that are kept. */
const MOST_NOTICES = 20;

/** Comes in through a door: see `Protocol.converse`. */
export async function converse(client: Duplex, door: DoorCredential, target: Target): Promise<Conversation> {
  // Noticed where it is read.
  client.on('error', () => undefined);
  const incoming = new Incoming(client);
  const { login, connect } = target.limits;
  try {
    const entering = logIn(client, incoming, door, target);
    const cancellation = await within(entering, login + connect, 'logging in', () => client.destroy());
    return new Client(client, incoming, cancellation);
  } catch (error) {
    client.destroy();
    throw error;
  }
}

class Client implements Conversation {
  readonly #stream: Duplex;
  readonly #incoming: Incoming;
  readonly cancellation: Buffer;

  constructor(stream: Duplex, incoming: Incoming, cancellation: Buffer) {
    this.#stream = stream;
    this.#incoming = incoming;
    this.cancellation = cancellation;
  }

  async run(order: Order): Promise<Reply> {
    this.#stream.write(messagesOf(order));
    const tables = new Tables(order);
    const notices: Remark[] = [];
    let moreNotices = 0;
    let error: Remark | null = null;
    const said = () => ({ tables: tables.all, moreTables: tables.more, notices, moreNotices, error });
    // A Sync that comes while the server takes COPY data is ignored.
    const sync = (): Buffer => (order.single ? Buffer.from(serialize.sync()) : Buffer.alloc(0));
    for (;;) {
      const message = await this.#next(tables.room, error);
      // After its last words a server that ends the connection says nothing.
      if (message === null) return { ...said(), open: false };
      switch (message[0]) {
        case BACKEND.rowDescription:
          tables.describe(message);
          break;
        case BACKEND.copyOutResponse:
          tables.describeCopy(message);
          break;
        case BACKEND.dataRow:
        case BACKEND.copyData:
          tables.row(message);
          break;
        case BACKEND.commandComplete:
          tables.complete(message);
          break;
        case BACKEND.portalSuspended:
          tables.suspend();
          break;
        case BACKEND.copyInResponse:
          this.#stream.write(Buffer.concat([NO_DATA, sync()]));
          break;
        case BACKEND.noticeResponse:
          if (notices.length < MOST_NOTICES) notices.push(remarkOf(message));
          else moreNotices += 1;
          break;
        case BACKEND.errorResponse:
          error ??= remarkOf(message);
          tables.fail();
          break;
        case BACKEND.readyForQuery:
          return { ...said(), open: decodeReady(message) !== 'I' };
        default:
      }
    }
  }

  /** Null when the connection was closed after an error had been told. */
  async #next(room: number, error: Remark | null): Promise<Buffer | null> {
    try {
      return await this.#incoming.next(room);
    } catch (failure) {
      if (error !== null && failure instanceof HoopError && failure.code === 'wire.closed') return null;
      throw failure;
    }
  }

  close(): void {
    if (!this.#stream.writableEnded) this.#stream.end(serialize.end());
  }
}

/** CopyFail: String. */
const NO_DATA = frame(FRONTEND.copyFail, cstring('there are no data to copy from here: use INSERT'));

/** The unnamed statement and portal for one statement, a simple query for several. */
function messagesOf({ text, parameters, single, stops, rows }: Order): Buffer {
  if (!single) return frame(FRONTEND.query, cstring(text));
  const values = (parameters ?? []).map((value) => ({
    format: 'text' as const,
    value: value === null ? null : Buffer.from(value, 'utf8'),
  }));
  return Buffer.concat([
    serialize.parse({ text }),
    bindOf('', values),
    serialize.describe({ type: 'P', name: '' }),
    // One more than is kept says whether these were all.
    serialize.execute({ portal: '', rows: stops ? rows + 1 : 0 }),
    serialize.sync(),
  ]);
}
