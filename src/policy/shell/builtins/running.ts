import { type Call, touch } from '../call.ts';
import { FORGOTTEN, type Outcome, unchanged } from '../state.ts';
import { textOf, type Word } from '../word.ts';

/** eval and trap: words that are read as a command line, now or later. */
export function evaluate(call: Call): Outcome {
  const { findings } = call.scene;
  const via = [...call.via, call.program];
  const words = call.program === 'trap' ? trapped(call.words) : call.words;
  const texts = words.map(textOf);
  const known = texts.filter((text) => text !== null);
  findings.run(call, { opaque: known.length < texts.length || call.program === 'trap', changes: false });
  if (known.length === 0) return known.length < texts.length ? unchanged(FORGOTTEN) : unchanged(call.state);
  const { state } = call;
  const later = { ...FORGOTTEN, shell: state.shell };
  const outcome = call.scene.script(known.join(' '), call.program === 'trap' ? later : state, via);
  return known.length < texts.length || call.program === 'trap' ? unchanged(FORGOTTEN) : outcome;
}

function trapped([first, ...rest]: readonly Word[]): readonly Word[] {
  if (first === undefined || first.text === '-' || first.text === '') return [];
  return first.text === '--' ? rest.slice(0, 1) : [first];
}

/** source: a file of commands, of which nothing is known but its name. */
export function dot(call: Call): Outcome {
  call.scene.findings.run(call, { opaque: true, changes: false });
  const [file] = call.words;
  if (file !== undefined) touch(call, 'read', file);
  return unchanged(FORGOTTEN);
}

/** exec runs a program in the place of the shell. */
export function execute(call: Call): Outcome {
  const { scene, words, state } = call;
  const at = words.findIndex(({ text }) => text === null || !/^-[cl-]*$/u.test(text));
  const rest = at < 0 ? [] : words.slice(at);
  const renames = textOf(rest[0])?.startsWith('-') === true;
  scene.findings.run(call, { opaque: renames, changes: false });
  if (rest.length > 0) scene.invoke(renames ? rest.slice(2) : rest, state, [...call.via, call.program]);
  return unchanged(state);
}

/** command and builtin run what they are given, but no function of that name; with -v they only say what it is. */
export function lookUp(call: Call): Outcome {
  const { scene, words, state } = call;
  const [first] = words;
  const option = textOf(first);
  if (option === '-v' || option === '-V') {
    scene.findings.run(call, { opaque: false, changes: false });
    return unchanged(state);
  }
  const isOption = option === '-p' || option === '--';
  scene.findings.run(call, { opaque: option?.startsWith('-') === true && !isOption, changes: false });
  const rest = option?.startsWith('-') === true ? words.slice(1) : words;
  return rest.length === 0 ? unchanged(state) : scene.invoke(rest, state, [...call.via, call.program]);
}
