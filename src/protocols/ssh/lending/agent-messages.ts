import { HoopError } from '../../../core/errors.ts';
import { Cursor } from '../../../wire/cursor.ts';
import type { Framing } from '../../../wire/framer.ts';
import { fingerprintOf } from '../openssh-key.ts';
import { readString } from '../strings.ts';

/*
 * SSH agent protocol (draft-ietf-sshm-ssh-agent):
 *
 *   uint32  length of what follows
 *   byte    type
 *   …       what belongs to the type
 *
 * Each request has one answer, and answers come in the order of the requests.
 */

const REQUEST = { list: 11, sign: 13 } as const;
const ANSWER = { failure: 5, list: 12, sign: 14 } as const;

/** What else may be asked of an agent, in words for the record. */
const OTHERS: Readonly<Record<number, string>> = {
  1: 'to list keys of SSH 1',
  3: 'to use a key of SSH 1',
  7: 'to take a key of SSH 1',
  8: 'to give up a key of SSH 1',
  9: 'to give up all keys of SSH 1',
  17: 'to take a key',
  18: 'to give up a key',
  19: 'to give up all keys',
  20: 'to take the keys of a token',
  21: 'to give up the keys of a token',
  22: 'to lock itself',
  23: 'to unlock itself',
  25: 'to take a key with constraints',
  26: 'to take the keys of a token with constraints',
};
const EXTENSION = 27;
/** Asked by every client of OpenSSH that uses an agent, and refused by agents that do not know it. */
const EXPECTED = 'session-bind@openssh.com';

const LENGTH = 4;
/** Bytes of a message: what OpenSSH's agent takes. */
const LONGEST = 256 * 1024;

/** What an agent says that does not do what it is asked. */
export const FAILURE = Buffer.from([0, 0, 0, 1, ANSWER.failure]);

/** How the messages of either side are cut. */
export const FRAMING: Framing = {
  header: LENGTH,
  length: (bytes, offset) => {
    const length = bytes.readUInt32BE(offset);
    return length === 0 ? null : LENGTH + length;
  },
  limit: () => LENGTH + LONGEST,
  over: () => new HoopError('wire.limit', `a message to or from an agent is over the limit of ${LONGEST} bytes`),
};

/** What a program on the target asks of a client's agent. */
export type AgentRequest =
  | { readonly kind: 'list' }
  /** `words`: with which key, and what for; not made safe. */
  | { readonly kind: 'sign'; readonly words: string }
  /** `words`: what it wanted; null for what is no news. */
  | { readonly kind: 'refused'; readonly words: string | null };

/** Reads one whole message. */
export function requestOf(message: Buffer): AgentRequest {
  const cursor = new Cursor(message, LENGTH);
  const type = cursor.uint8();
  switch (type) {
    case REQUEST.list:
      return cursor.finished ? { kind: 'list' } : refused('something that cannot be read');
    case REQUEST.sign:
      return signing(cursor);
    case EXTENSION: {
      const name = text(cursor);
      return refused(name === EXPECTED ? null : `an extension of its: ${name}`);
    }
    default:
      return refused(OTHERS[type] ?? `something that is not known (${type})`);
  }
}

/** Whether it is an answer to such a request. */
export function isAnswer(message: Buffer, request: Exclude<AgentRequest['kind'], 'refused'>): boolean {
  const type = message[LENGTH];
  return type === ANSWER[request] || (type === ANSWER.failure && message.length === FAILURE.length);
}

export function isFailure(message: Buffer): boolean {
  return message[LENGTH] === ANSWER.failure;
}

function refused(words: string | null): AgentRequest {
  return { kind: 'refused', words };
}

function signing(cursor: Cursor): AgentRequest {
  const key = readString(cursor);
  const data = readString(cursor);
  cursor.uint32();
  if (!cursor.finished) return refused('something that cannot be read');
  return { kind: 'sign', words: `with ${keyWords(key)}: ${purposeOf(data)}` };
}

/** `SHA256:… (ssh-ed25519)`. */
function keyWords(key: Buffer): string {
  const kind = text(new Cursor(key));
  return `${fingerprintOf(key)} (${/^[\w@.-]{1,64}$/.test(kind) ? kind : 'of an unknown kind'})`;
}

const LOGIN = 50;
const METHOD = 'publickey';
/** The same with the host key of the server. */
const BOUND_METHOD = 'publickey-hostbound-v00@openssh.com';
/** `ssh-keygen -Y sign`, as git uses it. */
const SIGNATURE = Buffer.from('SSHSIG', 'latin1');

function purposeOf(data: Buffer): string {
  return loginIn(data) ?? signatureIn(data) ?? `${data.length} bytes that are no login`;
}

/** Of a login (RFC 4252, 7), as whom, and at which server as far as that is said; null when it is none. */
function loginIn(data: Buffer): string | null {
  const cursor = new Cursor(data);
  readString(cursor);
  const isLogin = cursor.uint8() === LOGIN;
  const user = text(cursor);
  const service = text(cursor);
  const method = text(cursor);
  const isSigned = cursor.uint8() === 1;
  readString(cursor);
  readString(cursor);
  const host = method === BOUND_METHOD ? readString(cursor) : null;
  if (!isLogin || !isSigned || service !== 'ssh-connection' || !cursor.finished) return null;
  if (method !== METHOD && method !== BOUND_METHOD) return null;
  return `a login as ${short(user)}${host === null ? '' : ` at the server with the key ${fingerprintOf(host)}`}`;
}

/** Of a file or a text (PROTOCOL.sshsig of OpenSSH), what it is meant for; null when it is none. */
function signatureIn(data: Buffer): string | null {
  if (!data.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return null;
  return `a signature for "${short(text(new Cursor(data, SIGNATURE.length)))}"`;
}

function text(cursor: Cursor): string {
  return readString(cursor).toString('utf8');
}

/** The other side chooses how long it is. */
function short(words: string): string {
  return words.length > 80 ? `${words.slice(0, 80)}…` : words;
}
