import { HoopError } from '../../core/errors.ts';
import type { Limits } from '../../core/limits.ts';

/*
 * Bounds that nothing is gained by moving. Those that a target's configuration sets are in core/limits.ts.
 */

/** Bytes of one message of a server's login: the longest are errors, and their words are not shown. */
export const LOGIN_MESSAGE = 64 * 1024;

/** ParameterStatus and NoticeResponse messages of one login: PostgreSQL sends about fifteen. */
export const GREETING = 200;

/** The longest first packet that may still be PostgreSQL's: other protocols' first bytes read as far more. */
export const PLAUSIBLE_PACKET = 1024 * 1024;

/** What a peer hears that asked for more than it may, and how it can be let have more. */
export function overLimit(limit: keyof Limits, message: string): HoopError {
  const key = limit.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new HoopError('wire.limit', message, { hint: `Ask for less, or raise limits.${key} of the target.` });
}
