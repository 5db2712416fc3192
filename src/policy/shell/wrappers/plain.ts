import { type Call, touch } from '../call.ts';
import { optionsOf, parseOptions, type Parsed } from '../options.ts';
import { isHarmlessAssignment } from '../variables.ts';
import { literal, textOf, type Word } from '../word.ts';

/** A program that runs another, given behind its own options and words. */
export interface Wrapper {
  readonly options: string;
  /** How many words of its own come in front of the command. */
  readonly words?: number;
  /** Whether assignments may come in front of the command. */
  readonly assigns?: true;
  /** Options with which it does something else, that cannot be known. */
  readonly opaque?: readonly string[];
  /** Set where it runs the command elsewhere, or in a way that nobody can follow: then it is opaque itself. */
  readonly elsewhere?: true;
  /** A file that it writes where its output would go to a terminal. */
  readonly keeps?: string;
  /** Options of which the value is the command, for a shell. */
  readonly script?: readonly string[];
}

/** Judges what a wrapper runs, and the wrapper itself. */
export function wrap(wrapper: Wrapper, call: Call): void {
  const parsed = parseOptions(optionsOf(wrapper.options), call.words, true);
  const { rest, isHarmless } = commandOf(wrapper, parsed);
  const has = (names: readonly string[] | undefined): boolean =>
    parsed.given.some(({ name }) => name !== null && names?.includes(name) === true);
  const runsMore = parsed.strange || parsed.unsure || !isHarmless || has(wrapper.opaque);
  const { scene, state, program } = call;
  scene.findings.run(call, { opaque: wrapper.elsewhere === true || runsMore, changes: false });
  const via = [...call.via, program];
  if (runsMore) scene.findings.unknown(via);
  for (const { name, value } of parsed.given) {
    if (name === null || wrapper.script?.includes(name) !== true) continue;
    const text = textOf(value ?? undefined);
    if (text === null) scene.findings.unknown(via);
    else scene.script(text, state, via);
  }
  if (rest.length === 0) return;
  if (wrapper.keeps !== undefined && scene.pagers !== undefined && state.isPiped !== true) {
    touch(call, 'write', literal(wrapper.keeps));
  }
  scene.invoke(rest, state, via);
}

function commandOf(wrapper: Wrapper, { operands }: Parsed): { rest: readonly Word[]; isHarmless: boolean } {
  let isHarmless = true;
  let rest = operands;
  if (wrapper.assigns === true) {
    const end = rest.findIndex((word) => !isAssignment(word));
    const assignments = end < 0 ? rest : rest.slice(0, end);
    isHarmless = assignments.every((word) => isHarmlessAssignment(textOf(word)));
    rest = end < 0 ? [] : rest.slice(end);
  }
  return { rest: rest.slice(wrapper.words ?? 0), isHarmless };
}

function isAssignment({ text }: Word): boolean {
  return text !== null && /^[A-Za-z_][A-Za-z0-9_]*=/u.test(text);
}
