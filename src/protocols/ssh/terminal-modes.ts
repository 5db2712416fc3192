import type { Connection, PseudoTtyInfo } from 'ssh2';

/** SSH_MSG_CHANNEL_REQUEST (RFC 4254, section 5.4). */
const CHANNEL_REQUEST = 98;
const PTY = 'pty-req';
/** TTY_OP_END; from the second on opcodes have no defined length (RFC 4254, section 8). */
const END = 0;
const UNDEFINED = 160;
/** An opcode and its value. */
const LENGTH = 5;

type Handler = (payload: Buffer) => unknown;

interface Wire {
  /** Every decipher takes it over as it is when keys are exchanged. */
  _onPayload: Handler;
  readonly _decipher: { _onPayload: Handler };
  readonly _handlers: {
    CHANNEL_REQUEST: (wire: unknown, channel: number, type: string, reply: boolean, data: unknown) => void;
  };
}

/**
 * Has what a client's terminal does (which keys erase, whether characters have several bytes) come with its request for one: ssh2
 * reads it from the second byte on, and finds nothing. To be called between two exchanges of keys.
 */
export function takeTerminalModes(connection: Connection): void {
  const wire = (connection as unknown as { readonly _protocol: Wire })._protocol;
  const { _onPayload: handle } = wire;
  const { CHANNEL_REQUEST: own } = wire._handlers;
  let modes: Buffer | null = null;
  const take: Handler = (payload) => {
    modes = payload[0] === CHANNEL_REQUEST ? terminalModes(payload) : null;
    return handle(payload);
  };
  wire._onPayload = take;
  wire._decipher._onPayload = take;
  wire._handlers.CHANNEL_REQUEST = (from, channel, type, reply, data) =>
    own(from, channel, type, reply, type === PTY && modes !== null ? { ...(data as PseudoTtyInfo), modes } : data);
}

/**
 * The modes in a request for a terminal, each opcode once and closed by TTY_OP_END, as they are sent on; null in another
 * message. `payload`: of SSH_MSG_CHANNEL_REQUEST. What is cut off or unknown ends them.
 */
export function terminalModes(payload: Buffer): Buffer | null {
  const type = stringAt(payload, 1 + 4);
  if (type?.toString('latin1') !== PTY) return null;
  // Behind the type: whether to answer, the kind of terminal, and its size in characters and in pixels.
  const kind = 1 + 4 + 4 + type.length + 1;
  const encoded = stringAt(payload, kind + 4 + (stringAt(payload, kind)?.length ?? 0) + 4 * 4);
  const modes = new Map<number, number>();
  for (let at = 0; encoded !== null && at + LENGTH <= encoded.length; at += LENGTH) {
    const opcode = encoded.readUInt8(at);
    if (opcode === END || opcode >= UNDEFINED) break;
    modes.set(opcode, encoded.readUInt32BE(at + 1));
  }
  const clean = Buffer.alloc(modes.size * LENGTH + 1, END);
  [...modes].forEach(([opcode, value], index) => {
    clean.writeUInt8(opcode, index * LENGTH);
    clean.writeUInt32BE(value, index * LENGTH + 1);
  });
  return clean;
}

/** Null where it is not whole. */
function stringAt(payload: Buffer, at: number): Buffer | null {
  if (at + 4 > payload.length) return null;
  const end = at + 4 + payload.readUInt32BE(at);
  return end > payload.length ? null : payload.subarray(at + 4, end);
}
