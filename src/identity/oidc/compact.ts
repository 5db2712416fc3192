import { HoopError } from '../../core/errors.ts';
import { isRecord, type JsonRecord } from './json.ts';

/** The longest token that is looked at. With two hundred groups in it, one has some 10 kB. */
export const MOST_TOKEN_CHARACTERS = 64 * 1024;

/** RFC 7515, 7.1: three parts and no others, so neither JSON nor several signatures nor an encrypted token. */
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** What a token says before anybody has checked it: good for choosing how to check it, and for nothing else. */
export interface Unchecked {
  readonly header: JsonRecord;
  readonly claims: JsonRecord;
}

/** @throws HoopError `identity.token` when it is not a signed token in compact form */
export function unchecked(token: string): Unchecked {
  if (token.length > MOST_TOKEN_CHARACTERS) throw unproven('the token is longer than 64 KiB');
  const [, header = '', claims = ''] = COMPACT.exec(token) ?? [];
  const [first, second] = [jsonOf(header), jsonOf(claims)];
  if (!isRecord(first) || !isRecord(second)) throw unproven('the token is not a signed JWT');
  return { header: first, claims: second };
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

export function unproven(why: string): HoopError {
  return new HoopError('identity.token', why, { hint: 'hoopctl login' });
}
