import { describe, expect, it } from 'vitest';
import { bindOf, placeOf, placeText, socketOf } from '../../../../src/protocols/ssh/forward/place.ts';

const textOf = (host: string, port: number): string | null => {
  const place = placeOf(host, port);
  return place === null ? null : placeText(place);
};

describe('where a forward leads', () => {
  it.each([
    ['db.internal', 5432, 'db.internal:5432'],
    ['DB.Internal', 5432, 'db.internal:5432'],
    ['10.0.0.1', 22, '10.0.0.1:22'],
    ['0:0:0:0:0:0:0:1', 80, '[::1]:80'],
    ['FE80::1', 80, '[fe80::1]:80'],
    ['web_1', 1, 'web_1:1'],
  ])('is judged in one way to write it: %s %i as %s', (host, port, text) => expect(textOf(host, port)).toBe(text));

  it.each([
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.0x1',
    '::ffff:127.0.0.1',
    'fe80::1%eth0',
    'db.internal.',
    'a..b',
    '-db',
    'db internal',
    'db\u0000.evil',
    'dｂ.internal',
    '',
    '*',
    'x'.repeat(254),
  ])('is nothing that could be written otherwise: %j', (host) => expect(textOf(host, 80)).toBeNull());

  it.each([0, 65_536, 4_294_967_295])('is no port %i', (port) => expect(textOf('db', port)).toBeNull());
});

describe('where a target listens', () => {
  it.each(['', '*', '0.0.0.0', '::', '0::0', '0:0:0:0:0:0:0:0', '::0', '0::'])(
    'is everybody’s, however that is written: %j',
    (host) => expect(bindOf(host, 0)).toEqual({ host: '0.0.0.0', port: 0 }),
  );
  it('is an address or a name besides', () => {
    expect(bindOf('LOCALHOST', 8080)).toEqual({ host: 'localhost', port: 8080 });
    expect(bindOf('127.1', 8080)).toBeNull();
  });
});

describe('a socket', () => {
  it.each([
    ['/run/app.sock', '/run/app.sock'],
    ['/run/x/..//app.sock', '/run/app.sock'],
    ['run/app.sock', null],
    ['/run/app.sock/', null],
    ['/run/\u0000', null],
    ['/run/\uFFFD', null],
    [`/${'x'.repeat(5000)}`, null],
  ])('%j is judged as %j', (path, text) => expect(socketOf(path)).toBe(text));
});
