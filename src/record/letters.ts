/** Sequences as `TerminalFilter` lets them through, controls, and runs of letters between them. */
const PART =
  /\u001b(?:\[(\??)([0-9;:]*)([@-~])|[()][AB0]|([@-~0-9]))|\r+\n|[\b\v\f\r\u000e\u000f]|[^\u001b\b\v\f\r\u000e\u000f]+|\u001b/g;
/** What goes to another row; what goes elsewhere in its row, or moves what stands there. */
const [ELSEWHERE, ASIDE] = [new Set('ABEFHLMSTdefru'), new Set('@CGIPZ`a')];
const ESCAPES_ELSEWHERE = new Set('8DEM');
/** Modes that only change how a cursor looks, whether lines wrap and letters are put in. */
const STAYS = /^(?:\?(?:7|12|25)|4)$/;
const MOST_BACK = 4096;

/**
 * Of a text that a filter let through, only the letters: a carriage return begins a line, and nothing is drawn over. What is
 * put elsewhere begins another line, or stands behind a blank: letters that were apart do not meet.
 */
export function lettersOf(shown: string): string {
  let letters = '';
  for (const [part, prefix = '', list = '', final, escape] of shown.matchAll(PART)) {
    if (part.startsWith('\u001b')) letters = behind(letters, moveOf(prefix, list, final ?? '', escape ?? ''));
    else if (part === '\b') letters = withoutLast(letters, 1);
    else if (/^(?:\r+\n|[\r\v\f])$/.test(part)) letters += '\n';
    else if (part !== '\u000e' && part !== '\u000f') letters += part;
  }
  return letters;
}

/** What stands for a sequence: an end of a line, a blank, steps back, or nothing. */
function moveOf(prefix: string, list: string, final: string, escape: string): '\n' | ' ' | '' | number {
  if (ESCAPES_ELSEWHERE.has(escape)) return '\n';
  if (final === 'h' || final === 'l') return list.split(';').every((mode) => STAYS.test(prefix + mode)) ? '' : '\n';
  if (final === 'D') return Math.min(MOST_BACK, Math.max(1, Number.parseInt(list, 10) || 1));
  return ELSEWHERE.has(final) ? '\n' : ASIDE.has(final) ? ' ' : '';
}

function behind(letters: string, move: '\n' | ' ' | '' | number): string {
  if (typeof move === 'number') return withoutLast(letters, move);
  return move === '' || letters === '' || letters.endsWith('\n') ? letters : letters + move;
}

/** Without so many letters at the end of its last line. */
function withoutLast(letters: string, count: number): string {
  const line = letters.lastIndexOf('\n') + 1;
  const last = Array.from(letters.slice(line));
  return letters.slice(0, line) + last.slice(0, Math.max(0, last.length - count)).join('');
}
