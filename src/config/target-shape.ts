import { quoted, type Shape } from './shape.ts';
import { nearest } from './suggest.ts';
import { AVAILABLE, type AvailableProtocol, type Guards } from './target/keys.ts';
import { type PostgresTarget, postgresTarget } from './target/postgres.ts';
import { type SshTarget, sshTarget } from './target/ssh.ts';
import { type Node, type Position, valueAt } from './tree.ts';

/** A target as the file has it: references to secrets and paths, no values. */
export type TargetConfig = (PostgresTarget | SshTarget) & {
  readonly name: string;
  /** Names of policies, at least one; or the word that does without. */
  readonly policy: readonly string[] | 'unguarded';
};

/** A target whose policies have not been looked up yet. */
export type DraftTarget = (PostgresTarget | SshTarget) & { readonly policy: Guards };

const PLANNED: ReadonlySet<string> = new Set(['mysql', 'kubernetes', 'http']);

const SHAPES: Readonly<Record<AvailableProtocol, Shape<DraftTarget>>> = { postgres: postgresTarget, ssh: sshTarget };

/** One entry of `targets`. */
export const target: Shape<DraftTarget> = {
  expected: 'a target',
  schema: { anyOf: AVAILABLE.map((protocol) => SHAPES[protocol].schema) },
  read(node, report, path) {
    const protocol = valueAt(node, 'protocol');
    if (protocol?.kind === 'scalar' && typeof protocol.value === 'string' && PLANNED.has(protocol.value)) {
      // Its other keys belong to a protocol that is not there to check them.
      return report.add(protocol.at, `${path}.protocol: ${protocol.value} is not available in this version`);
    }
    return SHAPES[protocolOf(node)].read(node, report, path);
  },
};

/** Which protocol's keys the others are checked by, where the protocol itself is missing or misspelt. */
function protocolOf(node: Node): AvailableProtocol {
  const written = valueAt(node, 'protocol');
  const word = written?.kind === 'scalar' && typeof written.value === 'string' ? written.value : '';
  const near = nearest(word, AVAILABLE);
  const meant = AVAILABLE.find((protocol) => protocol === near);
  return meant ?? (valueAt(node, 'database') === null && hasAny(node, SSH_ONLY) ? 'ssh' : 'postgres');
}

const SSH_ONLY = ['key', 'agent', 'host_key', 'known_hosts'] as const;

function hasAny(node: Node, keys: readonly string[]): boolean {
  return keys.some((key) => valueAt(node, key) !== null);
}

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
