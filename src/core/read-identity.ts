import type { Identity } from './identity.ts';

/** Agents that act for agents that act …: far more than anybody has, and few enough for whoever walks through them. */
const LONGEST_CHAIN = 16;

/** An identity out of JSON, with the fields it has and no others; null when it is none. */
export function readIdentity(value: unknown, chain = LONGEST_CHAIN): Identity | null {
  if (chain === 0 || typeof value !== 'object' || value === null) return null;
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value));
  const { kind, subject, issuer, display, email, service, groups, verified } = fields;
  if (kind !== 'person' && kind !== 'service' && kind !== 'agent') return null;
  if (!isText(subject) || !isText(issuer) || !isText(display) || typeof verified !== 'boolean') return null;
  if (!isTextOrNull(email) || !isTextOrNull(service)) return null;
  if (!Array.isArray(groups) || !groups.every(isText)) return null;
  const actsFor = fields['actsFor'] === null ? null : readIdentity(fields['actsFor'], chain - 1);
  if (fields['actsFor'] !== null && actsFor === null) return null;
  return { kind, subject, issuer, display, email, service, groups, verified, actsFor };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
