import { createPublicKey, hash, sign, verify } from 'node:crypto';
import type { Answer, SignedAnswer } from '../core/request.ts';
import type { SigningKey, VerificationKey } from './key.ts';
import { KEY_ID_SIZE } from './head.ts';

/** Sets these signatures apart from all others that a key could be made to give. */
const CONTEXT = 'hoopctl answer 1\n';

/** An answer with its approver's signature. */
export function signAnswer(answer: Answer, { privateKey, publicKey }: SigningKey): SignedAnswer {
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { ...answer, key, signature: sign(null, signedBytes(answer), privateKey).toString('base64') };
}

/** True when the answer is as it was signed, with the key that it names. Whose key that is, is another question. */
export function isAsSigned(answer: SignedAnswer): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(answer.key, 'base64'), type: 'spki', format: 'der' });
    if (key.asymmetricKeyType !== 'ed25519') return false;
    if (!isCanonical(answer.key) || !isCanonical(answer.signature)) return false;
    return verify(null, signedBytes(answer), key, Buffer.from(answer.signature, 'base64'));
  } catch {
    // Not a key, or nothing that could be a signature.
    return false;
  }
}

/** Of the many ways to write the same bytes in base64, the one. */
function isCanonical(base64: string): boolean {
  return Buffer.from(base64, 'base64').toString('base64') === base64;
}

/** Whether the key that an answer names is one of these. */
export function isSignedWith(answer: SignedAnswer, keys: readonly VerificationKey[]): boolean {
  const id = hash('sha256', Buffer.from(answer.key, 'base64'), 'buffer').subarray(0, KEY_ID_SIZE);
  return isAsSigned(answer) && keys.some((key) => key.id.equals(id));
}

/** Every field by name, in this order: nothing of what an approver says can be left out or moved. */
function signedBytes(answer: Answer): Buffer {
  const { request, digest, verdict, reason, by, at, uses, until, effect, breakGlass } = answer;
  return Buffer.from(
    CONTEXT + JSON.stringify([request, digest, verdict, reason, identityOf(by), at, uses, until, effect, breakGlass]),
    'utf8',
  );
}

function identityOf(by: Answer['by']): readonly unknown[] {
  const { kind, subject, issuer, display, email, service, groups, verified, actsFor } = by;
  const person = actsFor === null ? null : identityOf(actsFor);
  return [kind, subject, issuer, display, email, service, groups, verified, person];
}
