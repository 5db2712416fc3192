import type { Operation } from '../../../core/action.ts';
import { type Call, locations, touch, touchAt } from '../call.ts';
import { beneath, locate, type Location } from '../location.ts';
import type { Parsed } from '../options.ts';
import { baseName } from '../program-name.ts';
import { isOne, textOf, UNKNOWN_WORD, type Word } from '../word.ts';

type Deed = (call: Call, parsed: Parsed) => void;

/** What it does where values behind the first operand are operands, too: see `Parsed`. */
function eitherWay(deed: Deed): Deed {
  return (call, parsed) => {
    deed(call, parsed);
    const { given, operands, late } = parsed;
    if (late.length === 0) return;
    deed(call, { ...parsed, given: given.filter(({ name }) => name !== 't'), operands: [...operands, ...late] });
  };
}

/** cp and install: from each of the words but the last, to the last, or into it. */
export const copy = eitherWay(copied);
/** mv: what is moved is renamed, with all that lies in it, and may be read by its new name; what lies where it goes is gone. */
export const move = eitherWay(moved);
/** ln: the link is made; what it leads to can be read and written by it from then on, by anybody. */
export const link = eitherWay(linked);

function copied(call: Call, parsed: Parsed): void {
  if (has(parsed, 'd') && call.program.endsWith('install')) {
    for (const word of parsed.operands) touch(call, 'mkdir', word);
    return;
  }
  const { sources, target } = sidesOf(parsed);
  const recursive = has(parsed, 'r') || has(parsed, 'a');
  for (const source of sources) touch(call, 'read', source, recursive);
  // With --parents the whole path of what is copied is made anew in the target.
  if (target !== null) arrive(call, 'write', sources, target, recursive || has(parsed, 'parents'));
  if (target !== null) keep(call, parsed, { sources, target });
  if (has(parsed, 's') && target !== null) arrive(call, 'symlink', sources, target, false);
  // Whoever may write to the copy writes to what it was linked to.
  if (has(parsed, 's') || has(parsed, 'l')) for (const source of sources) touch(call, 'write', source, recursive);
}

function moved(call: Call, parsed: Parsed): void {
  const { sources, target } = sidesOf(parsed);
  for (const source of sources) {
    touch(call, 'rename', source, true);
    touch(call, 'read', source, true);
    if (has(parsed, 'exchange')) touch(call, 'write', source, true);
  }
  if (target === null) return;
  arrive(call, 'rename', sources, target, true);
  arrive(call, 'write', sources, target, true);
  keep(call, parsed, { sources, target });
}

function linked(call: Call, parsed: Parsed): void {
  const isSymbolic = has(parsed, 's');
  const [only] = parsed.operands;
  const isAlone = parsed.operands.length === 1 && only !== undefined && !has(parsed, 't');
  const { sources, target } = isAlone ? { sources: [only], target: HERE } : sidesOf(parsed);
  const led = isSymbolic && target !== null ? sources.flatMap((source) => pointed(call, source, target)) : [];
  // With -r what is written leads from where the command runs.
  if (has(parsed, 'r')) led.push(...sources.flatMap((source) => locations(call, source)));
  for (const location of led)
    for (const operation of LINKED) touchAt(call, operation, location, operation !== 'symlink');
  if (!isSymbolic) for (const source of sources) for (const operation of COPIED) touch(call, operation, source);
  if (target === null) return;
  arrive(call, isSymbolic ? 'symlink' : 'write', sources, target, false);
  if (has(parsed, 'f')) arrive(call, 'remove', sources, target, false);
  keep(call, parsed, { sources, target });
}

const LINKED = ['symlink', 'read', 'write'] as const;
const COPIED = ['read', 'write'] as const;

/** What a link leads to: from where the link lies, which may be in its target. */
function pointed(call: Call, source: Word, target: Word): readonly Location[] {
  if (source.text?.startsWith('/') === true || target === HERE) return locations(call, source);
  return locations(call, target).flatMap(({ name }) =>
    (name === null ? [null] : [`${name}/..`, name]).map((directory) => ({
      name: locate(source, directory).name,
      certain: false,
    })),
  );
}

const HERE: Word = { kind: 'literal', text: '.', plain: true };

interface Sides {
  readonly sources: readonly Word[];
  /** Null when there is none: then nothing is done. */
  readonly target: Word | null;
}

function sidesOf({ given, operands }: Parsed): Sides {
  const into = given.find(({ name }) => name === 't');
  if (into !== undefined) return { sources: operands, target: into.value ?? UNKNOWN_WORD };
  // A single word that is not known may turn out as all of them.
  if (operands.length === 1 && operands[0] !== undefined && textOf(operands[0]) === null) {
    return { sources: operands, target: operands[0] };
  }
  const last = operands.at(-1);
  if (last === undefined || operands.length < 2) return { sources: operands.slice(0, -1), target: null };
  return { sources: isOne(last) ? operands.slice(0, -1) : operands, target: last };
}

/** The target itself, and what comes to lie in it when it is a directory. */
function arrive(call: Call, operation: Operation, sources: readonly Word[], target: Word, recursive: boolean): void {
  for (const location of locations(call, target)) {
    touchAt(call, operation, location, recursive);
    if (location.name === null) continue;
    for (const source of sources) {
      const name = source.text === null ? null : baseName(source.text.replace(/\/+$/u, ''));
      const last = name === null || name === '' || name === '.' || name === '..' || name.includes('**') ? null : name;
      const { name: inside } = beneath(location, last);
      // Whether the target is a directory cannot be known.
      touchAt(call, operation, { name: inside, certain: false }, recursive);
    }
  }
}

/** What lies where something is put is kept by a longer name, in the place of what has that one. */
function keep(call: Call, parsed: Parsed, { sources, target }: Sides & { readonly target: Word }): void {
  if (!has(parsed, 'b') && !has(parsed, 'backup') && !has(parsed, 'S')) return;
  const longer = ({ text, plain }: Word): Word =>
    text === null ? UNKNOWN_WORD : { kind: 'glob', text: `${text.replace(/\/+$/u, '')}*`, plain };
  touch(call, 'write', longer(target));
  arrive(call, 'write', sources.map(longer), target, false);
}

function has({ given }: Parsed, name: string): boolean {
  return given.some((one) => one.name === name);
}
