import {
  bodyOf,
  idOf,
  readAttributes,
  readString,
  readUint64,
  REPLY,
  type Attributes,
  typeOf,
  unnumberedBodyOf,
} from './frames.ts';
import { LONGEST_HANDLE, MOST_NAMES } from './limits.ts';

export interface Name {
  readonly name: Buffer;
  /** As `ls -l` would write it. */
  readonly line: Buffer;
  /** Its ATTRS, as they came. */
  readonly attributes: Buffer;
}

/** What a server answers. */
export type Reply = { readonly id: number } & (
  | { readonly kind: 'status'; readonly code: number; readonly message: Buffer; readonly language: Buffer }
  | { readonly kind: 'handle'; readonly handle: string }
  | { readonly kind: 'data'; readonly data: Buffer }
  | { readonly kind: 'names'; readonly names: readonly Name[] }
  | { readonly kind: 'attributes'; readonly attributes: Attributes }
  | { readonly kind: 'extended' }
);

/** Null when it is none, or malformed: nothing that comes behind it can be trusted. */
export function decodeReply(message: Buffer): Reply | null {
  const id = idOf(message);
  if (id === null) return null;
  const cursor = bodyOf(message);
  switch (typeOf(message)) {
    case REPLY.status:
      return readStatus(id, message);
    case REPLY.handle: {
      const handle = readString(cursor);
      const isGood = cursor.finished && handle.length > 0 && handle.length <= LONGEST_HANDLE;
      return isGood ? { id, kind: 'handle', handle: handle.toString('latin1') } : null;
    }
    case REPLY.data: {
      const data = readString(cursor);
      return cursor.finished ? { id, kind: 'data', data } : null;
    }
    case REPLY.name:
      return readNames(id, message);
    case REPLY.attributes: {
      const attributes = readAttributes(cursor);
      return attributes !== null && cursor.finished ? { id, kind: 'attributes', attributes } : null;
    }
    case REPLY.extended:
      return { id, kind: 'extended' };
    default:
      return null;
  }
}

/** STATUS (section 7). Servers older than version 3 leave the words out. */
function readStatus(id: number, message: Buffer): Reply | null {
  const cursor = bodyOf(message);
  const code = cursor.uint32();
  if (cursor.finished) return { id, kind: 'status', code, message: NOTHING, language: NOTHING };
  const words = readString(cursor);
  const language = readString(cursor);
  return cursor.finished ? { id, kind: 'status', code, message: words, language } : null;
}

/** NAME: uint32 n, n × (string name, string line, ATTRS). */
function readNames(id: number, message: Buffer): Reply | null {
  const cursor = bodyOf(message);
  const count = cursor.uint32();
  if (count > MOST_NAMES) return null;
  const names: Name[] = [];
  for (let index = 0; index < count && cursor.intact; index += 1) {
    const name = readString(cursor);
    const line = readString(cursor);
    const start = message.length - cursor.remaining;
    if (readAttributes(cursor) === null) return null;
    names.push({ name, line, attributes: message.subarray(start, message.length - cursor.remaining) });
  }
  return cursor.finished ? { id, kind: 'names', names } : null;
}

export interface Greeting {
  readonly version: number;
  readonly extensions: readonly { readonly name: Buffer; readonly data: Buffer }[];
}

/** INIT and VERSION: uint32 version, pairs of strings up to the end. Null for anything else. */
export function decodeGreeting(message: Buffer, type: number): Greeting | null {
  if (typeOf(message) !== type) return null;
  const cursor = unnumberedBodyOf(message);
  const version = cursor.uint32();
  const extensions: { name: Buffer; data: Buffer }[] = [];
  while (cursor.intact && cursor.remaining > 0) extensions.push({ name: readString(cursor), data: readString(cursor) });
  return cursor.finished ? { version, extensions } : null;
}

export interface ServerLimits {
  readonly packet: number;
  readonly read: number;
  readonly write: number;
  readonly handles: number;
}

/** The answer to limits@openssh.com: four times uint64. Null when it is none. */
export function decodeLimits(message: Buffer): ServerLimits | null {
  const cursor = bodyOf(message);
  const limits = {
    packet: readUint64(cursor),
    read: readUint64(cursor),
    write: readUint64(cursor),
    handles: readUint64(cursor),
  };
  return cursor.finished ? limits : null;
}

const NOTHING = Buffer.alloc(0);
