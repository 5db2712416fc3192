import type { Readable } from 'node:stream';
import type { Client, Connection } from 'ssh2';
import { type Window, Windows } from './windows.ts';

/*
 * How much ssh2 lets the other side send before it is read. Its version is pinned exactly in package.json: look here when
 * it changes.
 */

/** Messages that open a channel, with the window that it begins with. */
const OPENING = [
  'session',
  'directTcpip',
  'forwardedTcpip',
  'x11',
  'openssh_directStreamLocal',
  'openssh_forwardedStreamLocal',
  'openssh_authAgent',
] as const;

/** Messages that use up a window. */
const DATA = ['CHANNEL_DATA', 'CHANNEL_EXTENDED_DATA'] as const;

type Open = (channel: number, window: number, ...rest: readonly unknown[]) => void;
type Take = (wire: unknown, channel: number, data: Buffer, kind?: number) => void;

interface Wire extends Record<(typeof OPENING)[number], Open> {
  channelOpenConfirm: (remote: number, local: number, window: number, packet: number) => void;
  channelWindowAdjust(channel: number, more: number): void;
  readonly _handlers: Record<(typeof DATA)[number], Take> & {
    CHANNEL_OPEN_CONFIRMATION: (wire: unknown, info: { readonly recipient: number }) => void;
  };
}

interface Incoming {
  window: number;
}

/** One that is ssh2's own client of SFTP is no stream: it reads whatever comes at once. */
interface Channel extends Partial<Readable> {
  readonly incoming: Incoming;
  readonly outgoing: { readonly id: number; readonly state: 'open' | 'eof' | 'closing' | 'closed' };
  /** Of a channel to a target: of those to a client nothing is read there. */
  readonly stderr?: Partial<Readable>;
}

/** A session of a client's, which has a channel when a program has begun. */
interface Session {
  readonly _channel?: Channel;
  readonly _chanInfo: { readonly incoming: Incoming };
}

interface Channels {
  get(id: number): unknown;
  remove(id: number): void;
}

/** A channel, or its errors' stream. */
interface Read {
  read: (this: Read, size?: number) => unknown;
  readonly _channel?: object;
}

/** ssh2's class of channels. */
export type ReadableClass = new (connection: object, about: object, options: { readonly server: boolean }) => Channel;

/** What is to be done when something of a channel was read. */
const readers = new WeakMap<object, () => void>();

/** What is read no more counts as read when it is forgotten. */
const forgotten = new FinalizationRegistry<Window>((window) => void window.settle(0));

/** Has it noticed what is read of channels. To be called once. */
export function heedReads(channels: ReadableClass): void {
  const { stderr } = new channels({}, { incoming: {}, outgoing: {} }, { server: false });
  for (const prototype of [channels.prototype, Object.getPrototypeOf(stderr)] as readonly Read[]) {
    const own = prototype.read;
    prototype.read = function (this: Read, size) {
      const bytes = own.call(this, size);
      if (bytes !== null) readers.get(this._channel ?? this)?.();
      return bytes;
    };
  }
}

/**
 * Has all channels of a connection share what the other side may send ahead of their readers (see windows.ts), in place of
 * ssh2's window for each. Calls `exceeded` in place of taking what there is no room for: ssh2 would keep all of it, however
 * much. To be called when a connection has begun.
 */
export function shareWindows(connection: Client | Connection, exceeded: () => void): void {
  const { _protocol: wire, _chanMgr: channels } = connection as unknown as {
    readonly _protocol: Wire;
    readonly _chanMgr: Channels;
  };
  const windows = new Windows();
  const open = new Map<number, Window>();
  const begin = (id: number): number => {
    const window = windows.open();
    open.set(id, window);
    return window.settle(0);
  };
  beginWith(wire, channels, begin);
  for (const name of DATA) {
    const own = wire._handlers[name];
    wire._handlers[name] = (from, id, data, kind) => {
      const [channel, window] = [channelIn(channels.get(id)), open.get(id)];
      // What comes before there is anybody to read it is dropped.
      if (channel === null || window === undefined) return own(from, id, data, kind);
      if (!window.take(data.length)) return exceeded();
      own(from, id, data, kind);
      if (!readers.has(channel)) readers.set(channel, () => settle(wire, channel, window));
      settle(wire, channel, window);
    };
  }
  const remove = channels.remove.bind(channels);
  channels.remove = (id) => {
    const [channel, window] = [channelIn(channels.get(id)), open.get(id)];
    remove(id);
    open.delete(id);
    if (window === undefined) return;
    window.close(channel === null ? 0 : unread(channel));
    if (channel !== null && unread(channel) > 0) forgotten.register(channel, window);
  };
}

/** Has every channel begin with what `begin` says, and leaves ssh2's own count of it alone. */
function beginWith(wire: Wire, channels: Channels, begin: (id: number) => number): void {
  for (const name of OPENING) {
    const own = wire[name];
    wire[name] = (id, _window, ...rest) => own.call(wire, id, begin(id), ...rest);
  }
  const { channelOpenConfirm: confirm, _handlers: handlers } = wire;
  wire.channelOpenConfirm = (remote, id, _window, packet) => {
    uncount(channels.get(id));
    confirm.call(wire, remote, id, begin(id), packet);
  };
  const { CHANNEL_OPEN_CONFIRMATION: confirmed } = handlers;
  handlers.CHANNEL_OPEN_CONFIRMATION = (from, info) => {
    confirmed(from, info);
    uncount(channels.get(info.recipient));
  };
}

/** A window without an end is never made larger by ssh2. */
function uncount(one: unknown): void {
  if (typeof one !== 'object' || one === null) return;
  const { incoming } = '_chanInfo' in one ? (one as Session)._chanInfo : (one as Channel);
  incoming.window = Infinity;
}

/** Null for what cannot be read: one that is not open yet, or a session on which nothing has begun. */
function channelIn(one: unknown): Channel | null {
  if (typeof one !== 'object' || one === null) return null;
  const channel = '_chanInfo' in one ? (one as Session)._channel : (one as Channel);
  return channel ?? null;
}

function unread({ readableLength, stderr }: Channel): number {
  return (readableLength ?? 0) + (stderr?.readableLength ?? 0);
}

function settle(wire: Wire, channel: Channel, window: Window): void {
  const more = window.settle(unread(channel));
  const { id, state } = channel.outgoing;
  if (more > 0 && (state === 'open' || state === 'eof')) wire.channelWindowAdjust(id, more);
}
