import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

/** Bytes that wait to be sent on a connection before its channels take no more: beyond the usual window of one of them. */
const MOST_UNSENT = 3 * 1024 * 1024;

type Done = (error?: Error | null) => void;

/** ssh2's connection, of either side. */
interface Underneath extends EventEmitter {
  readonly _sock: Duplex;
  /** `_kexinit`: while keys are exchanged. */
  readonly _protocol: { readonly _kexinit: unknown };
}

interface Channel {
  readonly _client: Underneath;
  readonly stderr: Stream;
}

/** Bytes that are written to a channel and wait for its window, before whoever writes is to wait: more makes nothing faster. */
const MOST_WRITTEN = 64 * 1024;

/** A channel, or its errors' stream. */
interface Stream {
  readonly _writableState: { highWaterMark: number };
  _write: (this: Stream, data: unknown, encoding: unknown, done: Done) => void;
  readonly _channel?: Channel;
}

/** ssh2's class of channels. */
export type ChannelClass = new (
  connection: object,
  about: object,
  options: { readonly server: boolean },
) => Channel & Stream;

const rooms = new WeakMap<Underneath, Promise<void>>();

/**
 * Has channels take no more than their connection gets rid of. ssh2 asks for the other side's window alone: whoever says
 * that it has no end, and reads nothing, would have everything kept.
 */
export function heedConnections(channels: ChannelClass): void {
  const { stderr } = new channels({}, { incoming: {}, outgoing: {} }, { server: true });
  for (const prototype of [channels.prototype, Object.getPrototypeOf(stderr)] as readonly Stream[]) {
    const own = prototype._write;
    prototype._write = function (this: Stream, data, encoding, done) {
      this._writableState.highWaterMark = MOST_WRITTEN;
      const { _client } = this._channel ?? (this as unknown as Channel);
      own.call(this, data, encoding, (error) => {
        const room = roomOn(_client);
        if (room === null) done(error);
        else void after(room, () => done(error));
      });
    };
  }
}

async function after(room: Promise<void>, go: () => void): Promise<void> {
  await room;
  go();
}

/** Null when there is room for more, else a promise of that. It resolves as well when the connection is gone. */
function roomOn(connection: Underneath): Promise<void> | null {
  const { _sock: socket, _protocol: wire } = connection;
  if (socket.destroyed) return null;
  if (wire._kexinit !== undefined) return first(connection, connection, 'handshake');
  return socket.writableLength <= MOST_UNSENT ? null : first(connection, socket, 'drain');
}

function first(connection: Underneath, emitter: EventEmitter, event: string): Promise<void> {
  const known = rooms.get(connection);
  if (known !== undefined) return known;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    rooms.delete(connection);
    emitter.off(event, done);
    connection._sock.off('close', done);
    resolve();
  };
  emitter.on(event, done);
  connection._sock.on('close', done);
  rooms.set(connection, promise);
  return promise;
}
