import { createHash } from 'node:crypto';
import type { Asked } from '../../core/approver.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import { templateOf } from '../../policy/sql/literals.ts';

/** All of a request that an answer is about, but for its digest and what may still be found out of it. */
export type Bound = Omit<ApprovalRequest, 'digest' | 'preview'>;

/**
 * SHA-256, in hex, of what an answer binds: who asks, of which target, the exact bytes that would be sent, the text, the
 * values and their types, what policy made of it, under which policies, at which place of the record, until when.
 */
export function digestOf(bound: Bound, { bytes, parameterTypes }: Pick<Asked, 'bytes' | 'parameterTypes'>): string {
  const hash = createHash('sha256');
  hash.update(canonical({ ...bound, parameterTypes, length: bytes.length }));
  hash.update(bytes);
  return hash.digest('hex');
}

/** What statements must have in common for one grant to hold for all of them. Values may differ, effects may not. */
export function likeness({ text, parameterTypes, effects, masked, terms, phase }: Asked): string {
  return canonical([shapeOf(text), parameterTypes, effects, masked, terms, phase === 'query']);
}

/** A statement with its values left out; the whole text where they cannot be told apart for sure. */
export function shapeOf(text: string): string {
  return templateOf(text)?.skeleton.replaceAll(/[\u0001\u0002]/gu, '?') ?? text;
}

/** JSON with the keys in the order of the alphabet: the same for the same content. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
