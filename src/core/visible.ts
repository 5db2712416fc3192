/**
 * What a terminal or a browser might obey, hide or reorder: controls, bidirectional and other format
 * characters, zero-width and unassigned ones, halves of surrogate pairs, line separators.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const UNSAFE_BUT_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function name(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** The text on one line with every character that is not plainly visible written as `<U+202E>`. */
export function visible(text: string): string {
  return text.replace(UNSAFE, name);
}

/** As `visible`, but line feeds stay and a tab becomes two spaces: for texts that people laid out. */
export function visibleLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\t', '  ').replace(UNSAFE_BUT_LINES, name);
}

/** JSON text, meaning the same, in which every such character is escaped: it may meet a terminal. */
export function visibleJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      const unit = character.charCodeAt(index);
      return `\\u${unit.toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
