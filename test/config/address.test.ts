import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { inTarget, minimal, problems } from './examples.ts';

describe('an address', () => {
  it.each(['db.internal:5432', '127.0.0.1:1', '"[::1]:65535"', '"/var/run/postgresql:5432"', 'my_db-1:5432'])(
    '%s is taken',
    (address) => {
      const tls = address.startsWith('"/') ? 'tls: disable' : 'tls: verify-full';
      expect(problems(inTarget(tls).replace('localhost:5432', address))).toEqual([]);
    },
  );

  it.each([
    ['localhost', 'has no port'],
    ['"localhost:"', 'has no port'],
    [':5432', 'has no host'],
    ['localhost:0', 'has a port that is not from 1 to 65535'],
    ['localhost:65536', 'has a port that is not from 1 to 65535'],
    ['localhost:05432', 'has a port that is not from 1 to 65535'],
    ['::1:5432', 'is an IPv6 address without brackets'],
    ['"[::1%eth0]:5432"', 'holds brackets without an IPv6 address'],
    ['"[localhost]:5432"', 'holds brackets without an IPv6 address'],
    ['db.internal.:5432', 'ends its host with a dot'],
    ['"db\\0.evil:5432"', 'holds white space or a control character'],
    ['" db:5432"', 'holds white space or a control character'],
    ['"db:5432\\n"', 'holds white space or a control character'],
    ['bücher:5432', 'is not ASCII'],
    ['db..internal:5432', 'has a host that is no host name'],
    ['-db:5432', 'has a host that is no host name'],
    ['2130706433:5432', 'has a host that is no plain IPv4 address'],
    ['0x7f000001:5432', 'has a host that is no plain IPv4 address'],
    ['127.1:5432', 'has a host that is no plain IPv4 address'],
    ['0177.0.0.1:5432', 'has a host that is no plain IPv4 address'],
    ['postgres://me:hunter2@db:5432', 'is a URL'],
    ['me:hunter2@db:5432', 'holds an "@"'],
    ['/run/../etc:5432', 'holds "." or ".." in its path'],
    [`/${'x'.repeat(100)}:5432`, 'is too long for a Unix socket'],
    ['""', 'is empty'],
  ])('%s is refused: it %s', (address, expected) => {
    const [found = ''] = problems(minimal().replace('localhost:5432', () => address));
    expect(found).toContain('5:14 targets.pg.address');
    expect(found).toContain(expected);
    expect(found).not.toContain('hunter2');
  });
});

describe('TLS', () => {
  const at = (address: string, tls: string): string => inTarget(tls).replace('localhost:5432', address);

  it.each([
    ['localhost:5432', 'tls: disable'],
    ['127.9.9.9:5432', 'tls: disable'],
    ['"[::1]:5432"', 'tls: disable'],
    ['/run/pg:5432', 'tls: disable'],
    ['db:5432', 'tls: require'],
    ['db:5432', 'tls: { mode: verify-ca, ca: ca.pem }'],
  ])('%s takes %s', (address, tls) => {
    expect(problems(at(address, tls))).toEqual([]);
  });

  it.each([
    [
      'db:5432',
      'tls: disable',
      '8:10 targets.pg.tls: disable is only for loopback addresses and Unix sockets: write tls: verify-full',
    ],
    ['localhost.evil.com:5432', 'tls: disable', 'disable is only for loopback'],
    ['/run/pg:5432', 'tls: require', '8:10 targets.pg.tls: a Unix socket has no TLS: write tls: disable'],
    ['/run/pg:5432', '', '4:5 targets.pg.tls: a Unix socket has no TLS: write tls: disable'],
    ['db:5432', 'tls: verfy-full', '8:10 targets.pg.tls: unknown TLS mode "verfy-full": did you mean "verify-full"?'],
    [
      'db:5432',
      'tls: true',
      'targets.pg.tls: expected "disable" or "require" or "verify-ca" or "verify-full", found true or false',
    ],
    ['db:5432', 'tls:', 'targets.pg.tls is empty'],
    ['db:5432', 'tls: {}', 'targets.pg.tls.mode is missing'],
    ['db:5432', 'tls: { mode: require, ca: x }', 'ca has no effect with mode require'],
    ['db:5432', 'tls: { mode: require, cert: x }', 'cert and key go together'],
  ])('%s does not take %s', (address, tls, expected) => {
    expect(problems(at(address, tls)).join('\n')).toContain(expected);
  });

  it('is verify-full where nothing is said', () => {
    expect(parseConfig(minimal(), 'f').targets.get('pg')).toMatchObject({ tls: { mode: 'verify-full' } });
  });
});
