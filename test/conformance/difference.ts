/** Lines shown before the first that differs. */
const BEFORE = 6;
/** Longest line that is shown whole, in characters. */
const LONGEST = 600;

/** A line; of a long one what stands around the character `at`. */
function brief(line: string, at = 0): string {
  if (line.length <= LONGEST) return JSON.stringify(line);
  const from = Math.max(0, at - LONGEST / 3);
  return `… ${JSON.stringify(line.slice(from, from + LONGEST))} …`;
}

/** The index at which two sequences part; null when they do not. */
function parting(one: ArrayLike<unknown>, other: ArrayLike<unknown>): number | null {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) if (one[at] !== other[at]) return at;
  return null;
}

/** The server failed inside, for a reason of its own (XX000): what it says then depends on what it did before. */
const BROKEN = /^E .*"C":"XX000"/;

/** Where two transcripts part; null when they do not, or when the server itself is broken. */
export function difference(direct: readonly string[], guarded: readonly string[]): string | null {
  const at = parting(direct, guarded);
  if (at === null || direct.some((line) => BROKEN.test(line))) return null;
  const place = parting(direct[at] ?? '', guarded[at] ?? '') ?? 0;
  const next = (lines: readonly string[]): string[] => {
    const [first, ...more] = lines.slice(at, at + 3);
    return first === undefined ? ['nothing more'] : [brief(first, place), ...more.map((line) => brief(line))];
  };
  return [
    'both:',
    ...direct.slice(Math.max(0, at - BEFORE), at).map((line) => brief(line)),
    'then directly:',
    ...next(direct),
    'then through the door:',
    ...next(guarded),
  ].join('\n  ');
}
