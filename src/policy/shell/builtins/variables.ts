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
  const texts = call.words.map(textOf);
  const harmless = texts.every((text) => text === '-p' || isHarmlessAssignment(text));
  run(call, harmless);
  return unchanged(forgetting(call.state, texts));
}

/** readonly, local, declare and the like: attributes change what a value means. */
export function mark(call: Call): Outcome {
  run(call, call.words.length === 0);
  return unchanged(forgetting(call.state, call.words.map(textOf)));
}

/** read: the variables may be anything from here on. */
export function readNames(call: Call): Outcome {
  const texts = call.words.map(textOf);
  const names = texts.filter((text) => text?.startsWith('-') !== true);
  const harmless =
    call.program === 'read' && texts.every((text) => text !== null && (/^-[rs]+$/u.test(text) || isOwn(text)));
  run(call, harmless);
  return unchanged(forgetting(call.state, names));
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
