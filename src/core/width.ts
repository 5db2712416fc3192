/** Two cells in every terminal: East Asian wide and full-width, and emoji shown as pictures. */
const WIDE =
  /^[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{33ff}\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{a000}-\u{a4cf}\u{a960}-\u{a97f}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;
/** The fillers of Hangul take room, though nothing is drawn there. */
const MARK = /^(?![\u{ad}\u{115f}\u{1160}\u{3164}\u{ffa0}])[\p{M}\p{Default_Ignorable_Code_Point}]$/u;
const ASCII = /^[\x20-\x7e]*$/;

/** True of a character that takes two cells. */
export function isWide(character: string): boolean {
  return WIDE.test(character);
}

/** True of a character that stands on the one before it, or is not drawn, and takes no cell. */
export function isMark(character: string): boolean {
  return MARK.test(character);
}

/** How many cells of a terminal a text takes that `visible` made safe. */
export function cellWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return cells;
}

/** The text cut to `cells`, its last cell an ellipsis when something is missing. */
export function cutToWidth(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
    if (used > cells) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The text with spaces behind it up to `cells`. */
export function padToWidth(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - cellWidth(text)));
}
