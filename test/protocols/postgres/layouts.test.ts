import { describe, expect, it } from 'vitest';
import { HEADER } from '../../../src/protocols/postgres/frames.ts';
import { isLaidOut } from '../../../src/protocols/postgres/layouts.ts';
import { i16, i32, i8, message, server, text } from './messages.ts';

const laidOut = (bytes: Buffer): boolean => isLaidOut(bytes[0] ?? 0, bytes);

const bare: readonly (readonly [string, Buffer])[] = [
  ['ParseComplete', server.parseComplete()],
  ['BindComplete', server.bindComplete()],
  ['CloseComplete', server.closeComplete()],
  ['NoData', server.noData()],
  ['EmptyQueryResponse', server.empty()],
  ['PortalSuspended', server.suspended()],
  ['CopyDone', server.copyDone()],
];

const full: readonly (readonly [string, Buffer])[] = [
  ['ErrorResponse', server.error('22012')],
  ['NoticeResponse', server.notice('noted')],
  ['NotificationResponse', message('A', i32(7), text('channel'), text('payload'))],
  ['ParameterDescription', server.parameters(23, 25)],
  ['CopyInResponse', message('G', i8(0), i16(2), i16(0), i16(0))],
  ['CopyOutResponse', server.copyOut()],
];

describe('a message of the server’s is laid out as its type says', () => {
  it.each([...bare, ...full])('when it is a %s as PostgreSQL sends it', (_name, bytes) => {
    expect(laidOut(bytes)).toBe(true);
  });

  it.each([...bare, ...full])('unless there is more behind a %s', (_name, bytes) => {
    expect(laidOut(Buffer.concat([bytes, i8(1)]))).toBe(false);
  });

  it.each(full)('unless a %s is cut anywhere', (_name, bytes) => {
    for (let length = HEADER; length < bytes.length; length += 1)
      expect(laidOut(bytes.subarray(0, length))).toBe(false);
  });

  it.each([
    ['types', message('t', i16(-1), i32(23))],
    ['formats of COPY', message('H', i8(0), i16(-1), i16(0))],
  ])('unless it announces more %s than it has', (_what, bytes) => {
    expect(laidOut(bytes)).toBe(false);
  });
});
