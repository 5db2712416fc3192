import { createHash } from 'node:crypto';
import { fieldsOf, type Message } from '../postgres/frames.ts';
import { STAND_IN } from './conversation.ts';

/** The first OID that is not PostgreSQL's own: what a conversation creates has others each time. */
const FIRST_OF_USERS = 16384;

/** What the policy of the tests says to whom it refuses something. */
export const REFUSAL = 'the policy of the conversation says no';

const STAND_IN_FAILED = `syntax error at or near "${STAND_IN.split(' ')[0]}"`;

function userOid(body: Buffer, at: number): void {
  if (body.readUInt32BE(at) >= FIRST_OF_USERS) body.writeUInt32BE(FIRST_OF_USERS, at);
}

function rowDescription(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  let at = 2;
  for (let left = copy.readInt16BE(0); left > 0; left -= 1) {
    at = copy.indexOf(0, at) + 1;
    userOid(copy, at);
    userOid(copy, at + 6);
    at += 18;
  }
  return copy;
}

function parameterDescription(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  for (let at = 2; at < copy.length; at += 4) userOid(copy, at);
  return copy;
}

/** Longest body that is shown as it is, in bytes. */
const LONGEST = 2000;

function shown(body: Buffer): string {
  if (body.length <= LONGEST) return body.toString('latin1');
  return `${body.length} bytes, ${createHash('sha256').update(body).digest('hex')}`;
}

function failure(message: Message): string {
  const { S, V, C, M, D, H, P, p, q, W, s, t, c, d, n } = fieldsOf(message);
  const refused = (C === '42501' && M?.includes(REFUSAL) === true) || (C === '42601' && M === STAND_IN_FAILED);
  if (refused) return `E refused ${S}`;
  // Some errors the door knows without asking: it does not claim to be a file of the server's sources.
  return `E ${JSON.stringify({ S, V, C, M, D, H, P, p, q, W, s, t, c, d, n })}`;
}

/** A message of the server's as it is compared: without what differs each time. */
export function told(message: Message): string {
  const { type, body } = message;
  switch (type) {
    case 'T':
      return `T ${rowDescription(body).toString('latin1')}`;
    case 't':
      return `t ${parameterDescription(body).toString('latin1')}`;
    case 'E':
      return failure(message);
    // The process that notified is the connection's own.
    case 'A':
      return `A ${body.toString('latin1', 4)}`;
    case 'K':
      return 'K';
    default:
      return `${type} ${shown(body)}`;
  }
}
