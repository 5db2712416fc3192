import type { ProtocolName } from '../core/target.ts';
import type { Clause } from './reachability.ts';
import type { Policy, Rule } from './rules.ts';

/** Something a policy says that none of its targets can ever meet. */
export interface Idle {
  readonly clause: Clause | 'scope' | 'shell';
  /** Null where the clause is no list. */
  readonly index: number | null;
  /** What it is about, for people. */
  readonly about: 'SSH' | 'databases';
}

const DATABASES: ReadonlySet<ProtocolName> = new Set<ProtocolName>(['postgres', 'mysql']);
const CLAUSES: readonly Clause[] = ['deny', 'ask', 'allow'];

/** What is about a protocol that no target of the policy speaks. `protocols`: those of its targets, at least one. */
export function idleClauses(policy: Policy, protocols: ReadonlySet<ProtocolName>): readonly Idle[] {
  const databases = [...protocols].some((protocol) => DATABASES.has(protocol));
  const ssh = protocols.has('ssh');
  const isIdle = ({ command }: Rule): boolean => (command === undefined ? !databases : !ssh);
  const rules = CLAUSES.flatMap((clause) => {
    const list: readonly Rule[] = policy[clause];
    return list.flatMap((rule, index): Idle[] => (isIdle(rule) ? [{ clause, index, about: aboutOf(rule) }] : []));
  });
  const { schemas = null, directories = null } = policy.scope ?? {};
  return [
    ...rules,
    ...(directories !== null && !ssh ? [{ clause: 'scope', index: null, about: 'SSH' } as const] : []),
    ...(schemas !== null && !databases ? [{ clause: 'scope', index: null, about: 'databases' } as const] : []),
    ...(policy.shell === 'guarded' && !ssh ? [{ clause: 'shell', index: null, about: 'SSH' } as const] : []),
  ];
}

function aboutOf({ command }: Rule): Idle['about'] {
  return command === undefined ? 'databases' : 'SSH';
}
