import { isIPv4, isIPv6 } from 'node:net';

export interface Address {
  /** A TCP host, or the directory of a Unix socket when it starts with `/`. */
  readonly host: string;
  readonly port: number;
}

export type AddressOutcome =
  | { readonly ok: true; readonly address: Address }
  /** Completes "the address …"; never repeats it, since people paste URLs with passwords. */
  | { readonly ok: false; readonly reason: string };

/** The kernel's limit for a socket's path, without the closing NUL. */
const LONGEST_SOCKET_PATH = 107;

const EXAMPLES = 'write "db.internal:5432", "[::1]:5432" or "/var/run/postgresql:5432"';

/** Parses `host:port`, `[v6]:port` or `/directory:port`. Exact: nothing is trimmed, folded or guessed. */
export function parseAddress(written: string): AddressOutcome {
  if (/[\u0000-\u0020\u007f]/u.test(written)) return no('holds white space or a control character');
  if (written.includes('://')) return no(`is a URL: ${EXAMPLES}`);
  if (written.includes('@')) return no('holds an "@": user and password have keys of their own');
  const match = /^(.*):([0-9]{1,5})$/u.exec(written);
  if (match === null) return no(`has no port: ${EXAMPLES}`);
  const [, host = '', digits = ''] = match;
  const port = Number(digits);
  if (port < 1 || port > 65_535 || digits.startsWith('0')) return no('has a port that is not from 1 to 65535');
  const fault = host.startsWith('/') ? directoryFault(host, digits) : hostFault(host);
  if (fault !== null) return no(fault);
  return { ok: true, address: { host: host.startsWith('[') ? host.slice(1, -1) : host, port } };
}

/** True for addresses that never leave this machine. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function no(reason: string): AddressOutcome {
  return { ok: false, reason };
}

function directoryFault(path: string, port: string): string | null {
  if (path.split('/').some((part) => part === '..' || part === '.')) return 'holds "." or ".." in its path';
  if (Buffer.byteLength(`${path}/.s.PGSQL.${port}`) > LONGEST_SOCKET_PATH) return 'is too long for a Unix socket';
  return null;
}

function hostFault(host: string): string | null {
  if (host === '') return `has no host: ${EXAMPLES}`;
  if (host.startsWith('[') || host.endsWith(']')) {
    const inside = host.slice(1, -1);
    return host.startsWith('[') && host.endsWith(']') && isIPv6(inside) && !inside.includes('%')
      ? null
      : 'holds brackets without an IPv6 address in them';
  }
  if (host.includes(':')) return `is an IPv6 address without brackets: ${EXAMPLES}`;
  if (/[^\u0000-\u007f]/u.test(host)) return 'is not ASCII: write an international name in its "xn--" form';
  if (host.endsWith('.')) return 'ends its host with a dot';
  if (host.length > 253 || !host.split('.').every((label) => /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/u.test(label))) {
    return 'has a host that is no host name';
  }
  // Resolvers read 2130706433, 0x7f.1 and 0177.0.0.1 as addresses; only the plain form means what it says.
  const last = host.slice(host.lastIndexOf('.') + 1);
  if (/^(?:[0-9]+|0[xX][0-9a-fA-F]*)$/u.test(last) && !isIPv4(host)) return 'has a host that is no plain IPv4 address';
  return null;
}
