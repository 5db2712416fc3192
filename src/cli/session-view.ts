import type { SessionSummary } from '../record/store.ts';

/** A target as a record names it: `pg-prod (postgres, app_rw@db.internal:5432/app)`. */
export function describeTarget(target: SessionSummary['target']): string {
  if (target === null) return 'unknown';
  return `${target.name} (${target.protocol}, ${target.user}@${target.address}/${target.database})`;
}

export function describeIdentity(identity: SessionSummary['identity']): string {
  if (identity === null) return 'unknown';
  const proof = identity.verified ? identity.issuer : `${identity.issuer}, unverified`;
  const by = identity.actsFor === null ? '' : ` for ${describeIdentity(identity.actsFor)}`;
  return `${identity.display} (${identity.kind}, ${proof})${by}`;
}

/** `1:02.345`, `1:00:02.345`: minutes and hours as far as they are needed. */
export function clockTime(micros: number): string {
  const milliseconds = Math.floor(micros / 1000);
  const seconds = `${pad(Math.floor(milliseconds / 1000) % 60, 2)}.${pad(milliseconds % 1000, 3)}`;
  const minutes = Math.floor(milliseconds / 60_000);
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${pad(minutes % 60, 2)}:${seconds}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
