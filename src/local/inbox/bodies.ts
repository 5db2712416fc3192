import { readIdentity } from '../../core/read-identity.ts';
import type { Proof } from '../../core/proof.ts';
import type { SignedAnswer } from '../../core/request.ts';
import { Secret } from '../../core/secret.ts';
import { isPlainReason } from '../../session/approvals/malformed.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Characters of a token: providers that put hundreds of groups into one stay below. */
const LONGEST_TOKEN = 24 * 1024;

/** An answer and what is shown beside it. */
export interface Answering {
  readonly answer: SignedAnswer;
  readonly proof: Proof | null;
}

/** What comes to `/v1/answers`, out of JSON; null when it is anything else. */
export function readAnswering(body: unknown): Answering | null {
  const fields = exactly(body, ['answer', 'proof']) ?? {};
  const answer = readAnswer(fields['answer']);
  const proof = readOptionalProof(fields['proof']);
  return answer === null || proof === BAD ? null : { answer, proof };
}

/** As `readAnswering` reads it. */
export function answeringBody({ answer, proof }: Answering): Readonly<Record<string, unknown>> {
  return { answer, proof: proofBody(proof) };
}

/** The one place where tokens leave their wraps, for the control socket alone. */
function proofBody(proof: Proof | null): Readonly<Record<string, unknown>> | null {
  if (proof === null) return null;
  return { idToken: proof.idToken.reveal(), accessToken: proof.accessToken?.reveal() ?? null };
}

const BAD = Symbol('no proof');

function readOptionalProof(value: unknown): Proof | null | typeof BAD {
  if (value === null) return null;
  const { idToken, accessToken } = exactly(value, ['idToken', 'accessToken']) ?? {};
  if (!isToken(idToken) || !(accessToken === null || isToken(accessToken))) return BAD;
  return { idToken: new Secret(idToken), accessToken: accessToken === null ? null : new Secret(accessToken) };
}

/** The fields of what has these and no others. */
function exactly(value: unknown, names: readonly string[]): Fields | null {
  const fields = fieldsOf(value);
  if (fields === null || Object.keys(fields).length !== names.length) return null;
  return names.every((name) => Object.hasOwn(fields, name)) ? fields : null;
}

/** An answer out of JSON, with the fields it has and no others; null when it is none. */
function readAnswer(body: unknown): SignedAnswer | null {
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

/** Takes back what is left of a grant. */
export interface Revoking {
  readonly request: string;
  readonly reason: string | null;
  /** Null: in the name of the operating system's user. */
  readonly proof: Proof | null;
}

/** What comes to `/v1/revocations`, out of JSON; null when it is anything else. */
export function readRevoking(body: unknown): Revoking | null {
  const { request, reason, ...fields } = exactly(body, ['request', 'reason', 'proof']) ?? {};
  const proof = readOptionalProof(fields['proof']);
  if (!isText(request) || !isTextOrNull(reason) || !isPlainReason(reason) || proof === BAD) return null;
  return { request, reason, proof };
}

/** As `readRevoking` reads it. */
export function revokingBody({ proof, ...said }: Revoking): Readonly<Record<string, unknown>> {
  return { ...said, proof: proofBody(proof) };
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}

/** What may stand in a header: nothing that ends one, and nothing that ends a line. */
function isToken(value: unknown): value is string {
  return isText(value) && value.length <= LONGEST_TOKEN && /^[\u0021-\u007e]+$/.test(value);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
