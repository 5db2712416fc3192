import type { Connection } from 'ssh2';
import { sendInPlace, type Wire } from './ssh2-channels.ts';

/*
 * What ssh2 leaves out where a channel or a connection ends. Its version is pinned exactly in package.json: look here when
 * it changes.
 */

interface Parting extends Pick<Wire, '_packetRW'> {
  readonly _handlers: { CHANNEL_CLOSE: (wire: unknown, channel: number) => void };
  channelClose(channel: number): void;
}

interface Peer {
  readonly _protocol: Parting;
  readonly _chanMgr: { get(channel: number): unknown; remove(channel: number): void };
}

/** A session of a client's. Without `_channel` nothing was started on it. */
interface InnerSession {
  readonly _channel: unknown;
  readonly _chanInfo?: { readonly outgoing: { readonly id: number } };
}

function peerOf(connection: Connection): Peer {
  return connection as unknown as Peer;
}

/**
 * Answers a client that closes a session on which it has started nothing, and forgets it: ssh2 does neither, so that a client
 * could have as many kept as it likes.
 */
export function answerCloses(connection: Connection): void {
  const { _protocol: wire, _chanMgr: channels } = peerOf(connection);
  const { _handlers: handlers } = wire;
  const own = handlers.CHANNEL_CLOSE;
  handlers.CHANNEL_CLOSE = (from, number) => {
    const session = channels.get(number) as Partial<InnerSession> | null | undefined;
    own(from, number);
    if (session?._chanInfo === undefined || session._channel !== undefined) return;
    channels.remove(number);
    wire.channelClose(session._chanInfo.outgoing.id);
  };
}

/** SSH_MSG_DISCONNECT, and its reason SSH_DISCONNECT_BY_APPLICATION (RFC 4253, section 11.1). */
const DISCONNECT = 1;
const BY_APPLICATION = 11;

/** Bytes of it that clients show: OpenSSH's show 400. */
const LONGEST = 400;

/** Ends a connection and says why, which ssh2's own `end` does not. */
export function endWith(connection: Connection, words: string): void {
  sendInPlace(peerOf(connection)._protocol, goodbye(words), () => connection.end(), true);
}

function goodbye(words: string): Buffer {
  const text = Buffer.from(words, 'utf8').subarray(0, LONGEST);
  const message = Buffer.alloc(1 + 4 + 4 + text.length + 4);
  message.writeUInt8(DISCONNECT);
  message.writeUInt32BE(BY_APPLICATION, 1);
  message.writeUInt32BE(text.length, 5);
  message.set(text, 9);
  return message;
}
