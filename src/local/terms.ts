import type { Config } from '../config/load.ts';
import { HoopError } from '../core/errors.ts';
import { type Identity, principalOf } from '../core/identity.ts';
import type { Protocol } from '../core/protocol.ts';
import { notMeant, policiesFor } from '../policy/applies.ts';
import { policySupport } from '../policy/requirements.ts';
import type { Policy } from '../policy/rules.ts';

/** On what terms a session may be opened: the strictest of what its policies say. */
export interface Terms {
  /** Those that hold for who asks. */
  readonly policies: readonly Policy[];
  /** Milliseconds. */
  readonly ttl: number;
  /** Milliseconds; null: no limit. */
  readonly idle: number | null;
  readonly reason: string | null;
  readonly results: 'full' | 'summary';
  readonly sync: 'process' | 'disk';
}

export interface Asked {
  readonly target: string;
  readonly identity: Identity;
  /** Milliseconds; null: as long as the policies allow. */
  readonly ttl: number | null;
  readonly reason: string | null;
}

/**
 * Refuses whom nobody vouches for where the configuration says who does: going on as the operating system's user, or
 * as an agent of it, would be pretending.
 * @throws HoopError `identity.login`
 */
export function requireProof({ identity: vouching }: Pick<Config, 'identity'>, identity: Identity): void {
  if (vouching === null || principalOf(identity).verified) return;
  throw new HoopError('identity.login', `nobody has logged in, and ${vouching.issuer} is to say who asks`, {
    hint: 'hoopctl login',
  });
}

/**
 * Settles the terms, or refuses.
 * @throws HoopError `policy.denied` when no policy applies to who asks, or one that was added does not, `policy.unsupported` when one could not be
 *   enforced, `session.reason` when a reason is wanted, `cli.usage` when more time is asked for than allowed
 */
export function settleTerms(all: readonly Policy[], protocol: Protocol, asked: Asked): Terms {
  const left = notMeant(all, asked.identity);
  if (left !== null) {
    const message = `the policy ${left.name}, which is to hold here besides those of ${asked.target}, does not apply to`;
    throw new HoopError('policy.denied', `${message} ${asked.identity.display}: it would hold nothing back`, {
      hint: 'ask whoever keeps hoopctl.yaml for another policy in `scripts`, or for `applies_to` of that one',
    });
  }
  const policies = policiesFor(all, asked.identity);
  if (policies.length === 0) {
    throw new HoopError('policy.denied', `no policy of ${asked.target} applies to ${asked.identity.display}`, {
      hint: 'ask whoever keeps hoopctl.yaml for `applies_to`',
    });
  }
  const [unsupported] = policySupport(policies, protocol.enforces);
  if (unsupported !== undefined) {
    throw new HoopError('policy.unsupported', unsupported.message, { hint: `hoopctl targets show ${asked.target}` });
  }
  const idles = policies.map(({ session }) => session.idle).filter((idle) => idle !== null);
  return {
    policies,
    ttl: timeAllowed(policies, asked),
    idle: idles.length === 0 ? null : Math.min(...idles),
    reason: reasonGiven(policies, asked),
    results: policies.some(({ record }) => record.results === 'full') ? 'full' : 'summary',
    sync: policies.some(({ record }) => record.sync === 'disk') ? 'disk' : 'process',
  };
}

function timeAllowed(policies: readonly Policy[], asked: Asked): number {
  const most = Math.min(...policies.map(({ session }) => session.ttl));
  if (asked.ttl === null || asked.ttl <= most) return asked.ttl ?? most;
  const minutes = Math.floor(most / 60_000);
  const text = minutes > 0 ? `${minutes}m` : `${Math.ceil(most / 1000)}s`;
  throw new HoopError('cli.usage', `the policies of ${asked.target} allow ${text} at most`, { hint: `--ttl ${text}` });
}

function reasonGiven(policies: readonly Policy[], asked: Asked): string | null {
  const reason = asked.reason?.trim() ?? '';
  if (reason !== '') return reason;
  if (policies.every(({ session }) => session.reason === 'optional')) return null;
  throw new HoopError('session.reason', `${asked.target} is only opened with a reason`, {
    hint: `hoopctl connect ${asked.target} --reason "why"`,
  });
}
