import { type Address, isLocal, parseAddress, POSTGRES_ADDRESSES } from '../address.ts';
import { keyed, optional, required } from '../keyed.ts';
import { secretReference } from '../reference.ts';
import { mismatch, refine, type Shape, text } from '../shape.ts';
import { type Position, valueAt } from '../tree.ts';
import { type AnyTarget, type Guards, LIMITED, POLICY, protocolKey } from './keys.ts';
import { tls, type TlsConfig } from './tls.ts';

export interface PostgresTarget extends AnyTarget {
  readonly protocol: 'postgres';
  readonly database: string;
  readonly tls: TlsConfig;
}

/** Names of roles and databases are at most as long on the server. */
const identifier = text({ longest: 63 });

const address: Shape<Address> = {
  expected: 'an address such as "db.internal:5432"',
  schema: { type: 'string', pattern: '^(/.*|\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):[1-9][0-9]{0,4}$' },
  read(node, report, path) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, this.expected);
    if (node.value.trim() === '') return report.add(node.at, `${path} is empty: expected ${this.expected}`);
    const outcome = parseAddress(node.value, POSTGRES_ADDRESSES);
    return outcome.ok ? outcome.address : report.add(node.at, `${path} ${outcome.reason}`);
  },
};

const OF_SSH = 'is a key of targets with protocol: ssh';

const keys = keyed(
  {
    protocol: protocolKey('postgres'),
    address: required(address, 'host:port, [v6]:port, or the directory of a Unix socket and :port.'),
    database: required(identifier, 'The database to open.'),
    user: required(identifier, 'The role to log in as.'),
    password: optional(secretReference, null, 'Where the password is kept; never the password itself.'),
    tls: optional(tls, null, 'How the connection is protected. Left out: verify-full.'),
    policy: POLICY,
    limits: LIMITED,
  },
  {
    what: 'a target',
    elsewhere: {
      key: `${OF_SSH}: write tls: { mode: verify-full, cert: FILE, key: FILE } for a client certificate`,
      passphrase: OF_SSH,
      agent: OF_SSH,
      certificate: `${OF_SSH}: write tls: { mode: verify-full, cert: FILE, key: FILE } for a client certificate`,
      host_ca: `${OF_SSH}: write tls: { mode: verify-full, ca: FILE } for an authority of your own`,
      host_key: `${OF_SSH}: write tls: { mode: verify-full, ca: FILE } for an authority of your own`,
      known_hosts: `${OF_SSH}: write tls: { mode: verify-full, ca: FILE } for an authority of your own`,
    },
  },
);

/** A target with `protocol: postgres`. */
export const postgresTarget: Shape<PostgresTarget & { readonly policy: Guards }> = refine(
  keys,
  (value, node, report, path) => {
    const at = (key: string): Position => (valueAt(node, key) ?? node).at;
    const { host } = value.address;
    const used = value.tls ?? { mode: 'verify-full' as const, ca: null, certificate: null };
    if (host.startsWith('/') && used.mode !== 'disable') {
      return report.add(at('tls'), `${path}.tls: a Unix socket has no TLS: write tls: disable`);
    }
    if (used.mode === 'disable' && !isLocal(host)) {
      return report.add(
        at('tls'),
        `${path}.tls: disable is only for loopback addresses and Unix sockets: write tls: verify-full, or { mode: verify-full, ca: FILE } for an authority of your own`,
      );
    }
    return { ...value, tls: used };
  },
);
