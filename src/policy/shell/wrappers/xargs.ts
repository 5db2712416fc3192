import { type Call, touch } from '../call.ts';
import { type Given, optionsOf, parseOptions } from '../options.ts';
import { textOf, UNKNOWN_WORD, type Word } from '../word.ts';

const XARGS =
  '0|null a|arg-file: d|delimiter: E: e|eof? I: i|replace? L: l|max-lines? n|max-args: o|open-tty P|max-procs: p|interactive r|no-run-if-empty s|max-chars: t|verbose x|exit process-slot-var: show-limits';

/** xargs runs a command with words that it reads: the fixed ones are known, the others may be anything. */
export function xargs(call: Call): void {
  const { given, operands, strange, unsure } = parseOptions(optionsOf(XARGS), call.words, true);
  const { scene, state } = call;
  const replaces = given.filter(({ name }) => name === 'I' || name === 'i');
  const mark = markOf(replaces.at(-1));
  // What it runs is given a variable of that name: PATH, or BASH_ENV, would lead to other programs.
  const runsMore = strange || unsure || mark === undefined || given.some(({ name }) => name === 'process-slot-var');
  scene.findings.run(call, { opaque: runsMore, changes: false });
  if (runsMore) scene.findings.unknown([...call.via, call.program]);
  for (const { name, value } of given) if (name === 'a') touch(call, 'read', value ?? UNKNOWN_WORD);
  if (operands.length === 0) return;
  const via = [...call.via, call.program];
  if (typeof mark === 'string') {
    scene.invoke(
      operands.map((word) => filled(word, mark)),
      state,
      via,
    );
  }
  // How many words or lines to take undoes the mark, where it is said behind it.
  const isCounted = given.some(({ name }) => name === 'n' || name === 'L' || name === 'l');
  if (typeof mark !== 'string' || isCounted) scene.invoke([...operands, UNKNOWN_WORD], state, via);
}

/** What stands for the words that are read: null where they come last, undefined where it is not known. */
function markOf(option: Given | undefined): string | null | undefined {
  if (option === undefined) return null;
  return option.value === null ? '{}' : (textOf(option.value) ?? undefined);
}

/** A word in which what is read takes the place of the mark. */
function filled(word: Word, mark: string): Word {
  if (word.text === null || !word.text.includes(mark)) return word;
  return { kind: 'unknown', text: null, plain: word.plain && !word.text.startsWith(mark) };
}
