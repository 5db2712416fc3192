import { globMatches } from '../pattern.ts';
import type { PathSpan } from '../rules.ts';

/** One name of a path: `**` for any names and none, or the text between its stars. */
export type Segment = '**' | readonly string[];

/** The names of an absolute path. `glob`: whether stars are special in it. */
export function segmentsOf(path: string, glob: boolean): readonly Segment[] {
  return path
    .split('/')
    .filter((name) => name !== '')
    .map((name) => {
      if (!glob) return [name];
      return name.includes('**') ? '**' : name.split('*');
    });
}

/** The same for what is done to a path, and perhaps to everything beneath it. */
export function spanOf({ name, certain, beneath }: PathSpan): readonly Segment[] {
  const segments = segmentsOf(name, !certain);
  return beneath ? [...segments, '**'] : segments;
}

/** True when some path is matched by both. Takes time in the product of their lengths. */
export function meets(one: readonly Segment[], other: readonly Segment[]): boolean {
  return follow(one, other, piecesMeet, true);
}

/** True when every path that `narrow` stands for is matched by `wide`, as far as that can be told name by name. */
export function covers(wide: readonly Segment[], narrow: readonly Segment[]): boolean {
  return follow(wide, narrow, segmentCovers, false);
}

/**
 * Walks both from the left, a row for each segment of `one`. `both`: whether `**` of the other may stand
 * for segments of `one` too; otherwise it is only matched by a `**`.
 */
function follow(
  one: readonly Segment[],
  other: readonly Segment[],
  agree: (one: readonly string[], other: readonly string[]) => boolean,
  both: boolean,
): boolean {
  let row: boolean[] = [];
  for (let i = one.length; i >= 0; i--) {
    const next: boolean[] = Array.from({ length: other.length + 1 }, () => false);
    const mine = one[i];
    for (let j = other.length; j >= 0; j--) {
      const theirs = other[j];
      if (mine === undefined && theirs === undefined) next[j] = true;
      else if (mine === '**') next[j] = row[j] === true || (theirs !== undefined && next[j + 1] === true);
      else if (theirs === '**') next[j] = both && (next[j + 1] === true || (mine !== undefined && row[j] === true));
      else if (mine !== undefined && theirs !== undefined) next[j] = row[j + 1] === true && agree(mine, theirs);
      if (next[j] !== true && both && mine === '**' && theirs === '**') next[j] = next[j + 1] === true;
    }
    row = next;
  }
  return row[0] === true;
}

function segmentCovers(wide: readonly string[], narrow: readonly string[]): boolean {
  // A glob covers another when it matches the other's own text, the other's stars standing for themselves.
  return piecesMatch(wide, narrow.join('*'));
}

/** Matches the text between stars: `pieces` of a glob, or a single one that is the whole text. */
export function piecesMatch(pieces: readonly string[], text: string): boolean {
  return pieces.length === 1 ? pieces[0] === text : globMatches(pieces, text);
}

/** Whether two globs have a text in common. */
export function piecesMeet(one: readonly string[], other: readonly string[]): boolean {
  if (other.length === 1) return piecesMatch(one, other[0] ?? '');
  if (one.length === 1) return piecesMatch(other, one[0] ?? '');
  // With a star on both sides the middles can always follow each other: only the tied ends can disagree.
  const [firstOne, firstOther] = [one[0] ?? '', other[0] ?? ''];
  const [lastOne, lastOther] = [one.at(-1) ?? '', other.at(-1) ?? ''];
  const starts = firstOne.startsWith(firstOther) || firstOther.startsWith(firstOne);
  return starts && (lastOne.endsWith(lastOther) || lastOther.endsWith(lastOne));
}
