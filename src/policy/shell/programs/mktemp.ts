import type { Operation } from '../../../core/action.ts';
import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import { literal, textOf, UNKNOWN_WORD, type Word } from '../word.ts';

/** mktemp makes a file, or a directory, of which it chooses the end of the name: in /tmp unless it is told where. */
export function mktemp(call: Call, { given, operands }: Parsed): void {
  const has = (name: string): boolean => given.some((one) => one.name === name);
  const operation: Operation = has('d') ? 'mkdir' : 'write';
  const place = given.findLast(({ name }) => name === 'p' || name === 'tmpdir')?.value ?? null;
  if (place !== null) touch(call, operation, place, true);
  const isElsewhere = has('t') || (has('tmpdir') && place === null);
  if (isElsewhere || (operands.length === 0 && place === null)) touch(call, operation, literal('/tmp'), true);
  for (const word of operands) touch(call, operation, made(word));
}

/** The letters that are replaced, and what `--suffix` puts behind them. */
function made(word: Word): Word {
  const text = textOf(word);
  return text === null ? UNKNOWN_WORD : { kind: 'glob', text: `${text.replace(/X+[^X/]*$/u, '')}*`, plain: true };
}
