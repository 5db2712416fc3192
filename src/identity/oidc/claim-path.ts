import { isRecord, type JsonRecord } from './json.ts';

/**
 * The claim that the steps lead to; undefined when there is none. A claim may have dots in its name, so that the steps may
 * be parts of one: the longest name that exists is taken first (`kubernetes.io`, then `namespace`).
 */
export function claimAt(claims: JsonRecord, steps: readonly string[]): unknown {
  for (let taken = steps.length; taken > 0; taken -= 1) {
    const name = steps.slice(0, taken).join('.');
    if (!Object.hasOwn(claims, name)) continue;
    const value = claims[name];
    if (taken === steps.length) return value;
    const found = isRecord(value) ? claimAt(value, steps.slice(taken)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
