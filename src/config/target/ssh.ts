import { type Address, parseAddress, SSH_ADDRESSES } from '../address.ts';
import { keyed, optional, required } from '../keyed.ts';
import { filePath, type SecretReference, secretReference } from '../reference.ts';
import { mismatch, refine, type Shape, text } from '../shape.ts';
import { valueAt } from '../tree.ts';
import { hostAuthorities, hostKeys } from './host-key.ts';
import { type AnyTarget, type Guards, LIMITED, POLICY, protocolKey } from './keys.ts';

/** How to log in to an SSH server, and by what it is known: references to secrets and paths, no values. */
export interface SshTarget extends AnyTarget {
  readonly protocol: 'ssh';
  readonly key: SecretReference | null;
  readonly passphrase: SecretReference | null;
  /** Of that key. Null: the one that lies beside the key's file, if there is one. */
  readonly certificate: SecretReference | null;
  /** The socket of an agent, as written; `environment`: the operator's own, `SSH_AUTH_SOCK`. */
  readonly agent: { readonly from: 'environment' } | { readonly from: 'path'; readonly path: string } | null;
  readonly hostKeys:
    /** Of keys, and of authorities that may certify them; at least one of either. */
    | { readonly kind: 'pinned'; readonly fingerprints: readonly string[]; readonly authorities: readonly string[] }
    /** A path, as written. */
    | { readonly kind: 'known-hosts'; readonly path: string };
}

/** Where OpenSSH keeps the keys of servers, and where `ssh` has asked whether they are right. */
const USUAL_KNOWN_HOSTS = '~/.ssh/known_hosts';

const address: Shape<Address> = {
  expected: 'an address such as "web-1.internal" or "web-1.internal:2222"',
  schema: { type: 'string', pattern: '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(:[1-9][0-9]{0,4})?$' },
  read(node, report, path) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, this.expected);
    if (node.value.trim() === '') return report.add(node.at, `${path} is empty: expected ${this.expected}`);
    const outcome = parseAddress(node.value, SSH_ADDRESSES);
    return outcome.ok ? outcome.address : report.add(node.at, `${path} ${outcome.reason}`);
  },
};

const socket = filePath();

const agent: Shape<SshTarget['agent']> = {
  expected: 'true, or the path of an agent’s socket',
  schema: { anyOf: [{ const: true }, socket.schema] },
  read(node, report, path) {
    if (node.kind === 'list' || node.kind === 'map' || node.value === null || typeof node.value === 'number') {
      return mismatch(node, report, path, this.expected);
    }
    if (node.value === true) return { from: 'environment' };
    if (node.value === false) return report.add(node.at, `${path}: without an agent, leave the key out`);
    const read = socket.read(node, report, path);
    return typeof read === 'string' ? { from: 'path', path: read } : read;
  },
};

const ALWAYS_CHECKED =
  'does not exist: a server’s key is always checked. Write host_key: "SHA256:…", or known_hosts: FILE';
const OF_DATABASES = 'is a key of targets with protocol: postgres: SSH has none';

const keys = keyed(
  {
    protocol: protocolKey('ssh'),
    address: required(address, 'host, host:port, [v6] or [v6]:port. Without a port: 22.'),
    user: required(text({ longest: 255 }), 'The user to log in as.'),
    key: optional(secretReference, null, 'Where a private key is kept; never the key itself.'),
    passphrase: optional(secretReference, null, 'Where the passphrase of that key is kept.'),
    certificate: optional(
      secretReference,
      null,
      'Where an OpenSSH certificate of that key is kept. Left out: KEY-cert.pub beside the file of the key, if it is there.',
    ),
    password: optional(secretReference, null, 'Where the password is kept; never the password itself.'),
    agent: optional(agent, null, 'true: the operator’s agent (SSH_AUTH_SOCK) logs in; or the path of its socket.'),
    host_key: optional(hostKeys, null, 'The keys that the server may show: fingerprints "SHA256:…", or public keys.'),
    host_ca: optional(
      hostAuthorities,
      null,
      'The authorities whose host certificates count: fingerprints "SHA256:…", or public keys.',
    ),
    known_hosts: optional(
      filePath(),
      null,
      `A file of known hosts. Without host_key and host_ca: ${USUAL_KNOWN_HOSTS}.`,
    ),
    policy: POLICY,
    limits: LIMITED,
  },
  {
    what: 'a target',
    atLeastOne: ['key', 'agent', 'password'],
    notTogether: [
      ['host_key', 'known_hosts'],
      ['host_ca', 'known_hosts'],
    ],
    elsewhere: {
      database: OF_DATABASES,
      tls: `${OF_DATABASES}. What the server is known by is host_key: "SHA256:…", or known_hosts: FILE`,
      port: 'is no key of a target: write it behind the address, such as address: web-1.internal:2222',
      ...Object.fromEntries(
        ['strict_host_key_checking', 'StrictHostKeyChecking', 'host_key_checking', 'insecure'].map((key) => [
          key,
          ALWAYS_CHECKED,
        ]),
      ),
    },
  },
);

/** A target with `protocol: ssh`. */
export const sshTarget: Shape<SshTarget & { readonly policy: Guards }> = refine(keys, (value, node, report, path) => {
  const { host_key: fingerprints, host_ca: authorities, known_hosts: file, ...rest } = value;
  if (rest.key === null) {
    const orphan = (['passphrase', 'certificate'] as const).find((one) => rest[one] !== null);
    if (orphan !== undefined) {
      const { at } = valueAt(node, orphan) ?? node;
      const verb = orphan === 'passphrase' ? 'opens' : 'certifies';
      return report.add(at, `${path}.${orphan} ${verb} a private key: write key: { file: PATH } too`);
    }
  }
  const hosts =
    fingerprints === null && authorities === null
      ? { kind: 'known-hosts' as const, path: file ?? USUAL_KNOWN_HOSTS }
      : { kind: 'pinned' as const, fingerprints: fingerprints ?? [], authorities: authorities ?? [] };
  return { ...rest, hostKeys: hosts };
});
