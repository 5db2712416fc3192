import type { Call } from '../call.ts';
import { assigned, type Outcome, type State, unchanged } from '../state.ts';
import { isHarmlessAssignment, isOwn } from '../variables.ts';
import { textOf } from '../word.ts';

/** Judges a builtin that names variables. One whose name is not known may be computed, or lead to other programs. */
function run(call: Call, harmless: boolean): void {
  const { findings } = call.scene;
  findings.run(call, { opaque: !harmless, changes: false });
  if (!harmless) findings.unknown([...call.via, call.program]);
}

/** export: programs that follow are given the variable. */
export function exportNames(call: Call): Outcome {
  const harmless = call.words.every(
    (word) => word.keepsPrograms === true || textOf(word) === '-p' || isHarmlessAssignment(textOf(word)),
  );
  run(call, harmless);
  const names = call.words.map((word) => (word.keepsPrograms === true ? 'PATH' : textOf(word)));
  return unchanged(forgetting(call.state, names));
}

/** readonly, local, declare and the like: attributes change what a value means. */
export function mark(call: Call): Outcome {
  run(call, call.words.length === 0);
  return unchanged(forgetting(call.state, call.words.map(textOf)));
}

/** Options of read: of those at the end of a cluster the next word is the value. */
const READING = /^-[rs]*[ptn]?$/u;
/** A word at the beginning of a sentence: no shell has a variable of such a name. */
const SPOKEN = /^[A-Z][a-z]+$/u;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/u;

/** read: the variables may be anything from here on. A value that some shells take for a name is harmless as one, too. */
export function readNames(call: Call): Outcome {
  const texts = call.words.map(textOf);
  let isHarmless = call.program === 'read';
  for (const [at, text] of texts.entries()) {
    const option = texts[at - 1];
    const takes = option !== undefined && option !== null && READING.test(option) ? option.at(-1) : '';
    if (text === null) isHarmless = false;
    else if (takes === 't' || takes === 'n') isHarmless &&= /^\d+$/u.test(text);
    else if (takes === 'p') isHarmless &&= isPrompt(text);
    else isHarmless &&= READING.test(text) || isOwn(text) || text === '_';
  }
  run(call, isHarmless);
  return unchanged(forgetting(call.state, texts.filter((text) => text?.startsWith('-') !== true).map(nameIn)));
}

/** ksh and zsh read from elsewhere with `-p`, take the prompt for a name, and what follows `?` in it for the prompt. */
function isPrompt(text: string): boolean {
  const name = NAME.exec(text)?.[0];
  return (
    /^[\w ?:.,/()>!'-]+$/u.test(text) &&
    !text.startsWith('-') &&
    (name === undefined || isOwn(name) || SPOKEN.test(name))
  );
}

function nameIn(text: string | null): string | null {
  return text === null ? null : (NAME.exec(text)?.[0] ?? text);
}

export function unsetNames(call: Call): Outcome {
  const texts = call.words.map(textOf);
  const harmless = texts.every((text) => text !== null && (text === '-v' || isOwn(text)));
  run(call, harmless);
  return unchanged(forgetting(call.state, texts));
}

/** Where a name is not known, all are forgotten. */
function forgetting(state: State, words: readonly (string | null)[]): State {
  let next = state;
  for (const word of words) {
    if (word === null) return { ...state, variables: new Map() };
    next = assigned(next, /^[^=+[]*/u.exec(word)?.[0] ?? '', null);
  }
  return next;
}
