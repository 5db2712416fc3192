/** Characters that are no text: they end or change a command on its way, or hide it from who reads it. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u{FFFD}]|\p{Cs}/u;

/** White space and what has no width, which some shells and most people take for something else. */
const UNSEEN = /[\p{Z}\p{Cf}]/u;

/** Bytes that single-byte locales take for white space. */
const BLANKS: ReadonlySet<number> = new Set([0x85, 0xa0]);

/**
 * Signs that shells take for the second half of the letter before, where the server's locale is GBK, Big5 or Shift JIS: what
 * was quoted is not quoted then. Behind a letter of ASCII, and before one, they mean the same everywhere.
 */
const SWALLOWED = /[^\u0000-\u007f](?:`|\\(?![A-Za-z0-9]))/u;

/** True where it depends on the server's locale what is quoted. */
export function isLocal(text: string): boolean {
  return SWALLOWED.test(text);
}

/** True when the text holds what no command needs: NUL, control characters, bytes that are no UTF-8. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

/** True for a character that may part words, outside of quotes, where nobody sees it. */
export function isDeceptive(char: string): boolean {
  if (char <= '\u007f') return char < ' ' || char === '\u007f';
  return UNSEEN.test(char) || Buffer.from(char).some((byte) => BLANKS.has(byte));
}
