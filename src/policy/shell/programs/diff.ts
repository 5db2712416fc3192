import { type Call, locations, touchAt } from '../call.ts';
import { beneath } from '../location.ts';
import type { Parsed } from '../options.ts';
import { baseName } from '../program-name.ts';
import type { Word } from '../word.ts';

/** diff compares a file with the one of that name in a directory, where it is given one of each. */
export function compared(call: Call, { operands, given }: Parsed): void {
  const bases = given
    .filter(({ name }) => name === 'from-file' || name === 'to-file')
    .flatMap(({ value }) => value ?? []);
  const [first, second] = operands;
  if (bases.length === 0 && first !== undefined && second !== undefined) inEachOther(call, first, second);
  for (const base of bases) for (const word of operands) inEachOther(call, base, word);
}

function inEachOther(call: Call, one: Word, other: Word): void {
  for (const [directory, file] of [
    [one, other],
    [other, one],
  ] as const) {
    const last = file.text === null ? null : baseName(file.text);
    for (const location of locations(call, directory)) {
      const { name } = beneath(location, last === '' || last?.includes('**') === true ? null : last);
      // Whether there is a directory of that name cannot be known.
      touchAt(call, 'read', { name, certain: false });
    }
  }
}
