import type { Call } from '../call.ts';
import { isNumeric, isOne, textOf, type Word } from '../word.ts';

/** What shells compute where they take a word for a number or a name: `test 'a[$(id)]' -eq 1` runs id. */
const COMPUTED = /[`[]|\$[({]/u;
const NAME = /^(?:[A-Za-z_]\w*|\d+)$/u;

/** Judges a builtin of which shells compute words that look like it. */
export function computing(call: Call): undefined {
  run(call, call.words.some(isComputed));
}

/** break, continue and return: what follows may be skipped, and what holds here holds behind the loop, or the function. */
export function leaving(call: Call): undefined {
  exiting(call);
  call.scene.departures.leave(call.state);
}

/** exit: zsh computes with what. */
export function exiting(call: Call): undefined {
  run(call, call.words.some(isComputed) || (mayEvaluate(call) && !call.words.every(isCounted)));
}

/** test and `[`: what follows `-v` is computed, and words that are not known may be that, and what follows it. */
export function testing(call: Call): undefined {
  const { words } = call;
  const names = words.some((word, at) => /^-[vR]$/u.test(textOf(word) ?? '') && !isName(words[at + 1]));
  const isTerminal = words.every(
    (word, at) => textOf(word) !== '-t' || words[at + 1] === undefined || isCounted(words[at + 1]),
  );
  const isOdd =
    names ||
    (mayEvaluate(call) && !isTerminal) ||
    words.some(isComputed) ||
    words.some(mayBeMany) ||
    areTwoUnknown(words);
  run(call, isOdd || (mayCompute(call) && !compareNumbers(words)));
}

/** ulimit: shells of the Korn family compute how much. */
export function limiting(call: Call): undefined {
  const isOdd =
    mayCompute(call) && !call.words.every((word) => /^(?:-.*|\d+|unlimited|hard|soft)$/u.test(textOf(word) ?? ''));
  run(call, isOdd || call.words.some(isComputed));
}

/** printf sets a variable by `-v`, in bash also as `-vNAME`, and by `%n`: PATH is one. Its values are computed. */
export function printFormatted(call: Call): undefined {
  const words = call.words[0]?.text === '--' ? call.words.slice(1) : call.words;
  const [format, ...values] = words;
  if (format === undefined) {
    run(call, false);
    return;
  }
  const isKnown = format.kind === 'literal' ? !counts(format.text ?? '') : isOne(format) && values.length === 0;
  const isFormat = format.plain || (format.kind === 'literal' && words !== call.words);
  const isText = format.kind === 'literal' && showsText(format.text ?? '');
  const isOdd = values.some(isComputed) || (mayEvaluate(call) && !isText && !values.every(isCounted));
  run(call, !isKnown || !isFormat || isOdd);
}

/** Whether a format takes its values for text alone. */
function showsText(format: string): boolean {
  return !/%(?!-?\d*(?:\.\d+)?[sbcq])|\\[0-7xuU]/u.test(format.replaceAll('%%', '__'));
}

/** Whether there is a `%n` in a format, or what zsh reads as one after its escapes. */
function counts(format: string): boolean {
  return /%[^A-Za-z%]*[n\\]|\\(?:0*45|[xuU]0*25)/u.test(format.replaceAll('%%', '__'));
}

/** wait: with `-p`, too. */
export function waiting(call: Call): undefined {
  const { words } = call;
  const isOne = words.length === 1 && words[0]?.single === true;
  run(call, !isOne && !words.every((word) => /^[%\w]+$|^-[fn]$/u.test(textOf(word) ?? '')));
}

function mayCompute({ state }: Call): boolean {
  return state.shell === null || state.shell === 'korn';
}

/** Whether it may be zsh, which computes what it is given as a number: `path[$(id)]`, or a variable with that in it. */
function mayEvaluate({ state }: Call): boolean {
  return state.shell !== 'plain' && state.shell !== 'fish';
}

/** Whether a word is a number, whatever comes of it. */
function isCounted(word: Word | undefined): boolean {
  return word?.number === true || /^[-+]?[\d.]*$/u.test(textOf(word) ?? 'x');
}

/** Whether it is seen what is compared, and numbers are numbers: a name would be computed, and what it holds. */
function compareNumbers(words: readonly Word[]): boolean {
  return words.every((word, at) => {
    const text = textOf(word);
    if (word.number === true) return true;
    if (text === null) return at === 0 || OPERATOR.test(textOf(words[at - 1]) ?? '');
    return !NUMERIC.test(text) || (isNumber(words[at - 1]) && isNumber(words[at + 1]));
  });
}

const OPERATOR = /^(?:-[a-zA-Z]+|[=!<>()]+)$/u;
const NUMERIC = /^-(?:eq|ne|lt|le|gt|ge)$/u;

function isNumber(word: Word | undefined): boolean {
  return word !== undefined && isNumeric(word);
}

function run(call: Call, opaque: boolean): void {
  const { findings } = call.scene;
  findings.run(call, { opaque, changes: false });
  if (opaque) findings.unknown([...call.via, call.program]);
}

function isComputed({ text }: Word): boolean {
  return text !== null && COMPUTED.test(text) && text !== '[' && text !== '[[';
}

function isName(word: Word | undefined): boolean {
  return word === undefined || NAME.test(textOf(word) ?? '');
}

function mayBeMany({ kind, plain, single }: Word): boolean {
  return kind !== 'literal' && !plain && single !== true;
}

function areTwoUnknown(words: readonly Word[]): boolean {
  const isUnknown = (word: Word | undefined): boolean =>
    word !== undefined && textOf(word) === null && word.number !== true;
  return words.some((word, at) => isUnknown(word) && isUnknown(words[at + 1]));
}
