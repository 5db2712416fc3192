/*
 * Control sequences that change nothing about where letters go: colours, questions, cursors' shapes, what keys and mice
 * send (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
 */

/** By the letters that stand before the last one. */
const HARMLESS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    '': 'mncqx',
    // DECSCUSR, and the volumes of bells.
    ' ': 'qtu',
    // DECRQDE.
    '"': 'v',
    // DECRQM, DECCARA, DECRARA, DECRQPSR: questions and colours.
    $: 'prtwu',
    // Colours that are put by and taken back, and titles.
    '#': 'pqPQR{}|y',
    // The locator.
    "'": 'wz{|',
    // DECSACE, DECRQCRA.
    '*': 'xy',
  }).map(([before, finals]) => [before, new Set(finals)]),
);
/** What moves or resizes a window, but for what changes how many cells it has; questions, and titles that are put by. */
const WINDOW: ReadonlySet<number> = new Set([1, 2, 3, 5, 6, 7, 11, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23]);
/** Private sequences: questions, keys of kitty, pictures' limits. */
const PRIVATE: ReadonlySet<string> = new Set('mncuSip');
/** Of the media: everything but what sends letters to a printer instead of the screen. */
const PRINTS_INSTEAD = 5;
const LETTERS = /^([<=>?]?)[\d;:]*([ -/]*)$/;

/** Whether it is known that it moves nothing. `given`: its numbers; null when it has no such. */
export function isHarmless(held: string, final: string, given: readonly number[] | null): boolean {
  const [, prefix, before] = LETTERS.exec(held) ?? [];
  if (prefix === undefined || before === undefined) return false;
  // Of xterm's and kitty's own.
  if (prefix === '>' || prefix === '<' || prefix === '=') return true;
  if (prefix === '?') return PRIVATE.has(final);
  if (before === '' && final === 't') return WINDOW.has(given?.[0] ?? 0);
  if (before === '' && final === 'i') return given?.includes(PRINTS_INSTEAD) === false;
  return HARMLESS.get(before)?.has(final) === true;
}
