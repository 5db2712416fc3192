import type { Duplex } from 'node:stream';
import type { Client, Connection, ServerChannel } from 'ssh2';

/*
 * What ssh2 does and does not declare. Its version is pinned exactly in package.json: look here when it changes.
 */

interface Wire {
  /** Undefined until the first key exchange has begun. */
  readonly _strictMode: boolean | undefined;
  exitStatus(channel: number, status: number): void;
  exitSignal(channel: number, name: string, coreDumped: boolean, message: string): void;
  channelOpenFail: (channel: number, reason: number, words: string) => void;
  /** Every cipher takes it over as it is when keys are exchanged. */
  _onWrite: (packet: Uint8Array) => void;
  /** So does every decipher with this; while keys are exchanged it has another one. */
  _onPayload: Handler;
  readonly _decipher: {
    _onPayload: Handler;
    /** What has arrived of a packet that is not whole, or is not verified. */
    readonly _packet?: Uint8Array | null;
  };
  parse: (chunk: Uint8Array, from: number, to: number) => void;
  readonly _handlers: Record<(typeof OPENING)[number], (wire: unknown, channel: Offered) => void> & {
    GLOBAL_REQUEST: (wire: unknown, name: string, reply: boolean, data: unknown) => void;
  };
  requestSuccess: (data?: Buffer) => void;
  requestFailure: () => void;
}

/** Messages that say how much a channel's other end takes at once. */
const OPENING = ['CHANNEL_OPEN', 'CHANNEL_OPEN_CONFIRMATION'] as const;

interface Offered {
  readonly packetSize: number;
}

type Handler = (payload: Uint8Array) => unknown;

interface Stalled {
  _chunk: unknown;
  _chunkcb: unknown;
  _chunkErr: unknown;
  _chunkcbErr: unknown;
}

interface Inner {
  readonly outgoing: { readonly id: number; readonly state: 'open' | 'eof' | 'closing' | 'closed' };
  eof(): void;
}

function wireOf(connection: Client | Connection): Wire {
  return (connection as unknown as { readonly _protocol: Wire })._protocol;
}

/** Whether both sides keep to the strict key exchange (`kex-strict-…-v00@openssh.com`). */
export function isStrict(connection: Client | Connection): boolean {
  return wireOf(connection)._strictMode === true;
}

/** Bytes that the other end of a channel takes in one packet, at least: nobody's are below a thousand. */
const LEAST_PACKET = 256;

/**
 * Calls `failed` in place of opening a channel whose other end takes next to nothing in one packet: ssh2 would send one for
 * each byte or, where it takes nothing, packets without end. To be called when a connection has begun.
 */
export function keepToPackets(connection: Client | Connection, failed: () => void): void {
  const { _handlers: handlers } = wireOf(connection);
  for (const name of OPENING) {
    const own = handlers[name];
    handlers[name] = (wire, channel) => {
      if (channel.packetSize < LEAST_PACKET) failed();
      else own(wire, channel);
    };
  }
}

/**
 * Says no to whatever a server asks of the whole connection. ssh2 would have it prove keys that nobody wants to know, and
 * remember each question until it is answered.
 */
export function declineRequests(client: Client): void {
  const wire = wireOf(client);
  wire._handlers.GLOBAL_REQUEST = (_wire, _name, reply) => {
    if (reply) wire.requestFailure();
  };
}

/**
 * Calls `exceeded` in place of taking more questions about the whole connection than may wait: they are answered in their
 * order, and ssh2 would keep all of them behind one that is held.
 */
export function boundRequests(connection: Connection, most: number, exceeded: () => void): void {
  const wire = wireOf(connection);
  const { _handlers: handlers, requestSuccess, requestFailure } = wire;
  const own = handlers.GLOBAL_REQUEST;
  let waiting = 0;
  handlers.GLOBAL_REQUEST = (from, name, reply, data) => {
    if (reply) waiting += 1;
    if (waiting > most) exceeded();
    else own(from, name, reply, data);
  };
  wire.requestSuccess = (data) => {
    waiting -= 1;
    requestSuccess.call(wire, data);
  };
  wire.requestFailure = () => {
    waiting -= 1;
    requestFailure.call(wire);
  };
}

/** Has `take` write what ssh2 sends from the next exchange of keys on, by the function that it is given. */
export function interceptPackets(
  connection: Client | Connection,
  take: (packet: Uint8Array, write: (packet: Uint8Array) => void) => void,
): void {
  const wire = wireOf(connection);
  const own = wire._onWrite;
  wire._onWrite = (packet) => take(packet, own);
}

/** Hears of what arrives, read by read. */
export interface ArrivalsTaker {
  begin(chunk: Uint8Array): void;
  /** `isPlain`: ssh2 reads numbers from it, and keeps none of its bytes. */
  message(payload: Uint8Array, isPlain: boolean, handle: () => unknown): unknown;
  /** `rest`: what is kept of a packet that is not whole. Not called for a read of which nobody knows what is kept. */
  end(chunk: Uint8Array, rest: Uint8Array | null): void;
}

/** SSH_MSG_CHANNEL_WINDOW_ADJUST (RFC 4254, section 5.2). */
const WINDOW_ADJUST = 93;

/** Tells `taker` of all that arrives, but for what belongs to an exchange of keys. To be called between two of these. */
export function interceptArrivals(connection: Client | Connection, taker: ArrivalsTaker): void {
  const wire = wireOf(connection);
  const { _onPayload: handle, parse } = wire;
  const take: Handler = (payload) => taker.message(payload, payload[0] === WINDOW_ADJUST, () => handle(payload));
  wire._onPayload = take;
  wire._decipher._onPayload = take;
  wire.parse = (chunk, from, to) => {
    const isSeen = wire._decipher._onPayload === take;
    taker.begin(chunk);
    parse.call(wire, chunk, from, to);
    const { _packet: rest } = wire._decipher;
    // One that ssh2 has no such field for keeps what it keeps somewhere else.
    if (isSeen && rest !== undefined) taker.end(chunk, rest);
  };
}

/** How a program ended. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  /** `name`: with `SIG`. What a server says of it in words is left out: nobody has looked for anything in there. */
  | { readonly kind: 'signal'; readonly name: string; readonly coreDumped: boolean };

/** The signals that have a name in SSH (RFC 4254, 6.10): ssh2 sends no other. */
const SIGNALS = /^SIG(?:ABRT|ALRM|FPE|HUP|ILL|INT|KILL|PIPE|QUIT|SEGV|TERM|USR1|USR2)$/;
/** What OpenSSH's client makes of every signal. */
const UNNAMED = 255;

/** Says how a program ended, also behind the end of its output, which ssh2's own `exit` does not. */
export function sayExit(connection: Connection, channel: ServerChannel, exit: Exit): void {
  const { outgoing } = channel as unknown as Inner;
  if (outgoing.state !== 'open' && outgoing.state !== 'eof') return;
  const wire = wireOf(connection);
  if (exit.kind === 'code') wire.exitStatus(outgoing.id, exit.code);
  else if (SIGNALS.test(exit.name)) wire.exitSignal(outgoing.id, exit.name, exit.coreDumped, '');
  else wire.exitStatus(outgoing.id, UNNAMED);
}

/** Whether this is a channel, which copies what it sends into packets, and what has to wait stays written to it. */
export function isChannel(stream: Duplex): boolean {
  return 'outgoing' in stream && 'incoming' in stream;
}

/** Whether anything may still be written to it: what is written later ssh2 neither sends nor says so. */
export function takesMore(channel: ServerChannel): boolean {
  return (channel as unknown as Inner).outgoing.state === 'open';
}

/** Says that no more output comes, and leaves the channel open for its exit status. */
export function sayEof(channel: ServerChannel): void {
  (channel as unknown as Inner).eof();
}

/**
 * Leaves a channel open that its client closes: one that sends nothing and is sent nothing any more may do so, and still
 * waits for the exit status, as with OpenSSH's own servers. What it gives closes it.
 */
export function keepOpen(channel: ServerChannel): () => void {
  channel.close = () => undefined;
  return () => {
    Reflect.deleteProperty(channel, 'close');
    channel.close();
  };
}

/**
 * Forgets what had to wait for the peer's window and has been sent since: ssh2 would send it again, when output and
 * errors wait in turns.
 */
export function forgetStalled(channel: ServerChannel): void {
  const stalled = channel as unknown as Stalled;
  stalled._chunk = undefined;
  stalled._chunkcb = undefined;
  stalled._chunkErr = undefined;
  stalled._chunkcbErr = undefined;
}

/** Refuses to open a channel, by a reason of RFC 4254 and in words: ssh2's own `reject` knows one reason and no words. */
export function refuseOpening(
  connection: Client | Connection,
  reject: () => void,
  { reason, words }: { readonly reason: number; readonly words: string },
): void {
  const wire = wireOf(connection);
  const own = wire.channelOpenFail;
  wire.channelOpenFail = (channel) => own.call(wire, channel, reason, words);
  try {
    reject();
  } finally {
    wire.channelOpenFail = own;
  }
}

/** Looks at what a client sends on a channel, before anybody reads it there. What it gives ends that. */
export function watchInput(channel: ServerChannel, look: (bytes: Buffer) => void): () => void {
  const own = channel.push.bind(channel);
  channel.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (Buffer.isBuffer(chunk)) look(chunk);
    return own(chunk, encoding);
  };
  return () => void Reflect.deleteProperty(channel, 'push');
}
