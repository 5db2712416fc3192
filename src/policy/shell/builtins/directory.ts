import type { Call } from '../call.ts';
import { locate } from '../location.ts';
import { moved, type Outcome } from '../state.ts';
import { literal, textOf, type Word } from '../word.ts';

/**
 * cd: what follows runs there when it succeeds, and where it was when it fails. A CDPATH that the server
 * sets on its own is not known of.
 */
export function changeDirectory(call: Call): Outcome {
  call.scene.findings.run(call, { opaque: false, changes: false });
  const { state } = call;
  return { succeeded: moved(state, directoriesAfter(call, targetOf(call.words))), failed: state };
}

/** pushd and popd: wherever that may be. */
export function pushDirectory(call: Call): Outcome {
  call.scene.findings.run(call, { opaque: false, changes: false });
  const [first] = call.words;
  const target = call.program === 'pushd' && call.words.length === 1 && textOf(first)?.startsWith('/') ? first : null;
  return { succeeded: moved(call.state, directoriesAfter(call, target ?? null)), failed: call.state };
}

/** No system takes longer ones, and each further step would copy them. */
const LONGEST_PATH = 4096;

/** Null where it cannot be known. */
function targetOf(words: readonly Word[]): Word | null {
  const rest = words[0] !== undefined && /^-(?:[LP]+|-)$/u.test(textOf(words[0]) ?? '') ? words.slice(1) : words;
  const [target] = rest;
  if (rest.length !== 1 || target === undefined) return null;
  const text = textOf(target);
  return text === null || text === '' || /^[-+]/u.test(text) ? null : literal(text);
}

function directoriesAfter({ state }: Call, target: Word | null): readonly (string | null)[] {
  if (target === null) return [null];
  const found = state.directories.map((directory) =>
    target.text?.startsWith('/') !== true && directory === null ? null : locate(target, directory).name,
  );
  return [...new Set(found.map((name) => (name !== null && name.length > LONGEST_PATH ? null : name)))];
}
