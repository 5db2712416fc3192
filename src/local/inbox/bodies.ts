import type { Identity } from '../../core/identity.ts';
import type { SignedAnswer } from '../../core/request.ts';
import { isPlainReason } from '../../session/approvals/malformed.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An answer out of JSON, with the fields it has and no others; null when it is none. */
export function readAnswer(body: unknown): SignedAnswer | null {
  const fields = fieldsOf(body);
  const by = readIdentity(fields?.['by']);
  if (fields === null || by === null) return null;
  const { request, digest, verdict, reason, at, uses, until, effect, breakGlass, key, signature } = fields;
  if (verdict !== 'approve' && verdict !== 'deny') return null;
  if (!isText(request) || !isText(digest) || !isText(at) || !isText(key) || !isText(signature)) return null;
  if (!isTextOrNull(reason) || !isTextOrNull(until) || !isTextOrNull(effect)) return null;
  if (typeof uses !== 'number' || typeof breakGlass !== 'boolean') return null;
  return { request, digest, verdict, reason, by, at, uses, until, effect, breakGlass, key, signature };
}

/** Null when it is none. */
export function readRevocation(body: unknown): { readonly request: string; readonly reason: string | null } | null {
  const { request, reason } = fieldsOf(body) ?? {};
  return isText(request) && isTextOrNull(reason) && isPlainReason(reason) ? { request, reason } : null;
}

function readIdentity(value: unknown): Identity | null {
  const fields = fieldsOf(value);
  if (fields === null) return null;
  const { kind, subject, issuer, display, email, service, groups, verified } = fields;
  if (kind !== 'person' && kind !== 'service' && kind !== 'agent') return null;
  if (!isText(subject) || !isText(issuer) || !isText(display) || typeof verified !== 'boolean') return null;
  if (!isTextOrNull(email) || !isTextOrNull(service)) return null;
  if (!Array.isArray(groups) || !groups.every(isText)) return null;
  const actsFor = fields['actsFor'] === null ? null : readIdentity(fields['actsFor']);
  if (fields['actsFor'] !== null && actsFor === null) return null;
  return { kind, subject, issuer, display, email, service, groups, verified, actsFor };
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
