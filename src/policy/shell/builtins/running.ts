import { type Call, touch } from '../call.ts';
import { FORGOTTEN, type Outcome, unchanged } from '../state.ts';
import { textOf } from '../word.ts';

/** eval: words that are read as a command line. */
export function evaluate(call: Call): Outcome {
  const { state, scene } = call;
  const texts = call.words.map(textOf);
  const known = texts.filter((text) => text !== null);
  scene.findings.run(call, { opaque: known.length < texts.length, changes: false });
  if (known.length === 0) return known.length < texts.length ? unchanged(FORGOTTEN) : unchanged(state);
  const outcome = scene.script(known.join(' '), state, [...call.via, call.program]);
  return known.length < texts.length ? unchanged(FORGOTTEN) : outcome;
}

/** Signals, by name or number, and the end of the shell. What bash runs at other times, such as behind every command, is none. */
const SIGNAL = /^(?:(?:SIG)?(?:HUP|INT|QUIT|TERM|USR1|USR2|PIPE|ALRM|TSTP|CONT|CHLD|WINCH)|EXIT|1?\d)$/u;

/** trap: nothing where signals are ignored, or taken as ever; else a text that is read as a command line, whenever they come. */
export function trap(call: Call): Outcome {
  const { state, scene } = call;
  const words = textOf(call.words[0]) === '--' ? call.words.slice(1) : call.words;
  const [action, ...signals] = words;
  const areKnown = signals.length > 0 && signals.every((word) => SIGNAL.test(textOf(word) ?? ''));
  const text = textOf(action);
  const isQuiet = action === undefined || (areKnown && (text === '' || text === '-'));
  scene.findings.run(call, { opaque: !isQuiet, changes: false });
  if (isQuiet) return unchanged(state);
  if (text !== null) scene.script(text, { ...FORGOTTEN, shell: state.shell }, [...call.via, call.program]);
  return unchanged(FORGOTTEN);
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
