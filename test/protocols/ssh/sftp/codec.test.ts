import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXTENSIONS } from '../../../../src/protocols/ssh/sftp/extensions.ts';
import {
  frame,
  framing,
  OPEN_FLAG,
  REPLY,
  REQUEST,
  string,
  uint32,
  uint64,
} from '../../../../src/protocols/ssh/sftp/frames.ts';
import { decodeGreeting, decodeLimits, decodeReply } from '../../../../src/protocols/ssh/sftp/replies.ts';
import { decodeRequest } from '../../../../src/protocols/ssh/sftp/requests.ts';
import { Framer } from '../../../../src/wire/framer.ts';
import { answer, ask, NO_ATTRIBUTES } from './messages.ts';

const path = (text: string): Buffer => Buffer.from(text);

describe('what clients ask', () => {
  it.each([
    ['close', ask.close(1, 'h'), { kind: 'handle', how: 'close', handle: 'h' }],
    ['read', ask.read(1, 'h', 2 ** 33 + 5, 7), { kind: 'read', handle: 'h', offset: 2 ** 33 + 5, length: 7 }],
    ['write', ask.write(1, 'h', 9, 'abc'), { kind: 'write', handle: 'h', offset: 9, data: Buffer.from('abc') }],
    ['lstat', ask.lstat(1, '/a'), { kind: 'look', how: 'lstat', path: path('/a') }],
    ['fstat', ask.fstat(1, 'h'), { kind: 'handle', how: 'fstat', handle: 'h' }],
    ['setstat', ask.setstat(1, '/a', 0o644), { kind: 'change', how: 'setstat', path: path('/a') }],
    ['fsetstat', ask.fsetstat(1, 'h', 0o644), { kind: 'handle', how: 'fsetstat', handle: 'h' }],
    ['opendir', ask.opendir(1, '/a'), { kind: 'list', path: path('/a') }],
    ['readdir', ask.readdir(1, 'h'), { kind: 'handle', how: 'readdir', handle: 'h' }],
    ['remove', ask.remove(1, '/a'), { kind: 'change', how: 'remove', path: path('/a') }],
    ['mkdir', ask.mkdir(1, '/a'), { kind: 'change', how: 'mkdir', path: path('/a') }],
    ['rmdir', ask.rmdir(1, '/a'), { kind: 'change', how: 'rmdir', path: path('/a') }],
    ['realpath', ask.realpath(1, '.'), { kind: 'locate', how: 'realpath', path: path('.') }],
    ['stat', ask.stat(1, '/a'), { kind: 'look', how: 'stat', path: path('/a') }],
    ['rename', ask.rename(1, '/a', '/b'), { kind: 'rename', from: path('/a'), to: path('/b') }],
    ['readlink', ask.readlink(1, '/a'), { kind: 'look', how: 'readlink', path: path('/a') }],
    ['symlink', ask.symlink(1, '/a', '/b'), { kind: 'symlink', first: path('/a'), second: path('/b') }],
  ])('are read: %s', (_, message, expected) => {
    expect(decodeRequest(message)).toEqual({ ...expected, id: 1 });
  });

  it.each([
    ['posix-rename@openssh.com', [string('/a'), string('/b')], { kind: 'rename', from: path('/a'), to: path('/b') }],
    ['hardlink@openssh.com', [string('/a'), string('/b')], { kind: 'hardlink', from: path('/a'), to: path('/b') }],
    ['fsync@openssh.com', [string('h')], { kind: 'handle', how: 'fsync', handle: 'h' }],
    ['statvfs@openssh.com', [string('/a')], { kind: 'look', how: 'statvfs', path: path('/a') }],
    ['fstatvfs@openssh.com', [string('h')], { kind: 'handle', how: 'fstatvfs', handle: 'h' }],
    ['lsetstat@openssh.com', [string('/a'), NO_ATTRIBUTES], { kind: 'change', how: 'lsetstat', path: path('/a') }],
    ['limits@openssh.com', [], { kind: 'limits' }],
    ['expand-path@openssh.com', [string('~')], { kind: 'locate', how: 'expand', path: path('~') }],
    ['copy-data', [string('a'), uint64(1n), uint64(2n), string('b'), uint64(3n)], { kind: 'copy', from: 'a', to: 'b' }],
    ['home-directory', [string('root')], { kind: 'home', user: path('root') }],
    [
      'users-groups-by-id@openssh.com',
      [string(uint32(0)), string('')],
      { kind: 'owners', users: uint32(0), groups: Buffer.alloc(0) },
    ],
  ])('are read: %s', (name, body, expected) => {
    expect(decodeRequest(ask.extended(1, name, ...body))).toEqual({ ...expected, id: 1 });
  });

  it('are read for every extension that is shown to them', () => {
    const kinds = EXTENSIONS.map((name) => decodeRequest(ask.extended(1, name))?.kind);
    expect(kinds.filter((kind) => kind === 'unsupported')).toEqual([]);
  });

  it.each([
    ['reading', OPEN_FLAG.read, [true, false, false]],
    ['writing', OPEN_FLAG.write, [false, true, false]],
    ['both', OPEN_FLAG.read | OPEN_FLAG.write, [true, true, false]],
    ['neither, which servers take for reading', 0, [true, false, false]],
    ['neither, but created', OPEN_FLAG.create, [true, true, false]],
    ['reading, but cut', OPEN_FLAG.read | OPEN_FLAG.truncate, [true, true, false]],
    ['reading, and only when it is new', OPEN_FLAG.read | OPEN_FLAG.exclusive, [true, false, false]],
    ['appending', OPEN_FLAG.write | OPEN_FLAG.append, [false, true, true]],
    ['something that this version does not know', OPEN_FLAG.read | 0x40, [true, true, false]],
  ])('say what a file is opened for: %s', (_, flags, [reads, writes, appends]) => {
    expect(decodeRequest(ask.open(1, '/a', flags))).toMatchObject({ kind: 'open', reads, writes, appends });
  });

  it.each([
    ['types of later versions', frame(22, 1, string('/a'))],
    ['types of servers', answer.status(1, 0)],
    ['extensions that nobody has looked at', ask.extended(1, 'text-seek', string('h'))],
    ['names that only begin like one', ask.extended(1, 'copy-data\0', string('h'))],
  ])('are unsupported: %s', (_, message) => {
    expect(decodeRequest(message)).toEqual({ id: 1, kind: 'unsupported' });
  });

  it.each([
    ['a string that goes on behind the end', frame(REQUEST.stat, 1, uint32(5), Buffer.from('/a'))],
    ['a string as long as 4 GB', frame(REQUEST.stat, 1, uint32(0xffff_ffff), Buffer.from('/a'))],
    ['bytes that belong to nothing', Buffer.concat([frame(REQUEST.stat, 1, string('/a'), Buffer.of(0))])],
    ['no path', frame(REQUEST.remove, 1)],
    ['one path of two', frame(REQUEST.rename, 1, string('/a'))],
    ['no attributes', frame(REQUEST.mkdir, 1, string('/a'))],
    ['attributes of later versions', frame(REQUEST.setstat, 1, string('/a'), uint32(0x100), uint32(0))],
    ['a billion extended attributes', frame(REQUEST.setstat, 1, string('/a'), uint32(0x8000_0000), uint32(1e9))],
    ['data that is not all there', frame(REQUEST.write, 1, string('h'), uint64(0n), uint32(9), Buffer.from('abc'))],
    ['an extension without its body', ask.extended(1, 'copy-data', string('h'))],
  ])('are malformed: %s', (_, message) => {
    expect(decodeRequest(message)).toEqual({ id: 1, kind: 'malformed' });
  });

  it('cannot even be answered without an id', () => {
    expect(decodeRequest(Buffer.from([0, 0, 0, 2, REQUEST.stat, 1]))).toBeNull();
  });

  it('have no handle where it is longer than any', () => {
    expect(decodeRequest(ask.close(1, 'h'.repeat(257)))).toMatchObject({ handle: '' });
  });
});

describe('what servers answer', () => {
  it.each([
    ['status', answer.status(1, 2, 'no'), { kind: 'status', code: 2, message: path('no'), language: path('en') }],
    ['handle', answer.handle(1, Buffer.from([0, 255])), { kind: 'handle', handle: '\u0000\u00ff' }],
    ['data', answer.data(1, 'abc'), { kind: 'data', data: path('abc') }],
    ['attributes', answer.attributes(1, 0o120777), { kind: 'attributes', attributes: { mode: 0o120777 } }],
    ['extended', answer.extended(1, uint32(7)), { kind: 'extended' }],
    [
      'names',
      answer.names(1, 'a', 'b'),
      {
        kind: 'names',
        names: ['a', 'b'].map((name) => ({ name: path(name), line: path(name), attributes: NO_ATTRIBUTES })),
      },
    ],
    [
      'status without words',
      frame(REPLY.status, 1, uint32(1)),
      { kind: 'status', code: 1, message: path(''), language: path('') },
    ],
  ])('is read: %s', (_, message, expected) => {
    expect(decodeReply(message)).toEqual({ ...expected, id: 1 });
  });

  it.each([
    ['an empty handle', answer.handle(1, '')],
    ['a handle that is too long', answer.handle(1, 'h'.repeat(257))],
    ['data that is not all there', frame(REPLY.data, 1, uint32(9), Buffer.from('abc'))],
    ['data with something behind it', frame(REPLY.data, 1, string('abc'), Buffer.of(0))],
    ['four billion names', frame(REPLY.name, 1, uint32(0xffff_ffff))],
    ['fewer names than are announced', frame(REPLY.name, 1, uint32(2), string('a'), string('a'), NO_ATTRIBUTES)],
    ['names with attributes of later versions', frame(REPLY.name, 1, uint32(1), string('a'), string('a'), uint32(256))],
    ['a status of two bytes', frame(REPLY.status, 1, Buffer.of(0, 0))],
    ['a request', ask.stat(1, '/a')],
    ['no id', Buffer.from([0, 0, 0, 1, REPLY.status])],
  ])('is no answer: %s', (_, message) => {
    expect(decodeReply(message)).toBeNull();
  });

  it('begins with a version and what it can do besides', () => {
    expect(decodeGreeting(answer.version(['a', '1'], ['b', '2']), REPLY.version)).toEqual({
      version: 3,
      extensions: [
        { name: path('a'), data: path('1') },
        { name: path('b'), data: path('2') },
      ],
    });
    expect(decodeGreeting(answer.status(1, 0), REPLY.version)).toBeNull();
    expect(decodeGreeting(frame(REPLY.version, 3, string('half')), REPLY.version)).toBeNull();
  });

  it('tells its limits', () => {
    const body = Buffer.concat([262144n, 261120n, 261120n, 1019n].map(uint64));
    const limits = { packet: 262144, read: 261120, write: 261120, handles: 1019 };
    expect(decodeLimits(answer.extended(1, body))).toEqual(limits);
    expect(decodeLimits(answer.extended(1, body.subarray(1)))).toBeNull();
  });
});

/** What comes out of pieces. */
function cut(pieces: readonly Buffer[]): string[] {
  const framer = new Framer(framing('the client'));
  return pieces.flatMap((piece) => {
    framer.feed(piece);
    const messages: string[] = [];
    for (let one = framer.next(); one !== null; one = framer.next()) messages.push(one.toString('hex'));
    return messages;
  });
}

const bytes = fc.uint8Array({ maxLength: 80 }).map((value) => Buffer.from(value));
const types = fc.constantFrom(...Object.values(REQUEST), ...Object.values(REPLY));
/** Bodies that are more likely to make sense than any bytes. */
const parts = fc.oneof(bytes, bytes.map(string), fc.nat(300).map(uint32), fc.constantFrom(...EXTENSIONS).map(string));
const messages = fc
  .tuple(types, fc.nat(), fc.array(parts, { maxLength: 6 }))
  .map(([type, id, body]) => frame(type, id, ...body));

describe('messages', () => {
  it('are the same however their bytes were split', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
        const stream = Buffer.concat(whole);
        const places = cuts.map((place) => place % (stream.length + 1)).toSorted((a, b) => a - b);
        const pieces = [0, ...places].map((from, index) => stream.subarray(from, places[index] ?? stream.length));
        expect(cut(pieces)).toEqual(whole.map((one) => one.toString('hex')));
      }),
    );
  });

  it('never make the decoders throw, or say more than there is', () => {
    fc.assert(
      fc.property(messages, fc.nat(), (message, place) => {
        const part = message.subarray(0, 5 + (place % (message.length - 4)));
        for (const one of [message, part]) {
          const request = decodeRequest(one);
          if (request?.kind === 'write') expect(request.data.length).toBeLessThan(one.length);
          const reply = decodeReply(one);
          if (reply?.kind === 'names') expect(reply.names.length).toBeLessThan(one.length);
          decodeGreeting(one, REPLY.version);
          decodeLimits(one);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([0, 256 * 1024 + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x4745_5420])(
    'of %d bytes are refused before there is room for them',
    (length) => {
      const framer = new Framer(framing('the server'));
      framer.feed(uint32(length));
      expect(() => framer.next()).toThrow(length === 0 ? 'impossible length' : 'over the limit');
      expect(framer.pending).toBe(0);
    },
  );

  it('as long as the limit pass', () => {
    expect(cut([frame(REQUEST.write, 1, Buffer.alloc(256 * 1024 - 5))])).toHaveLength(1);
  });
});
