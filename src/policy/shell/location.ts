import { piecesMatch } from './span.ts';
import type { Word } from './word.ts';

/** Where a path leads: `name` is null when that could be anywhere. */
export interface Location {
  readonly name: string | null;
  /** False when the name has stars, or when links could make it mean something else. */
  readonly certain: boolean;
}

const ANYWHERE: Location = { name: null, certain: false };

/** Ways of /proc and /dev that lead to other files. */
const LEADS_ELSEWHERE = /^\/(?:proc\/.*\/(?:root|cwd|fd|exe|map_files)(?:\/|$)|proc\/.*\*|dev\/fd(?:\/|$))/u;

/**
 * The absolute path that a word means in a directory, without `.`, `..` and empty names. Names are taken
 * by how they are written, links are not followed: so where `..` follows a name nothing is certain.
 */
export function locate({ kind, text }: Word, directory: string | null): Location {
  if (kind === 'unknown' || text === null) return ANYWHERE;
  const isAbsolute = text.startsWith('/');
  if (!isAbsolute && directory === null) return settled(`/**/${text}`, false);
  return settled(isAbsolute ? text : `${directory}/${text}`, kind === 'literal');
}

function settled(path: string, isLiteral: boolean): Location {
  const names: string[] = [];
  let climbs = false;
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      climbs = true;
      if (names.at(-1)?.includes('**') !== true) names.pop();
    } else if (!isLiteral && mayClimb(name)) {
      // In some shells `.*` stands for the directory above, too.
      names.pop();
      names.push('**');
    } else names.push(name);
  }
  const name = `/${names.join('/')}`;
  if (climbs && !isLiteral && path.replace('/**/', '').includes('*')) return ANYWHERE;
  // A star in the first name may stand for /proc.
  if (!isLiteral && names.length > 2 && names[0] !== '**' && names[0]?.includes('*') === true) return ANYWHERE;
  return LEADS_ELSEWHERE.test(name) ? ANYWHERE : { name, certain: isLiteral && !climbs };
}

function mayClimb(name: string): boolean {
  return name.startsWith('.') && name.includes('*') && piecesMatch(name.split('*'), '..');
}

/** A name beneath a location. */
export function beneath({ name, certain }: Location, last: string | null): Location {
  if (name === null) return ANYWHERE;
  const parent = name === '/' ? '' : name;
  return last === null ? { name: `${parent}/**`, certain: false } : { name: `${parent}/${last}`, certain };
}
