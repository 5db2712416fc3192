import type { TokenSet } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';

/** Tokens as one text for whatever keeps secrets: `{"version":1,"idToken":…,"accessToken":…,"refreshToken":…,"expires":…}`. */
export function tokenText({ idToken, accessToken, refreshToken, expires }: TokenSet): Secret {
  const text = {
    version: 1,
    idToken: idToken?.reveal() ?? null,
    accessToken: accessToken?.reveal() ?? null,
    refreshToken: refreshToken?.reveal() ?? null,
    expires,
  };
  return new Secret(JSON.stringify(text));
}

/** Null when the text is of nothing that `tokenText` makes. */
export function parseTokens(text: Secret): TokenSet | null {
  const fields = fieldsOf(text);
  if (fields?.['version'] !== 1) return null;
  const { idToken, accessToken, refreshToken, expires } = fields;
  if (!isTextOrNull(idToken) || !isTextOrNull(accessToken) || !isTextOrNull(refreshToken)) return null;
  if (expires !== null && (typeof expires !== 'number' || !Number.isFinite(expires))) return null;
  return { idToken: secret(idToken), accessToken: secret(accessToken), refreshToken: secret(refreshToken), expires };
}

function fieldsOf(text: Secret): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.reveal());
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null;
  } catch {
    // The error would quote it.
    return null;
  }
}

const secret = (text: string | null): Secret | null => (text === null ? null : new Secret(text));
const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';
