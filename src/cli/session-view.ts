import type { SessionSummary } from '../record/store.ts';

/** A target as a record names it: `pg-prod (postgres, app_rw@db.internal:5432/app)`. */
export function describeTarget(target: SessionSummary['target']): string {
  if (target === null) return 'unknown';
  return `${target.name} (${target.protocol}, ${target.user}@${target.address}/${target.database})`;
}

export function describeIdentity(identity: SessionSummary['identity']): string {
  if (identity === null) return 'unknown';
  const proof = identity.verified ? identity.issuer : `${identity.issuer}, not verified`;
  const by = identity.actsFor === null ? '' : ` for ${describeIdentity(identity.actsFor)}`;
  return `${identity.display} (${identity.kind}, ${proof})${by}`;
}
