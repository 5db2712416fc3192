import { isIPv4, isIPv6 } from 'node:net';
import { normalize } from 'node:path/posix';

/*
 * Where a forward leads, or where a target listens for one, in the one way in which it is judged. What could be written in
 * several ways is refused: rules would miss all of them but one.
 */

const PORTS = 65_535;
const LONGEST_NAME = 253;
const LONGEST_PATH = 4096;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
/** What resolvers take for a number, and so for an address: `127.1`, `0x7f000001`. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/;
/** Whoever can reach this machine. */
const EVERYBODY = '0.0.0.0';

export interface Place {
  /** As it is judged and asked for: a name in lower case, or an address. */
  readonly host: string;
  readonly port: number;
}

/** Null for what is no host, or is written in a way that could mean another one. */
export function placeOf(host: string, port: number): Place | null {
  const canonical = hostOf(host.toLowerCase());
  return canonical === null || !isPort(port) || port === 0 ? null : { host: canonical, port };
}

/** Where the target listens: `0.0.0.0` for everybody; port 0 lets the target choose. Null as above. */
export function bindOf(host: string, port: number): Place | null {
  const canonical = host === '' || host === '*' ? EVERYBODY : hostOf(host.toLowerCase());
  if (canonical === null || !isPort(port)) return null;
  return { host: canonical === '::' ? EVERYBODY : canonical, port };
}

/** `db:5432`, `[::1]:5432`. */
export function placeText({ host, port }: Place): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The path of a socket, without `.` and `..`; null when it is not absolute, or no path. */
export function socketOf(path: string): string | null {
  if (!path.startsWith('/') || path.length > LONGEST_PATH || /[\0\uFFFD]/.test(path)) return null;
  const normal = normalize(path);
  return normal.endsWith('/') ? null : normal;
}

function isPort(port: number): boolean {
  return port >= 0 && port <= PORTS;
}

function hostOf(host: string): string | null {
  if (isIPv4(host)) return host;
  if (isIPv6(host)) return addressOf(host);
  const labels = host.split('.');
  const isName = host.length <= LONGEST_NAME && labels.every((label) => LABEL.test(label));
  return isName && !NUMBER.test(labels.at(-1) ?? '') ? host : null;
}

/** The shortest form. One that stands for an IPv4 address, or for one network card, is none. */
function addressOf(host: string): string | null {
  if (host.includes('%') || !URL.canParse(`http://[${host}]`)) return null;
  const address = new URL(`http://[${host}]`).hostname.slice(1, -1);
  return address.startsWith('::ffff:') ? null : address;
}
