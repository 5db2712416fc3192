/**
 * The anchors: one append-only file beside the records that holds the opening and the final head of
 * each, so that a record which vanishes or falls back to an earlier state is missed.
 *
 * One JSON object a line. Each line names how much of the file its writer had read (`upto`, bytes) and
 * the hash over it: `chain(upto) = SHA-256(chain(upto of the last line before upto) ‖ bytes between)`,
 * starting from 32 zero bytes. Lines are appended with one write, without a lock: two processes may
 * vouch for the same bytes, and the next line vouches for both. Every line is signed.
 */
import { hash, sign, verify } from 'node:crypto';
import type { SigningKey, VerificationKey } from './key.ts';
import { isSessionId } from './session-id.ts';
import { count, fields, nullable, oneOf, text } from './shape.ts';

const CONTEXT = 'hoopctl record anchor 1\0';
/** Larger than any line this program writes; a longer one is damage, not a reason to work on it. */
const MAX_LINE = 2048;

/** What a line says of a session. */
export interface AnchorFact {
  readonly kind: 'opened' | 'sealed' | 'removed';
  readonly session: string;
  /** Events in the record and the root over them, in hexadecimal; of `removed`, null when the record was cut. */
  readonly size: number | null;
  readonly root: string | null;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** How much of the file was read, and the hash over it: what to note elsewhere to notice its rollback. */
export interface AnchorState {
  readonly upto: number;
  /** Hexadecimal. */
  readonly chain: string;
}

export interface AnchorLine extends AnchorFact, AnchorState {
  readonly nonce: string;
  readonly key: string;
  readonly signature: string;
}

export const NO_ANCHORS: AnchorState = { upto: 0, chain: '0'.repeat(64) };

const shape = fields({
  version: oneOf(1),
  kind: oneOf('opened', 'sealed', 'removed'),
  session: (value) => typeof value === 'string' && isSessionId(value),
  size: nullable(count),
  root: nullable(text),
  time: count,
  upto: count,
  chain: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  nonce: text,
  key: text,
  signature: text,
});

/** The chain after `bytes`, which follow what `state` covers. */
export function extend(state: AnchorState, bytes: Buffer): AnchorState {
  if (bytes.length === 0) return state;
  const chain = hash('sha256', Buffer.concat([Buffer.from(state.chain, 'hex'), bytes]), 'hex');
  return { upto: state.upto + bytes.length, chain };
}

/** Null when the text is no line of this version. */
export function parseAnchorLine(raw: string): AnchorLine | null {
  if (raw.length > MAX_LINE) return null;
  try {
    const value: unknown = JSON.parse(raw);
    return shape(value) ? (value as AnchorLine) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function signable(unsigned: string): Buffer {
  return Buffer.from(CONTEXT + unsigned, 'utf8');
}

/** The line's text, signed, without line feeds. */
export function formatAnchorLine(fact: AnchorFact, read: AnchorState, nonce: string, key: SigningKey): string {
  const { kind, session, size, root, time } = fact;
  const body = { version: 1, kind, session, size, root, time, ...read, nonce, key: key.id.toString('hex') };
  const unsigned = JSON.stringify(body);
  const signature = sign(null, signable(unsigned), key.privateKey).toString('base64');
  return `${unsigned.slice(0, -1)},"signature":"${signature}"}`;
}

/** Why the line is not what its signer wrote, or null when it is. */
export function signatureFault(raw: string, line: AnchorLine, keys: readonly VerificationKey[]): string | null {
  const key = keys.find((candidate) => candidate.id.toString('hex') === line.key);
  if (key === undefined) return 'it is signed with a key that is not known here';
  const unsigned = `${raw.slice(0, raw.lastIndexOf(',"signature":"'))}}`;
  const signature = Buffer.from(line.signature, 'base64');
  // Base64 has spare bits and JSON spare spellings: only the one spelling that is written counts.
  const spelled = `${unsigned.slice(0, -1)},"signature":"${signature.toString('base64')}"}` === raw;
  if (spelled && verify(null, signable(unsigned), key.publicKey, signature)) return null;
  return 'its signature does not fit';
}
