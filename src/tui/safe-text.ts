/** C0, DEL, C1, zero-width, bidi and tag characters, line and paragraph separators, lone surrogates. */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\p{Cs}]|[\u{e0000}-\u{e0fff}]/gu;

function escape(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x0a) return '\\n';
  if (point === 0x0d) return '\\r';
  if (point === 0x09) return '\\t';
  return point < 0x100 ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}

/**
 * Foreign text as one line that a terminal shows as it is: whatever could move the cursor, hide or reorder
 * text is written out as an escape (`\x1b`, `\u{202e}`, `\n`).
 */
export function safeLine(text: string): string {
  return text.replace(UNSAFE, escape);
}

/** The same for text of several lines: line feeds and tabs stay. */
export function safeBlock(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : escape(character),
  );
}
