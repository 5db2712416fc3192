import { type Call, touch } from '../call.ts';
import type { Parsed } from '../options.ts';
import { textOf } from '../word.ts';

/** What may run programs, and read or write files, in any awk: calls, pipes, redirections, includes, functions by name. */
const DOES_MORE =
  /[|@`\\]|\b(?:system|getline|close|fflush|ENVIRON|ARGV|ARGC|PROCINFO|SYMTAB|function|func|load|include|nextfile)\b/u;

/** A comparison stands in front of the braces; within them `>` writes a file. */
const WRITES = /\{[^}]*>|>>|>\s*"/u;

const LONGEST_SCRIPT = 1024;

/** awk reads files; true when its program may do more than print what it reads. */
export function awk(call: Call, { operands, given }: Parsed): boolean {
  for (const word of operands.slice(1)) {
    // A word with an equals sign sets a variable.
    if (!/^[A-Za-z_]\w*=/u.test(word.text ?? '')) touch(call, 'read', word);
  }
  const program = textOf(operands[0]);
  if (program === null || program.length > LONGEST_SCRIPT) return true;
  if (given.some(({ value }) => value === null || textOf(value) === null)) return true;
  const bare = program.replace(/"(?:[^"\\\n]|\\.)*"/gu, '""');
  return DOES_MORE.test(bare.replace(/\|\|/gu, '')) || WRITES.test(bare);
}
