import type { Client, ClientChannel, Connection, PseudoTtyInfo, ServerChannel, Session, WindowChangeInfo } from 'ssh2';
import { refuseOpening } from './ssh2.ts';

/*
 * Channels of ssh2 that it opens or answers for in its own way alone. Its version is pinned exactly in package.json: look
 * here when it changes.
 */

/** What it announces for each channel. How much may be sent at first is said in its place (see ssh2-windows.ts). */
const WINDOW = 2 * 1024 * 1024;
const PACKET = 32 * 1024;

const AGENT = 'auth-agent@openssh.com';

type Done<Channel> = (error: Error | undefined, channel: Channel) => void;

/** What a channel to a target can be asked for. `reply`: whether the target is to answer. */
export interface Requests {
  env(channel: number, name: string, value: string, reply: boolean): void;
  pty(
    channel: number,
    rows: number,
    columns: number,
    height: number,
    width: number,
    kind: string,
    modes: PseudoTtyInfo['modes'],
    reply: boolean,
  ): void;
  exec(channel: number, command: Buffer, reply: boolean): void;
  shell(channel: number, reply: boolean): void;
  subsystem(channel: number, name: string, reply: boolean): void;
  openssh_agentForward(channel: number, reply: boolean): void;
  x11Forward(channel: number, screen: ScreenWire, reply: boolean): void;
}

interface ScreenWire {
  readonly single: boolean;
  readonly protocol: string;
  readonly cookie: string;
  readonly screen: number;
}

interface OpenInfo {
  readonly type: string;
  readonly data: unknown;
}

interface Writer {
  readonly allocStart: number;
  /** Of a packet that may go out while keys are exchanged. */
  readonly allocStartKEX: number;
  alloc(length: number, anyTime: boolean): Buffer;
  finalize(packet: Buffer, anyTime: boolean): Buffer;
}

export interface Wire extends Requests {
  readonly _packetRW: { readonly write: Writer };
  readonly _handlers: {
    CHANNEL_OPEN: (wire: unknown, info: OpenInfo) => void;
    CHANNEL_REQUEST: (wire: unknown, channel: number, type: string, reply: boolean, data: unknown) => void;
  };
  session(channel: number, window: number, packet: number): void;
  openssh_authAgent(channel: number, window: number, packet: number): void;
  signal(channel: number, name: string): void;
  windowChange(channel: number, rows: number, columns: number, height: number, width: number): void;
  channelSuccess(channel: number): void;
  channelFailure(channel: number): void;
}

interface Peer {
  readonly _sock: { readonly writable: boolean } | undefined;
  readonly _protocol: Wire;
  readonly _chanMgr: { add(done: unknown): number; get(channel: number): unknown };
  _acceptX11: number;
}

interface Inner {
  readonly outgoing: { readonly id: number; readonly state: 'open' | 'eof' | 'closing' | 'closed' };
  readonly _callbacks: ((refused: boolean) => void)[];
  readonly _client: Peer;
  /** Of a channel to a target: how its program ended. */
  readonly _exit: { readonly code: number | null | undefined };
}

/** One whose program has begun, or has not yet. */
interface InnerSession {
  readonly _channel: ServerChannel | undefined;
}

function peerOf(connection: Client | Connection): Peer {
  return connection as unknown as Peer;
}

function innerOf(channel: ClientChannel | ServerChannel): Inner {
  return channel as unknown as Inner;
}

function open<Channel>(peer: Peer, type: string, done: Done<Channel>, say: (channel: number) => void): void {
  if (peer._sock?.writable !== true) throw new Error('not connected');
  const wrapped: Done<Channel> = (error, channel) => done(error, channel);
  say(peer._chanMgr.add(Object.assign(wrapped, { type })));
}

/** Opens a channel for one program, and asks for nothing on it yet. @throws when there is no connection any more */
export function openSession(client: Client, done: Done<ClientChannel>): void {
  const peer = peerOf(client);
  open(peer, 'session', done, (channel) => peer._protocol.session(channel, WINDOW, PACKET));
}

/** Opens a channel to a client's agent, of which ssh2 knows the message alone. @throws as `openSession` */
export function openAgent(connection: Connection, done: Done<ServerChannel>): void {
  const peer = peerOf(connection);
  open(peer, AGENT, done, (channel) => peer._protocol.openssh_authAgent(channel, WINDOW, PACKET));
}

/** Asks a target for something on a channel. Resolves with whether it agrees: not when the channel is closed. */
export function asked(
  channel: ClientChannel,
  ask: (wire: Requests, channel: number, reply: true) => void,
): Promise<boolean> {
  const { outgoing, _callbacks, _client } = innerOf(channel);
  if (outgoing.state !== 'open') return Promise.resolve(false);
  return new Promise((resolve) => {
    _callbacks.push((refused) => resolve(!refused));
    ask(_client._protocol, outgoing.id, true);
  });
}

/** Gives a program variables. Servers leave out those that they do not take, and are not asked whether they do. */
export function sayVariables(channel: ClientChannel, variables: ReadonlyMap<string, string>): void {
  const { outgoing, _client } = innerOf(channel);
  for (const [name, value] of variables) _client._protocol.env(outgoing.id, name, value, false);
}

/** Something that a target wants to open at the client. */
export interface Wanted {
  readonly kind: 'agent' | 'x11';
  /** Of a screen: who comes, as the target says. */
  readonly from: { readonly address: string; readonly port: number };
  readonly accept: () => ClientChannel;
  /** By a reason of RFC 4254 and in words. */
  readonly refuse: (why: { readonly reason: number; readonly words: string }) => void;
}

/**
 * Hands over what a target wants to open of agents and screens. Nothing of it is ssh2's any more, which would lead to the agent
 * that it has logged in with.
 */
export function heedOpenings(client: Client, heed: (wanted: Wanted) => void): void {
  const peer = peerOf(client);
  const { _handlers: handlers } = peer._protocol;
  const own = handlers.CHANNEL_OPEN;
  // It hands over screens alone, and only while it has asked for one itself.
  peer._acceptX11 = 1;
  const agent = { srcIP: '', srcPort: 0 };
  handlers.CHANNEL_OPEN = (wire, info) => own(wire, info.type === AGENT ? { ...info, type: 'x11', data: agent } : info);
  client.on('x11', (from, accept, reject) =>
    heed({
      kind: from === agent ? 'agent' : 'x11',
      from: { address: from.srcIP, port: from.srcPort },
      accept,
      refuse: (why) => refuseOpening(client, reject, why),
    }),
  );
}

/**
 * Answers what a target asks on a channel whose program has ended: ssh2 does not, and a server that asks there whether anybody
 * is left would hang up.
 */
export function answerAfterExit(client: Client): void {
  const peer = peerOf(client);
  const { _protocol: wire } = peer;
  const own = wire._handlers.CHANNEL_REQUEST;
  wire._handlers.CHANNEL_REQUEST = (from, number, type, reply, data) => {
    const channel = peer._chanMgr.get(number) as Partial<Inner> | undefined;
    if (!reply || channel?._exit?.code === undefined || channel.outgoing === undefined)
      return own(from, number, type, reply, data);
    if (takesRequests(channel.outgoing)) wire.channelFailure(channel.outgoing.id);
  };
}

/** What is said on a channel whose program has begun: to be answered with whether it is done. */
export type Late =
  | { readonly type: 'window-change'; readonly data: WindowChangeInfo }
  /** `data`: its name, without `SIG`. */
  | { readonly type: 'signal'; readonly data: string }
  /** `data`: milliseconds, four bytes of them. */
  | { readonly type: 'break'; readonly data: Buffer | null };

/**
 * Hands over what a client says on a channel whose program has begun. ssh2 answers none of it, and lets nothing pass after
 * the end of what the client sends.
 */
export function heedLate(connection: Connection, heed: (session: Session, late: Late) => boolean): void {
  const peer = peerOf(connection);
  const { _protocol: wire } = peer;
  const own = wire._handlers.CHANNEL_REQUEST;
  wire._handlers.CHANNEL_REQUEST = (from, number, type, reply, data) => {
    const session = peer._chanMgr.get(number) as InnerSession | undefined;
    const channel = session?._channel;
    if (channel === undefined) return own(from, number, type, reply, data);
    const isDone = LATE.has(type) && heed(session as unknown as Session, { type, data } as Late);
    const { id, state } = innerOf(channel).outgoing;
    if (!reply || state === 'closing' || state === 'closed') return;
    if (isDone) wire.channelSuccess(id);
    else wire.channelFailure(id);
  };
}

const LATE: ReadonlySet<string> = new Set<Late['type']>(['window-change', 'signal', 'break']);

/** Sends a program a signal, also behind the end of its input. `name`: without `SIG`. @throws for one that no server knows */
export function saySignal(channel: ClientChannel, name: string): void {
  const { outgoing, _client } = innerOf(channel);
  if (takesRequests(outgoing)) _client._protocol.signal(outgoing.id, name);
}

/** Tells a terminal its new size, also behind the end of its input. */
export function sayWindow(channel: ClientChannel, { rows, cols, height, width }: WindowChangeInfo): void {
  const { outgoing, _client } = innerOf(channel);
  if (takesRequests(outgoing)) _client._protocol.windowChange(outgoing.id, rows, cols, height, width);
}

/** Sends a terminal a break (RFC 4335), which ssh2 does not know. */
export function sayBreak(channel: ClientChannel, milliseconds: number): void {
  const { outgoing, _client } = innerOf(channel);
  if (!takesRequests(outgoing)) return;
  const name = 'break';
  const message = Buffer.alloc(1 + 4 + 4 + name.length + 1 + 4);
  message.writeUInt8(CHANNEL_REQUEST);
  message.writeUInt32BE(outgoing.id, 1);
  message.writeUInt32BE(name.length, 5);
  message.write(name, 9, 'latin1');
  message.writeUInt32BE(milliseconds, 10 + name.length);
  say(_client._protocol, message);
}

const CHANNEL_REQUEST = 98;

function takesRequests({ state }: Inner['outgoing']): boolean {
  return state === 'open' || state === 'eof';
}

/** Sends a message that ssh2 does not know. */
function say(wire: Wire, message: Buffer): void {
  sendInPlace(wire, message, () => wire.openssh_agentForward(0, false));
}

/** Sends a message in the place of another, which `speak` has ssh2 send. `anyTime`: also while keys are exchanged. */
export function sendInPlace(wire: Pick<Wire, '_packetRW'>, message: Buffer, speak: () => void, anyTime = false): void {
  const { write } = wire._packetRW;
  const own = write.finalize.bind(write);
  write.finalize = () => {
    const packet = write.alloc(message.length, anyTime);
    packet.set(message, anyTime ? write.allocStartKEX : write.allocStart);
    return own(packet, anyTime);
  };
  try {
    speak();
  } finally {
    Reflect.deleteProperty(write, 'finalize');
  }
}
