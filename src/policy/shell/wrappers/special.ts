import type { ShellKind } from '../../../core/statement.ts';
import { type Call, touch } from '../call.ts';
import { kindOf } from '../dialect.ts';
import { optionsOf, parseOptions } from '../options.ts';
import { FORGOTTEN } from '../state.ts';
import { isHarmlessAssignment } from '../variables.ts';
import { textOf, UNKNOWN_WORD, type Word } from '../word.ts';

/** busybox and toybox: the first word is the program. */
export function applet(call: Call): void {
  const [first] = call.words;
  const opaque = first === undefined ? false : textOf(first)?.startsWith('-') !== false;
  call.scene.findings.run(call, { opaque, changes: false });
  if (opaque) call.scene.findings.unknown(inside(call));
  call.scene.invoke(call.words, call.state, inside(call));
}

const ENV = '0|null i|ignore-environment u|unset: C|chdir: S|split-string: v|debug list-signal-handling';

/** env: its assignments, then the command; -S parts a text into words. */
export function env(call: Call): void {
  const { findings } = call.scene;
  const { given, operands, strange, unsure } = parseOptions(optionsOf(ENV), call.words, true);
  const start = operands.findIndex(({ text }) => text === null || !text.includes('='));
  const assignments = start < 0 ? operands : operands.slice(0, start);
  let rest = start < 0 ? [] : operands.slice(start);
  if (rest[0] !== undefined && textOf(rest[0]) === '-') rest = rest.slice(1);
  const splits = given.filter(({ name }) => name === 'S');
  const harmless = assignments.every((word) => isHarmlessAssignment(textOf(word)));
  const moves = given.some(({ name }) => name === 'C');
  const runsMore = strange || unsure || !harmless || splits.length > 0;
  findings.run(call, { opaque: runsMore || moves, changes: false });
  if (runsMore) findings.unknown(inside(call));
  const state = moves ? { ...call.state, directories: [null] } : call.state;
  const split = splits.flatMap(({ value }) => splitWords(textOf(value ?? undefined)));
  if (split.length + rest.length > 0) call.scene.invoke([...split, ...rest], state, inside(call));
}

function splitWords(text: string | null): readonly Word[] {
  if (text === null) return [UNKNOWN_WORD];
  return text
    .split(/\s+/u)
    .filter((word) => word !== '' && !/^[A-Za-z_]\w*=/u.test(word))
    .map((word) => ({ kind: 'literal', text: word.replaceAll(/['"\\]/gu, ''), plain: !word.startsWith('-') }));
}

const SHELL =
  '-aefhkmntuvxCEHPTB c i l s r o: O: login posix norc noprofile noediting restricted verbose init-file: rcfile:';
/** Options that only make a shell stop earlier, or show what it does. */
const QUIET: ReadonlySet<string | null> = new Set(['c', 'e', 'u', 'f', 'n', 'v', 'x', 'norc', 'noprofile', 'posix']);

/** A shell: with -c and a text that is known it is judged by that text; otherwise nobody knows what it runs. */
export function shell(call: Call): void {
  const { given, operands, strange, unsure } = parseOptions(optionsOf(SHELL), plusAsDash(call.words), true);
  const hasText = given.some(({ name }) => name === 'c');
  const text = hasText ? textOf(operands[0]) : null;
  const isQuiet = given.every(({ name }) => QUIET.has(name));
  const { scene, state } = call;
  scene.findings.run(call, {
    opaque: strange || unsure || !isQuiet || text === null || call.program.endsWith('fish'),
    changes: false,
  });
  if (text !== null) scene.script(text, { ...state, variables: new Map(), shell: kindOf(call.program) }, inside(call));
}

/** `+x` takes an option away. */
function plusAsDash(words: readonly Word[]): readonly Word[] {
  const end = words.findIndex(({ text }) => text === null || !/^[-+]/u.test(text));
  const options = end < 0 ? words : words.slice(0, end);
  if (!options.some(({ text }) => text?.startsWith('+') === true)) return words;
  return [
    ...options.map((word) =>
      word.text?.startsWith('+') === true ? { ...word, text: `-${word.text.slice(1)}` } : word,
    ),
    ...(end < 0 ? [] : words.slice(end)),
  ];
}

const SU =
  'c|command: g|group: G|supp-group: l|login - m|p|preserve-environment P|pty s|shell: session-command: u|user: w|whitelist-environment: f|fast T|no-pty';

/** su and runuser: a shell of another user, which reads that user's files first. */
export function substituteUser(call: Call): void {
  const { given, operands } = parseOptions(optionsOf(SU), call.words);
  const { scene, state } = call;
  scene.findings.run(call, { opaque: true, changes: false });
  const away = { ...FORGOTTEN, shell: kindOf('sh') };
  for (const { name, value } of given) {
    if (name !== 'c' && name !== 'session-command') continue;
    const text = textOf(value ?? undefined);
    if (text !== null) scene.script(text, away, inside(call));
  }
  // runuser -u USER COMMAND
  if (given.some(({ name }) => name === 'u')) {
    const { operands: command } = parseOptions(optionsOf(SU), call.words, true);
    if (command.length > 0) scene.invoke(command, state, inside(call));
  } else if (operands.length > 2) scene.invoke(operands.slice(1), away, inside(call));
}

const WATCH =
  'b|beep c|color C|no-color d|differences? e|errexit g|chgexit n|interval: p|precise q|equexit: r|no-rerun s|shotsdir: t|no-title w|no-wrap x|exec';

/** watch gives its words to a shell, again and again. */
export function watch(call: Call): void {
  const { given, operands, strange, unsure } = parseOptions(optionsOf(WATCH), call.words, true);
  const { scene, state } = call;
  const runsMore = strange || unsure;
  scene.findings.run(call, { opaque: runsMore || given.some(({ name }) => name === 's'), changes: false });
  if (runsMore) scene.findings.unknown(inside(call));
  if (given.some(({ name }) => name === 'x')) scene.invoke(operands, state, inside(call));
  else judgeJoined(call, operands);
}

const FLOCK =
  's|shared x|e|exclusive n|nb|nonblock u|unlock o|close w|wait|timeout: E|conflict-exit-code: F|no-fork c|command: verbose fcntl';

/** flock FILE COMMAND, or with -c a text for a shell. */
export function flock(call: Call): void {
  const { operands, strange, unsure } = parseOptions(optionsOf(FLOCK), call.words, true);
  const { scene, state } = call;
  scene.findings.run(call, { opaque: strange || unsure, changes: true });
  if (strange || unsure) scene.findings.unknown(inside(call));
  const [file, ...rest] = operands;
  // A number alone is something that is open already; a file that is not there is made.
  if (file !== undefined && rest.length > 0) touch(call, 'write', file);
  if (textOf(rest[0]) === '-c' || textOf(rest[0]) === '--command') {
    // Of the one who runs it, by SHELL.
    judgeJoined(call, rest.slice(1), state.shell);
  } else if (rest.length > 0) scene.invoke(rest, state, inside(call));
}

/** Words that are put together and given to a shell: sh, unless it is another kind. */
export function judgeJoined(call: Call, words: readonly Word[], shell: ShellKind | null = kindOf('sh')): void {
  const texts = words.map(textOf);
  const known = texts.filter((text) => text !== null);
  if (known.length < texts.length) call.scene.findings.unknown(inside(call));
  if (known.length > 0) call.scene.script(known.join(' '), { ...call.state, shell }, inside(call));
}

function inside(call: Call): readonly string[] {
  return [...call.via, call.program];
}
