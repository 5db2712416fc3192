/** ` (did you mean "x"?)` for the nearest of `words`, or nothing when none is near. */
export function suggestion(word: string, words: Iterable<string>): string {
  const near = nearest(word, words);
  return near === null ? '' : `: did you mean "${near}"?`;
}

/** The word with the fewest changes, if few enough for a slip of the hand. Case and `-`/`_` count as half right. */
export function nearest(word: string, words: Iterable<string>): string | null {
  // Names are short; measuring the distance to something long is quadratic and pointless.
  if (word.length > 64) return null;
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const far = distance(folded(word), folded(candidate));
    if (far < least) [best, least] = [candidate, far];
  }
  return best;
}

function folded(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_]/gu, '-');
}

/** Levenshtein's, with the swap of two neighbours as one change. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[other.length] ?? 0;
}
