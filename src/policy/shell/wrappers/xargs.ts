import { type Call, touch } from '../call.ts';
import { optionsOf, parseOptions } from '../options.ts';
import { textOf, UNKNOWN_WORD, type Word } from '../word.ts';

const XARGS =
  '0|null a|arg-file: d|delimiter: E: e|eof? I: i|replace? L: l|max-lines? n|max-args: o|open-tty P|max-procs: p|interactive r|no-run-if-empty s|max-chars: t|verbose x|exit process-slot-var: show-limits';

/** xargs runs a command with words that it reads: the fixed ones are known, the others may be anything. */
export function xargs(call: Call): void {
  const { given, operands, strange, unsure } = parseOptions(optionsOf(XARGS), call.words, true);
  const { scene, state } = call;
  const replaces = given.filter(({ name }) => name === 'I' || name === 'i');
  const mark = replaces.length === 0 ? null : (textOf(replaces.at(-1)?.value ?? undefined) ?? '{}');
  // What it runs is given a variable of that name: PATH, or BASH_ENV, would lead to other programs.
  const runsMore = strange || unsure || given.some(({ name }) => name === 'process-slot-var');
  scene.findings.run(call, { opaque: runsMore, changes: false });
  if (runsMore) scene.findings.unknown([...call.via, call.program]);
  for (const { name, value } of given) if (name === 'a') touch(call, 'read', value ?? UNKNOWN_WORD);
  if (operands.length === 0) return;
  const words = mark === null ? [...operands, UNKNOWN_WORD] : operands.map((word) => filled(word, mark));
  scene.invoke(words, state, [...call.via, call.program]);
}

/** A word in which what is read takes the place of the mark. */
function filled(word: Word, mark: string): Word {
  if (word.text === null || !word.text.includes(mark)) return word;
  return { kind: 'unknown', text: null, plain: word.plain && !word.text.startsWith(mark) };
}
