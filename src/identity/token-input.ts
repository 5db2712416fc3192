import type { Clock } from '../core/clock.ts';
import { HoopError } from '../core/errors.ts';
import type { TokenSet } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { MOST_TOKEN_CHARACTERS, unchecked } from './oidc/compact.ts';
import { isRecord, type JsonRecord } from './oidc/json.ts';

/** Three tokens of the greatest length, and what is around them. */
export const MOST_INPUT_CHARACTERS = 4 * MOST_TOKEN_CHARACTERS;

/**
 * Tokens as somebody hands them to hoopctl, on standard input, in a file or in the environment: a JWT by itself, or what a
 * token endpoint answers: `{"id_token": …, "access_token"?: …, "refresh_token"?: …, "expires_in"?: seconds}`. They prove
 * nothing yet.
 * @throws HoopError `identity.token` when it is neither, without any of it in the message
 */
export function readTokens(text: string, clock: Clock): TokenSet {
  const input = text.trim();
  if (input.length > MOST_INPUT_CHARACTERS) throw unreadable('is too long');
  if (!input.startsWith('{')) return { idToken: signed(input), accessToken: null, refreshToken: null, expires: null };
  const answer = objectIn(input);
  const { id_token: idToken, expires_in: lifetime } = answer;
  if (typeof idToken !== 'string') throw unreadable('has no id_token');
  if (lifetime !== undefined && (typeof lifetime !== 'number' || !(lifetime >= 0 && lifetime < 1e9)))
    throw unreadable('has an expires_in that is not a number of seconds');
  return {
    idToken: signed(idToken),
    accessToken: opaque(answer, 'access_token'),
    refreshToken: opaque(answer, 'refresh_token'),
    expires: lifetime === undefined ? null : clock.now() + lifetime * 1000,
  };
}

function objectIn(input: string): JsonRecord {
  try {
    const value: unknown = JSON.parse(input);
    if (isRecord(value)) return value;
  } catch {
    // The parser's message quotes the input.
  }
  throw unreadable('is not a JSON object');
}

function signed(token: string): Secret {
  unchecked(token);
  return new Secret(token);
}

function opaque(answer: JsonRecord, name: string): Secret | null {
  const token = answer[name];
  if (token === undefined || token === null) return null;
  if (typeof token !== 'string' || token === '' || token.length > MOST_TOKEN_CHARACTERS)
    throw unreadable(`has an ${name} that is not a token`);
  return new Secret(token);
}

function unreadable(why: string): HoopError {
  return new HoopError('identity.token', `what was given in place of a token ${why}`, {
    hint: 'a JWT, or {"id_token": "…", "access_token": "…", "refresh_token": "…", "expires_in": 3600}',
  });
}
