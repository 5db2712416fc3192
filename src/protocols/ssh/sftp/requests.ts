import type { Cursor } from '../../../wire/cursor.ts';
import { extensionOf } from './extensions.ts';
import { bodyOf, idOf, OPEN_FLAG, readAttributes, readString, readUint64, REQUEST, typeOf } from './frames.ts';
import { LONGEST_HANDLE } from './limits.ts';

/** What a client asks for. Paths are the bytes that it wrote; nothing is said here of what they mean. */
export type Request = { readonly id: number } & (
  | {
      readonly kind: 'open';
      readonly path: Buffer;
      readonly reads: boolean;
      readonly writes: boolean;
      readonly appends: boolean;
    }
  | { readonly kind: 'list'; readonly path: Buffer }
  /** Something is said of a path, and nothing done to it. */
  | { readonly kind: 'look'; readonly how: 'stat' | 'lstat' | 'readlink' | 'statvfs'; readonly path: Buffer }
  /** A path is written out. `expand`: a `~` at its beginning is somebody's home. */
  | { readonly kind: 'locate'; readonly how: 'realpath' | 'expand'; readonly path: Buffer }
  | { readonly kind: 'home'; readonly user: Buffer }
  /** Who has these numbers: each list empty, or of uint32. */
  | { readonly kind: 'owners'; readonly users: Buffer; readonly groups: Buffer }
  | {
      readonly kind: 'change';
      readonly how: 'remove' | 'mkdir' | 'rmdir' | 'setstat' | 'lsetstat';
      readonly path: Buffer;
    }
  | { readonly kind: 'rename'; readonly from: Buffer; readonly to: Buffer }
  /** In the order of the message: which of them is the link depends on the server. */
  | { readonly kind: 'symlink'; readonly first: Buffer; readonly second: Buffer }
  | { readonly kind: 'hardlink'; readonly from: Buffer; readonly to: Buffer }
  | { readonly kind: 'read'; readonly handle: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'write'; readonly handle: string; readonly offset: number; readonly data: Buffer }
  | {
      readonly kind: 'handle';
      readonly how: 'close' | 'fstat' | 'fsetstat' | 'readdir' | 'fsync' | 'fstatvfs';
      readonly handle: string;
    }
  | { readonly kind: 'copy'; readonly from: string; readonly to: string }
  /** What the server takes: it is about no file. */
  | { readonly kind: 'limits' }
  /** It may make sense, but not here. */
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'malformed' }
);

/** One that is about paths. */
export type PathRequest = Extract<
  Request,
  {
    readonly kind:
      | 'open'
      | 'list'
      | 'look'
      | 'locate'
      | 'home'
      | 'owners'
      | 'change'
      | 'rename'
      | 'symlink'
      | 'hardlink';
  }
>;

export function isPathRequest(request: Request): request is PathRequest {
  switch (request.kind) {
    case 'open':
    case 'list':
    case 'look':
    case 'locate':
    case 'home':
    case 'owners':
    case 'change':
    case 'rename':
    case 'symlink':
    case 'hardlink':
      return true;
    case 'read':
    case 'write':
    case 'handle':
    case 'copy':
    case 'limits':
    case 'unsupported':
    case 'malformed':
      return false;
  }
}

/** A request without its id. */
type Asked = Request extends infer One ? (One extends Request ? Omit<One, 'id'> : never) : never;

const MALFORMED: Asked = { kind: 'malformed' };
const UNSUPPORTED: Asked = { kind: 'unsupported' };

/** Total. Null when the message has no id, so that it cannot even be refused. */
export function decodeRequest(message: Buffer): Request | null {
  const id = idOf(message);
  if (id === null) return null;
  const cursor = bodyOf(message);
  const asked = readRequest(typeOf(message), cursor);
  const isWhole = asked.kind === 'unsupported' || cursor.finished;
  return { ...(isWhole ? asked : MALFORMED), id } as Request;
}

function readRequest(type: number, cursor: Cursor): Asked {
  switch (type) {
    case REQUEST.open:
      return readOpen(cursor);
    case REQUEST.close:
      return { kind: 'handle', how: 'close', handle: readHandle(cursor) };
    case REQUEST.read:
      return { kind: 'read', handle: readHandle(cursor), offset: readUint64(cursor), length: cursor.uint32() };
    case REQUEST.write:
      return { kind: 'write', handle: readHandle(cursor), offset: readUint64(cursor), data: readString(cursor) };
    case REQUEST.lstat:
      return { kind: 'look', how: 'lstat', path: readString(cursor) };
    case REQUEST.fstat:
      return { kind: 'handle', how: 'fstat', handle: readHandle(cursor) };
    case REQUEST.setstat:
      return withAttributes(cursor, { kind: 'change', how: 'setstat', path: readString(cursor) });
    case REQUEST.fsetstat:
      return withAttributes(cursor, { kind: 'handle', how: 'fsetstat', handle: readHandle(cursor) });
    case REQUEST.opendir:
      return { kind: 'list', path: readString(cursor) };
    case REQUEST.readdir:
      return { kind: 'handle', how: 'readdir', handle: readHandle(cursor) };
    default:
      return readPathRequest(type, cursor);
  }
}

function readPathRequest(type: number, cursor: Cursor): Asked {
  switch (type) {
    case REQUEST.remove:
      return { kind: 'change', how: 'remove', path: readString(cursor) };
    case REQUEST.mkdir:
      return withAttributes(cursor, { kind: 'change', how: 'mkdir', path: readString(cursor) });
    case REQUEST.rmdir:
      return { kind: 'change', how: 'rmdir', path: readString(cursor) };
    case REQUEST.realpath:
      return { kind: 'locate', how: 'realpath', path: readString(cursor) };
    case REQUEST.stat:
      return { kind: 'look', how: 'stat', path: readString(cursor) };
    case REQUEST.rename:
      return { kind: 'rename', from: readString(cursor), to: readString(cursor) };
    case REQUEST.readlink:
      return { kind: 'look', how: 'readlink', path: readString(cursor) };
    case REQUEST.symlink:
      return { kind: 'symlink', first: readString(cursor), second: readString(cursor) };
    case REQUEST.extended:
      return readExtended(cursor);
    default:
      return UNSUPPORTED;
  }
}

/** A bit that this version does not know may do anything, so that it counts as writing. */
const KNOWN_READING = OPEN_FLAG.read | OPEN_FLAG.exclusive;

/** OPEN (section 6.3). A server opens for reading what is opened for neither. */
function readOpen(cursor: Cursor): Asked {
  const path = readString(cursor);
  const flags = cursor.uint32();
  const reads = (flags & OPEN_FLAG.read) !== 0 || (flags & OPEN_FLAG.write) === 0;
  const writes = (flags & ~KNOWN_READING) !== 0;
  const appends = (flags & OPEN_FLAG.append) !== 0;
  return withAttributes(cursor, { kind: 'open', path, reads, writes, appends });
}

function readExtended(cursor: Cursor): Asked {
  const name = extensionOf(readString(cursor).toString('latin1'));
  switch (name) {
    case 'posix-rename@openssh.com':
      return { kind: 'rename', from: readString(cursor), to: readString(cursor) };
    case 'hardlink@openssh.com':
      return { kind: 'hardlink', from: readString(cursor), to: readString(cursor) };
    case 'fsync@openssh.com':
      return { kind: 'handle', how: 'fsync', handle: readHandle(cursor) };
    case 'statvfs@openssh.com':
      return { kind: 'look', how: 'statvfs', path: readString(cursor) };
    case 'fstatvfs@openssh.com':
      return { kind: 'handle', how: 'fstatvfs', handle: readHandle(cursor) };
    case 'lsetstat@openssh.com':
      return withAttributes(cursor, { kind: 'change', how: 'lsetstat', path: readString(cursor) });
    case 'limits@openssh.com':
      return { kind: 'limits' };
    case 'expand-path@openssh.com':
      return { kind: 'locate', how: 'expand', path: readString(cursor) };
    case 'copy-data':
      return readCopy(cursor);
    case 'home-directory':
      return { kind: 'home', user: readString(cursor) };
    case 'users-groups-by-id@openssh.com':
      return { kind: 'owners', users: readString(cursor), groups: readString(cursor) };
    case null:
      return UNSUPPORTED;
  }
}

/** copy-data: string handle, uint64 offset, uint64 length, string handle, uint64 offset. */
function readCopy(cursor: Cursor): Asked {
  const from = readHandle(cursor);
  cursor.bytes(16);
  const to = readHandle(cursor);
  cursor.bytes(8);
  return { kind: 'copy', from, to };
}

/** Bytes of a handle, one a character: servers write anything into them. One that is too long is nobody's. */
function readHandle(cursor: Cursor): string {
  const bytes = readString(cursor);
  return bytes.length > LONGEST_HANDLE ? '' : bytes.toString('latin1');
}

function withAttributes(cursor: Cursor, asked: Asked): Asked {
  return readAttributes(cursor) === null ? MALFORMED : asked;
}
