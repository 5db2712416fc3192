import { frame, OPEN_FLAG, REPLY, REQUEST, string, uint32, uint64 } from '../../../../src/protocols/ssh/sftp/frames.ts';

/** ATTRS that say nothing. */
export const NO_ATTRIBUTES = uint32(0);

export function attributes(mode: number): Buffer {
  return Buffer.concat([uint32(4), uint32(mode)]);
}

type Text = string | Buffer;

/** What clients send, by hand. */
export const ask = {
  init: (version = 3) => frame(REQUEST.init, version),
  open: (id: number, path: Text, flags: number = OPEN_FLAG.read) =>
    frame(REQUEST.open, id, string(path), uint32(flags), NO_ATTRIBUTES),
  close: (id: number, handle: Text) => frame(REQUEST.close, id, string(handle)),
  read: (id: number, handle: Text, offset: number, length: number) =>
    frame(REQUEST.read, id, string(handle), uint64(BigInt(offset)), uint32(length)),
  write: (id: number, handle: Text, offset: number, data: Text) =>
    frame(REQUEST.write, id, string(handle), uint64(BigInt(offset)), string(data)),
  lstat: (id: number, path: Text) => frame(REQUEST.lstat, id, string(path)),
  fstat: (id: number, handle: Text) => frame(REQUEST.fstat, id, string(handle)),
  setstat: (id: number, path: Text, mode: number) => frame(REQUEST.setstat, id, string(path), attributes(mode)),
  fsetstat: (id: number, handle: Text, mode: number) => frame(REQUEST.fsetstat, id, string(handle), attributes(mode)),
  opendir: (id: number, path: Text) => frame(REQUEST.opendir, id, string(path)),
  readdir: (id: number, handle: Text) => frame(REQUEST.readdir, id, string(handle)),
  remove: (id: number, path: Text) => frame(REQUEST.remove, id, string(path)),
  mkdir: (id: number, path: Text) => frame(REQUEST.mkdir, id, string(path), NO_ATTRIBUTES),
  rmdir: (id: number, path: Text) => frame(REQUEST.rmdir, id, string(path)),
  realpath: (id: number, path: Text) => frame(REQUEST.realpath, id, string(path)),
  stat: (id: number, path: Text) => frame(REQUEST.stat, id, string(path)),
  rename: (id: number, from: Text, to: Text) => frame(REQUEST.rename, id, string(from), string(to)),
  readlink: (id: number, path: Text) => frame(REQUEST.readlink, id, string(path)),
  symlink: (id: number, first: Text, second: Text) => frame(REQUEST.symlink, id, string(first), string(second)),
  extended: (id: number, name: string, ...body: readonly Buffer[]) =>
    frame(REQUEST.extended, id, string(name), ...body),
};

/** What servers answer, by hand. */
export const answer = {
  version: (...extensions: readonly (readonly [string, string])[]) =>
    frame(REPLY.version, 3, ...extensions.flat().map((text) => string(text))),
  status: (id: number, code: number, message = '') =>
    frame(REPLY.status, id, uint32(code), string(message), string('en')),
  handle: (id: number, handle: Text) => frame(REPLY.handle, id, string(handle)),
  data: (id: number, data: Text) => frame(REPLY.data, id, string(data)),
  names: (id: number, ...names: readonly Text[]) =>
    frame(
      REPLY.name,
      id,
      uint32(names.length),
      ...names.flatMap((name) => [string(name), string(name), NO_ATTRIBUTES]),
    ),
  attributes: (id: number, mode: number) => frame(REPLY.attributes, id, attributes(mode)),
  extended: (id: number, body: Buffer) => frame(REPLY.extended, id, body),
};
