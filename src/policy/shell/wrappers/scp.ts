import { type Call, touch } from '../call.ts';
import { optionsOf, parseOptions } from '../options.ts';

const OPTIONS = '-346ABCOpqRrTtfvd c: D: F: i: J: l: o: P: S: X:';
/** Options of which the value is a program, or leads to one. */
const RUNNING: ReadonlySet<string | null> = new Set([null, 'S', 'D', 'o', 'F', 'J']);

/** scp as the other side of a copy: `-t` takes files, `-f` gives them. What a user runs with it leads elsewhere. */
export function scp(call: Call): void {
  const { given, operands, strange, unsure } = parseOptions(optionsOf(OPTIONS), call.words);
  const has = (name: string): boolean => given.some((one) => one.name === name);
  const { findings } = call.scene;
  const serves = has('t') || has('f');
  const runs = strange || unsure || given.some(({ name }) => RUNNING.has(name));
  if (!serves || runs) findings.run(call, { opaque: true, changes: false });
  if (runs) findings.unknown([...call.via, call.program]);
  if (!serves) return;
  findings.open('scp', call);
  const deed = { ...call, channel: 'scp' as const };
  for (const word of operands) {
    // What is taken may come to lie in the directory of that name.
    if (has('t')) touch(deed, 'write', word, true);
    if (has('f')) touch(deed, 'read', word, has('r'));
  }
}
