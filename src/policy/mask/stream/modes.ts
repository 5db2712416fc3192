import { type Motion, NONE } from './motion.ts';

const MODES: ReadonlyMap<string, (on: boolean) => Motion> = new Map<string, (on: boolean) => Motion>([
  ['4', (on) => ({ kind: 'mode', mode: 'insert', on })],
  ['20', (on) => ({ kind: 'mode', mode: 'newline', on })],
  ['?6', (on) => ({ kind: 'mode', mode: 'origin', on })],
  ['?7', (on) => ({ kind: 'mode', mode: 'wrap', on })],
  ['?69', (on) => ({ kind: 'mode', mode: 'margins', on })],
  ['?47', (on) => ({ kind: 'other-screen', on, keepsCursor: false })],
  ['?1047', (on) => ({ kind: 'other-screen', on, keepsCursor: false })],
  ['?1048', (on) => ({ kind: on ? 'save' : 'restore' })],
  ['?1049', (on) => ({ kind: 'other-screen', on, keepsCursor: true })],
]);
/**
 * Modes under which letters go elsewhere than is known here: controls that are shown, erasing and lines of another kind, 132
 * columns, Tektronix, steps back into the row before, pages, clusters as one letter.
 */
const FOREIGN_ON: ReadonlySet<string> = new Set('3 6 7 ?3 ?38 ?40 ?41 ?45 ?60 ?61 ?64 ?1045 ?2027'.split(' '));
/** VT52; 132 columns, which clear the screen when they are left, too; no other screen. */
const FOREIGN_OFF: ReadonlySet<string> = new Set('?2 ?3 ?1046'.split(' '));
/** The other screen, as these show it, has what was on it before: on some terminals. */
const UNCLEAN: ReadonlySet<string> = new Set(['?47', '?1047']);
const CLEARED = '\u001b[2J';

export interface Switched {
  readonly motion: Motion;
  /** What is to be said of it to terminals: without what they differ over. Null: all of it. */
  readonly instead: string | null;
}

/** What modes do. `nothing` stands for a last letter that makes all before it mean nothing. */
export function switched(given: readonly number[], prefix: '' | '?', on: boolean, nothing: string): Switched {
  const final = on ? 'h' : 'l';
  const foreign = on ? FOREIGN_ON : FOREIGN_OFF;
  const known = given.filter((mode) => !foreign.has(`${prefix}${mode}`));
  const motions = known.flatMap((mode) => MODES.get(`${prefix}${mode}`)?.(on) ?? []);
  const motion: Motion = motions.length > 1 ? { kind: 'several', motions } : (motions[0] ?? NONE);
  const cleared = on && known.some((mode) => UNCLEAN.has(`${prefix}${mode}`)) ? CLEARED : '';
  if (known.length === given.length) return { motion, instead: cleared === '' ? null : final + cleared };
  const rest = known.length === 0 ? '' : `\u001b[${prefix}${known.join(';')}${final}`;
  return { motion, instead: nothing + rest + cleared };
}

/** Whether a private mode says where letters go: taken back (XTRESTORE), nobody knows what it becomes. */
export function movesLetters(mode: number): boolean {
  const name = `?${mode}`;
  return MODES.has(name) || FOREIGN_ON.has(name) || FOREIGN_OFF.has(name);
}
