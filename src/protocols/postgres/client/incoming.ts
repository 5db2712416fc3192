import type { Duplex } from 'node:stream';
import { HoopError } from '../../../core/errors.ts';
import { Inbound } from '../../../wire/inbound.ts';
import { BACKEND, HEADER, messageLength } from '../frames.ts';

/** Bytes of a message that is no row: what the door lets an error be, and some for its frame. */
const MOST_MESSAGE = 9 * 1024 * 1024;

/** The messages that a door sends to its own client. What is too large to be kept is read and let go. */
export class Incoming {
  readonly #inbound: Inbound;

  constructor(stream: Duplex) {
    this.#inbound = new Inbound(stream);
  }

  /**
   * The next message. Of a row or COPY data of more than `most` bytes the header alone.
   * @throws HoopError `wire.closed`, `wire.limit`, `postgres.protocol`
   */
  async next(most = 0): Promise<Buffer> {
    const header = await this.#inbound.exactly(HEADER);
    const length = messageLength(header, 0);
    if (length === null) throw new HoopError('postgres.protocol', 'the door sent a message of an impossible length');
    const rest = length - HEADER;
    if (header[0] === BACKEND.dataRow || header[0] === BACKEND.copyData) {
      if (rest > most) {
        await this.#skip(rest);
        return header;
      }
    } else if (rest > MOST_MESSAGE) {
      throw new HoopError('wire.limit', `the door sent a message of ${length} bytes`);
    }
    return rest === 0 ? header : Buffer.concat([header, await this.#inbound.exactly(rest)], length);
  }

  async #skip(bytes: number): Promise<void> {
    for (let missing = bytes; missing > 0;) {
      const chunk = await this.#inbound.chunk();
      if (chunk === null) throw new HoopError('wire.closed', 'the connection was closed in the middle of a message');
      if (chunk.length > missing) this.#inbound.unread(chunk.subarray(missing));
      missing -= Math.min(missing, chunk.length);
    }
  }
}
