const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text that these bytes are in UTF-8, or null when they are not valid UTF-8 (overlong forms and lone surrogates
 * included), so that what is judged is exactly what is sent.
 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
