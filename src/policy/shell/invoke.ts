import { builtin } from './builtins/table.ts';
import { type Call, type Scene, touch } from './call.ts';
import type { Given, Parsed } from './options.ts';
import { optionsOf, parseOptions } from './options.ts';
import type { Program, Use } from './program.ts';
import { baseName } from './program-name.ts';
import { programNamed } from './programs/table.ts';
import { isAskedForVersion } from './programs/version.ts';
import { type Outcome, type State, unchanged } from './state.ts';
import { isOne, literal, textOf, UNKNOWN_WORD, type Word } from './word.ts';
import { mayServeFiles } from './wrappers/sftp-server.ts';
import { wrapperNamed } from './wrappers/table.ts';

/** Judges a program with its words, whatever it may be. */
export function invoke(words: readonly Word[], state: State, via: readonly string[], scene: Scene): Outcome {
  const [first, ...rest] = words;
  if (first === undefined) return unchanged(state);
  const program = textOf(first);
  if (program === null || program === '') {
    scene.findings.unknown(via);
    if (mayServeFiles(first)) scene.findings.bypass('sftp', { program: null, words: rest, via });
    return unchanged(state);
  }
  const call: Call = { program, words: rest, via, state, scene };
  const own = program.includes('/') ? undefined : builtin(program);
  if (own !== undefined) return own(call) ?? unchanged(state);
  const name = baseName(program);
  const wrapper = wrapperNamed(name);
  if (isAskedForVersion(name, rest)) scene.findings.run(call, { opaque: false, changes: false });
  else if (wrapper !== undefined) wrapper(call);
  else judgeProgram(call, programNamed(name));
  return unchanged(state);
}

function judgeProgram(call: Call, program: Program | undefined): void {
  const { findings } = call.scene;
  if (program === undefined) return findings.run(call, { opaque: true, changes: false });
  const parsed = parseOptions(optionsOf(program.options), call.words);
  const verb = verbOf(program, parsed.operands);
  const opaque =
    (parsed.strange && program.own !== true) ||
    verb === 'unknown' ||
    (program.risky === true && (parsed.unsure || hasUnsure(parsed.operands)));
  const also = program.also?.(call, parsed) ?? false;
  const pages = (program.pages === true || verb !== 'changing') && mayPage(call, program, parsed);
  const runs = runsOthers(call, program, parsed) || also === 'runs' || pages;
  findings.run(call, {
    opaque: opaque || runs || also === true,
    changes: verb === 'changing' || changes(program, parsed),
  });
  if (runs) findings.unknown([...call.via, call.program]);
  keepSettings(call, program, parsed.operands, verb);
  touchValues(call, program, parsed.given);
  touchOperands(call, program, parsed);
}

/** Whether it starts a pager by itself that runs what is typed into it, where it shows something. */
function mayPage({ scene, state, via }: Call, program: Program, { given }: Parsed): boolean {
  const { options, pages } = program;
  if (scene.pagers === undefined || state.isPiped === true || isFollowing(program, given)) return false;
  if (pages !== true && !optionsOf(options).long.has('no-pager')) return false;
  // What runs it may have taken away what restrains pagers: sudo and env do.
  const isRestrained = scene.pagers === 'restrained' && via.length === 0;
  return !isRestrained && !given.some(({ name }) => name === 'no-pager');
}

function isFollowing({ follows }: Program, given: readonly Given[]): boolean {
  if (follows === undefined || !given.some(({ name }) => name === follows.by)) return false;
  return given.every(({ name }) => name === follows.by || (name !== null && follows.beside.includes(name)));
}

/** Judges what options make a program run. True when there are some, or may be. */
function runsOthers(call: Call, { runs, verbs }: Program, { given, strange, unsure, operands }: Parsed): boolean {
  if (runs === undefined) return false;
  const { short, long } = optionsOf(runs);
  const running = given.filter(({ name }) => name !== null && (short.has(name) || long.has(name)));
  for (const { value } of running) {
    const text = textOf(value ?? undefined)?.replace(/^exec=/u, '');
    if (text !== undefined) call.scene.script(text, call.state, [...call.via, call.program]);
  }
  return running.length > 0 || (verbs === undefined && (strange || unsure || hasUnsure(operands)));
}

/** A word that may turn out as several, one of which could be an option. */
function hasUnsure(operands: readonly Word[]): boolean {
  return operands.some((word) => word.kind !== 'literal' && !word.plain);
}

function verbOf({ verbs }: Program, [first, second]: readonly Word[]): 'reading' | 'changing' | 'unknown' {
  if (verbs === undefined) return 'reading';
  const verb = first === undefined ? '' : textOf(first);
  if (verb === null) return 'unknown';
  if (verbs.reading.includes(verb) || verbs.reading.includes(`${verb} ${textOf(second) ?? ''}`)) return 'reading';
  return verbs.changing.includes(verb) ? 'changing' : 'unknown';
}

function keepSettings(call: Call, { settings }: Program, [first]: readonly Word[], verb: string): void {
  if (settings === undefined || verb === 'reading') return;
  if (verb === 'changing' && settings.by?.includes(textOf(first) ?? '') === false) return;
  for (const place of settings.in) touch(call, 'write', literal(place), true);
}

function changes({ changes: which }: Program, { given }: Parsed): boolean {
  if (which === undefined || which === true) return which === true;
  return given.some(({ name }) => name !== null && which.includes(name));
}

function touchValues(call: Call, { values }: Program, given: readonly Given[]): void {
  for (const { name, value } of given) {
    const use = name === null ? undefined : values?.[name];
    if (use === undefined || use === 'text') continue;
    touch(call, use === 'names' ? 'read' : use, value ?? UNKNOWN_WORD);
    if (use === 'names') touch(call, 'read', UNKNOWN_WORD);
  }
}

function touchOperands(call: Call, program: Program, { operands, late, given, unsure }: Parsed): void {
  const has = (names: readonly string[]): boolean => given.some(({ name }) => name !== null && names.includes(name));
  const recursive =
    program.recursive === 'always' || (program.recursive !== undefined && (unsure || has(program.recursive)));
  const { first, alone } = program;
  const leads = first !== undefined && !has(first.unless ?? []);
  // What may turn out as several words is the first of them and all the others.
  const rest = leads && (operands[0] === undefined || isOne(operands[0])) ? operands.slice(1) : operands;
  if (leads && operands[0] !== undefined) use(call, first.use, operands[0], recursive);
  if (rest.length === 0 && alone !== undefined) return use(call, alone, literal('.'), recursive);
  if (rest.length === 0 && recursive && program.wanders === true)
    return use(call, program.operands ?? 'text', literal('.'), true);
  for (const word of [...rest, ...late]) use(call, program.operands ?? 'text', word, recursive);
}

function use(call: Call, what: Use, word: Word, recursive: boolean): void {
  if (what === 'text' || what === 'names') return;
  // Who reads takes a dash for its input; who writes, makes or removes one takes it for a name.
  if (what === 'read' && textOf(word) === '-') return;
  touch(call, what, word, recursive);
}
