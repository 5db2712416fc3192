import { createHash } from 'node:crypto';
import type { Policy } from './rules.ts';

/**
 * SHA-256, in hexadecimal, over what the policies say. Equal policies in the same order give the same
 * hash wherever and however they were written down; the order counts, because it decides which rule is
 * named.
 */
export function policyHash(policies: readonly Policy[]): string {
  return createHash('sha256').update(JSON.stringify(policies, canonical)).digest('hex');
}

/** Objects with their keys sorted; patterns lose their functions and keep their source. */
function canonical(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
