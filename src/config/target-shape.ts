import { type Limits, LIMITS } from '../core/limits.ts';
import type { ProtocolName, TlsMode } from '../core/target.ts';
import { type Address, isLocal, parseAddress } from './address.ts';
import { keyed, optional, required } from './keyed.ts';
import { limits } from './limits-shape.ts';
import { filePath, type SecretReference, secretReference } from './reference.ts';
import { BAD, choice, listOf, type Located, located, mismatch, quoted, refine, type Shape, text } from './shape.ts';
import { nearest } from './suggest.ts';
import { type Node, type Position, valueAt } from './tree.ts';

export interface TlsConfig {
  readonly mode: TlsMode;
  /** Paths, as written. */
  readonly ca: string | null;
  readonly certificate: { readonly cert: string; readonly key: string } | null;
}

/** A target as the file has it: references to secrets and paths, no values. */
export interface TargetConfig {
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly address: Address;
  readonly database: string;
  readonly user: string;
  readonly password: SecretReference | null;
  readonly tls: TlsConfig;
  /** Names of policies, at least one; or the word that does without. */
  readonly policy: readonly string[] | 'unguarded';
  readonly limits: Limits;
}

/** A target whose policies have not been looked up yet. */
export interface DraftTarget extends Omit<TargetConfig, 'name' | 'policy'> {
  readonly policy: readonly Located<string>[] | 'unguarded';
}

const AVAILABLE = ['postgres'] as const;
const PLANNED: ReadonlySet<string> = new Set(['mysql', 'ssh', 'kubernetes', 'http']);

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

const identifier = text({ longest: 63 });

const tlsKeys = keyed(
  {
    mode: required(choice(MODES, 'TLS mode'), 'How far the server must prove who it is.'),
    ca: optional(filePath(), null, "PEM file of the authorities to trust, instead of the system's."),
    cert: optional(filePath(), null, 'PEM file of a client certificate.'),
    key: optional(filePath(), null, 'PEM file of its private key; only its owner may read it.'),
  },
  { what: 'a TLS mode, or { mode, ca, cert, key }' },
);

const tlsMode = choice(MODES, 'TLS mode');

const tls: Shape<TlsConfig> = {
  expected: 'a TLS mode, or { mode, ca, cert, key }',
  schema: { anyOf: [tlsMode.schema, tlsKeys.schema] },
  read(node, report, path) {
    if (node.kind === 'scalar') {
      const mode = tlsMode.read(node, report, path);
      return mode === BAD ? BAD : { mode, ca: null, certificate: null };
    }
    const value = tlsKeys.read(node, report, path);
    if (value === BAD) return BAD;
    const { mode, ca, cert, key } = value;
    if ((cert === null) !== (key === null)) return report.add(node.at, `${path}: cert and key go together`);
    if (ca !== null && !mode.startsWith('verify')) {
      return report.add(node.at, `${path}: ca has no effect with mode ${mode}: write mode: verify-full`);
    }
    if (mode === 'disable' && cert !== null) return report.add(node.at, `${path}: a certificate needs TLS`);
    return { mode, ca, certificate: cert === null || key === null ? null : { cert, key } };
  },
};

const address: Shape<Address> = {
  expected: 'an address such as "db.internal:5432"',
  schema: { type: 'string', pattern: '^(/.*|\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):[1-9][0-9]{0,4}$' },
  read(node, report, path) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, this.expected);
    if (node.value.trim() === '') return report.add(node.at, `${path} is empty: expected ${this.expected}`);
    const outcome = parseAddress(node.value);
    return outcome.ok ? outcome.address : report.add(node.at, `${path} ${outcome.reason}`);
  },
};

const names = listOf(located(text({ longest: 63 })), 'list of policies');
const POLICY_MISSING = 'name the policies that guard it, or write policy: unguarded to do without';

const guardedBy: Shape<readonly Located<string>[] | 'unguarded'> = {
  expected: 'a list of policies, or the word unguarded',
  schema: { anyOf: [{ const: 'unguarded' }, { ...names.schema, uniqueItems: true }] },
  read(node, report, path) {
    if (node.kind === 'list') return names.read(node, report, path);
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, this.expected);
    const { value } = node;
    if (value === 'unguarded') return value;
    if (value.trim() === '') return report.add(node.at, `${path} is empty: ${POLICY_MISSING}`);
    if (nearest(value, ['unguarded']) !== null) {
      return report.add(node.at, `${path}: unknown word ${quoted(value)}: did you mean "unguarded"?`);
    }
    return report.add(node.at, `${path}: expected ${this.expected}: write [${value.slice(0, 63)}]`);
  },
};

const keys = keyed(
  {
    protocol: required(choice(AVAILABLE, 'protocol'), 'The wire language of the target.'),
    address: required(address, 'host:port, [v6]:port, or the directory of a Unix socket and :port.'),
    database: required(identifier, 'The database to open.'),
    user: required(identifier, 'The role to log in as.'),
    password: optional(secretReference, null, 'Where the password is kept; never the password itself.'),
    tls: optional(tls, null, 'How the connection is protected. Left out: verify-full.'),
    policy: required(guardedBy, 'The policies that guard it; doing without takes the word unguarded.', POLICY_MISSING),
    limits: optional(limits, LIMITS, 'How much its clients, and the target itself, may ask for.'),
  },
  { what: 'a target' },
);

/** One entry of `targets`. */
export const target: Shape<DraftTarget> = {
  expected: 'a target',
  schema: keys.schema,
  read(node, report, path) {
    const protocol = valueAt(node, 'protocol');
    if (protocol?.kind === 'scalar' && typeof protocol.value === 'string' && PLANNED.has(protocol.value)) {
      // Its other keys belong to a protocol that is not there to check them.
      return report.add(protocol.at, `${path}.protocol: ${protocol.value} is not available in this version`);
    }
    return checked.read(node, report, path);
  },
};

const checked = refine(keys, (value, node, report, path): DraftTarget | typeof BAD => {
  const at = (key: string): Position => (valueAt(node, key) ?? node).at;
  const { host } = value.address;
  const local = isLocal(host);
  const used = value.tls ?? { mode: 'verify-full' as const, ca: null, certificate: null };
  if (host.startsWith('/') && used.mode !== 'disable') {
    return report.add(at('tls'), `${path}.tls: a Unix socket has no TLS: write tls: disable`);
  }
  if (used.mode === 'disable' && !local) {
    return report.add(
      at('tls'),
      `${path}.tls: disable is only for loopback addresses and Unix sockets: write tls: verify-full, or { mode: verify-full, ca: FILE } for an authority of your own`,
    );
  }
  return { ...value, tls: used };
});

/** Names that differ only in ways an environment variable cannot show. */
export function clashingNames(targets: Node | null): { readonly at: Position; readonly message: string }[] {
  if (targets?.kind !== 'map') return [];
  const seen = new Map<string, string>();
  return targets.entries.flatMap(({ key, keyAt }) => {
    const folded = key.toUpperCase().replaceAll('-', '_');
    const other = seen.get(folded);
    seen.set(folded, key);
    if (other === undefined) return [];
    return [
      {
        at: keyAt,
        message: `targets: ${quoted(key)} and ${quoted(other)} would share the variable HOOPCTL_${folded}_URL`,
      },
    ];
  });
}
