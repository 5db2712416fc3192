const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text that these bytes are in UTF-8, or null when they are not valid UTF-8 (overlong forms and lone surrogates
 * included), so that what is judged is exactly what is sent.
 */
export function decodeUtf8(bytes: Uint8Array): string | null {
  // Most names of the protocol are empty, and asking costs as much as for a long text.
  if (bytes.length === 0) return '';
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
