import { type Call, locations, touch } from '../call.ts';
import { beneath } from '../location.ts';
import { piecesMatch } from '../span.ts';
import { isOne, literal, textOf, UNKNOWN_WORD, type Word } from '../word.ts';

/** Tests and actions that only look, by how many words they take. */
const LOOKS: ReadonlyMap<string, number> = new Map([
  ...(
    '-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -type -xtype -size -perm -user -group ' +
    '-uid -gid -mtime -atime -ctime -mmin -amin -cmin -newer -anewer -cnewer -used -maxdepth -mindepth -regextype -links ' +
    '-inum -samefile -fstype -context -printf'
  )
    .split(' ')
    .map((name) => [name, 1] as const),
  ...(
    '-nouser -nogroup -depth -d -mount -xdev -follow -daystart -noleaf -ignore_readdir_race -noignore_readdir_race -warn ' +
    '-nowarn -empty -readable -writable -executable -true -false -prune -quit -print -print0 -ls -a -and -o -or -not ! ( ) ,'
  )
    .split(' ')
    .map((name) => [name, 0] as const),
]);

/** Actions that write what they find to a file, by how many words they take. */
const WRITES: ReadonlyMap<string, number> = new Map([
  ['-fprint', 1],
  ['-fprint0', 1],
  ['-fls', 1],
  ['-fprintf', 2],
]);
const RUNS: ReadonlySet<string> = new Set(['-exec', '-execdir', '-ok', '-okdir']);

/** find lists what is beneath, and does to each what its actions say. */
export function find(call: Call): void {
  const { words, scene } = call;
  let at = 0;
  while (/^-(?:[HLPX]|O\d|E|x|s)$/u.test(textOf(words[at]) ?? '')) at++;
  const roots: Word[] = [];
  while (at < words.length && !/^[-(),!]/u.test(words[at]?.text ?? '')) roots.push(words[at++] ?? UNKNOWN_WORD);
  if (roots.length === 0) roots.push(literal('.'));
  const isSafe = roots.every((word) => word.kind === 'literal' || word.plain);
  const known = judgeActions(call, words.slice(at), roots);
  scene.findings.run(call, { opaque: !isSafe || !known, changes: false });
  if (!isSafe || !known) scene.findings.unknown([...call.via, call.program]);
  for (const root of roots) touch(call, 'list', root, true);
}

/** False when a word is not known. */
function judgeActions(call: Call, words: readonly Word[], roots: readonly Word[]): boolean {
  let known = true;
  const found = foundIn(call, roots);
  let deletes = false;
  for (let at = 0; at < words.length; at++) {
    const text = textOf(words[at]);
    const looks =
      text === null ? undefined : (LOOKS.get(text) ?? (/^-newer[aBcm][aBcmt]$/u.test(text) ? 1 : undefined));
    if (text === null) known = false;
    else if (looks !== undefined) {
      if (looks > 0 && mayAct(words[at + 1])) known = false;
      at += looks;
    } else if (text === '-delete') deletes = true;
    else if (WRITES.has(text)) {
      touch(call, 'write', words[at + 1] ?? UNKNOWN_WORD);
      at += WRITES.get(text) ?? 1;
    } else if (RUNS.has(text)) {
      const end = endOf(words, at + 1);
      if (!isWhole(words.slice(at + 1, end), end < words.length)) known = false;
      run(call, words.slice(at + 1, end), found, text.endsWith('dir'));
      at = end;
    } else known = false;
  }
  if (deletes) for (const root of roots) touch(call, 'remove', root, true);
  return known;
}

/** Words that find acts upon. */
const ACTS: readonly string[] = ['-delete', ...WRITES.keys(), ...RUNS];

/** Whether what is looked for may turn out as several words, one of which is an action: `-name *`, where a file is named so. */
function mayAct(word: Word | undefined): boolean {
  if (word === undefined || isOne(word) || word.plain) return false;
  const pieces = word.text?.split('*');
  return pieces === undefined || ACTS.some((name) => piecesMatch(pieces, name));
}

/**
 * Whether a command is all of these words: none of them can turn out as its end, with another action behind it. A plus sign ends
 * it for some only where there is nothing but `{}` before.
 */
function isWhole(words: readonly Word[], isEnded: boolean): boolean {
  const open = words.findIndex((word) => textOf(word) === null && !word.plain);
  if (!isEnded || words.some((word) => textOf(word) === '+')) return false;
  return open < 0 || words.slice(open).every((word, at) => (at === 0 ? isOne(word) : isHarmless(word)));
}

function isHarmless(word: Word): boolean {
  return word.plain || (textOf(word) !== null && !ACTS.includes(textOf(word) ?? ''));
}

/** Where the command ends: at `;`, or at `+` behind `{}`. */
function endOf(words: readonly Word[], start: number): number {
  for (let at = start; at < words.length; at++) {
    const text = textOf(words[at]);
    if (text === ';' || (text === '+' && textOf(words[at - 1]) === '{}')) return at;
  }
  return words.length;
}

/** More places are as good as any. */
const MOST_ROOTS = 16;
const ANYTHING: Word = { kind: 'unknown', text: null, plain: true };

/** What `{}` may stand for: something beneath one of the roots. */
function foundIn(call: Call, roots: readonly Word[]): readonly Word[] {
  if (roots.length > MOST_ROOTS) return [ANYTHING];
  const names = new Set<string>();
  for (const root of roots) {
    for (const location of locations(call, root)) {
      const { name } = beneath(location, null);
      if (name === null) return [ANYTHING];
      names.add(name);
    }
  }
  return [...names].map((text) => ({ kind: 'glob', text, plain: true }));
}

/** Runs the command for whatever is found. */
function run(call: Call, command: readonly Word[], found: readonly Word[], inItsDirectory: boolean): void {
  const { scene, state } = call;
  const where = inItsDirectory ? { ...state, directories: [null] } : state;
  for (const one of found) {
    const words = command.map((word) => {
      if (word.text === '{}') return one;
      return word.text?.includes('{}') === true
        ? { ...UNKNOWN_WORD, plain: word.plain && !word.text.startsWith('{}') }
        : word;
    });
    scene.invoke(words, where, [...call.via, call.program]);
  }
}
