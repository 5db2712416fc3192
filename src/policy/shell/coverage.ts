/** What may stand between the words of a text: signs that part commands, reserved words, comments. */
const BETWEEN =
  /[\s;&|(){}!]+|\\\n|#[^\n]*|(?:if|then|else|elif|fi|for|in|do|done|while|until|case|esac|time|function|select|coproc)\b|\[\[|\]\]/uy;

/**
 * True when every character from `start` to `end` was read as part of a word or a redirection, or is
 * known to be neither: so nothing of a text is left out, whatever its parser makes of it.
 */
export function isCovered(
  source: string,
  start: number,
  end: number,
  spans: readonly (readonly [number, number])[],
): boolean {
  let at = start;
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    if (!isBetween(source, at, from)) return false;
    at = Math.max(at, to);
  }
  return isBetween(source, at, end);
}

/** Of nothing, too: pieces may lie within each other. */
function isBetween(source: string, start: number, end: number): boolean {
  // One character more says where a word ends. All that follows would be looked at for every gap.
  const gap = source.slice(start, end + 1);
  let at = 0;
  while (at < end - start) {
    BETWEEN.lastIndex = at;
    if (!BETWEEN.test(gap)) return false;
    at = BETWEEN.lastIndex;
  }
  return true;
}
