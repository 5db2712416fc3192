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

/** How addresses of one protocol are written. */
export interface AddressForm {
  /** What holds where none is written; null: one must be. */
  readonly port: number | null;
  /** Whether the directory of a Unix socket will do. */
  readonly sockets: boolean;
  /** Says what to write. */
  readonly examples: string;
}

export const POSTGRES_ADDRESSES: AddressForm = {
  port: null,
  sockets: true,
  examples: 'write "db.internal:5432", "[::1]:5432" or "/var/run/postgresql:5432"',
};

/** Hosts of the internet. */
export const HOST_ADDRESSES: AddressForm = {
  port: null,
  sockets: false,
  examples: 'write "api.example.com:443" or "[2001:db8::1]:443"',
};

export const SSH_ADDRESSES: AddressForm = {
  port: 22,
  sockets: false,
  examples: 'write "web-1.internal", "web-1.internal:2222" or "[::1]:22"',
};

/** The kernel's limit for a socket's path, without the closing NUL. */
const LONGEST_SOCKET_PATH = 107;

/** Parses `host:port`, `[v6]:port` or `/directory:port`. Exact: nothing is trimmed, folded or guessed. */
export function parseAddress(written: string, form: AddressForm): AddressOutcome {
  const { examples } = form;
  if (/[\u0000-\u0020\u007f]/u.test(written)) return no('holds white space or a control character');
  if (written.includes('://')) return no(`is a URL: ${examples}`);
  if (written.includes('@')) return no('holds an "@": user and password have keys of their own');
  const split = splitPort(written, form);
  if (!split.ok) return split;
  const { host, port } = split.address;
  const fault = host.startsWith('/') ? directoryFault(host, port, form) : hostFault(host, examples);
  if (fault !== null) return no(fault);
  return { ok: true, address: { host: host.startsWith('[') ? host.slice(1, -1) : host, port } };
}

/** The host as it is written, brackets included. */
function splitPort(written: string, { port: usual, examples }: AddressForm): AddressOutcome {
  const match = /^(.*):([0-9]{1,5})$/u.exec(written);
  if (match !== null) {
    const [, host = '', digits = ''] = match;
    const port = Number(digits);
    if (port < 1 || port > 65_535 || digits.startsWith('0')) return no('has a port that is not from 1 to 65535');
    return { ok: true, address: { host, port } };
  }
  if (usual === null) return no(`has no port: ${examples}`);
  // Of several colons outside of brackets none is that of a port.
  if (/(?:^[^:]*|\]):[^:]*$/u.test(written)) return no('has a port that is not from 1 to 65535');
  return { ok: true, address: { host: written, port: usual } };
}

/** True for addresses that never leave this machine. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function no(reason: string): AddressOutcome {
  return { ok: false, reason };
}

function directoryFault(path: string, port: number, { sockets, examples }: AddressForm): string | null {
  if (!sockets) return `is a path: ${examples}`;
  if (path.split('/').some((part) => part === '..' || part === '.')) return 'holds "." or ".." in its path';
  if (Buffer.byteLength(`${path}/.s.PGSQL.${port}`) > LONGEST_SOCKET_PATH) return 'is too long for a Unix socket';
  return null;
}

function hostFault(host: string, examples: string): string | null {
  if (host === '') return `has no host: ${examples}`;
  if (host.startsWith('[') || host.endsWith(']')) {
    const inside = host.slice(1, -1);
    return host.startsWith('[') && host.endsWith(']') && isIPv6(inside) && !inside.includes('%')
      ? null
      : 'holds brackets without an IPv6 address in them';
  }
  if (host.includes(':')) return `is an IPv6 address without brackets: ${examples}`;
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
