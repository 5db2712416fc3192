import { touch } from '../call.ts';
import type { Programs } from '../program.ts';
import { textOf, UNKNOWN_WORD, type Word } from '../word.ts';
import { copy, link, move } from './copying.ts';

/** `chmod -x file` takes rights away: the mode looks like a flag. */
const MODES = ['r', 'w', 'x', 'X', 's', 't', 'u', 'g', 'o', 'a'] as const;

/** The directories that lead to a name, as it is written. */
function parents({ text }: Word): readonly Word[] {
  if (text === null) return [UNKNOWN_WORD];
  const names = text.split('/');
  return names.slice(1).flatMap((_, at) => {
    const parent = names.slice(0, at + 1).join('/');
    return parent === '' ? [] : [{ kind: 'glob', text: parent, plain: true } as const];
  });
}

/** Programs that change files and directories. */
export const FILES: Programs = {
  rm: {
    options: 'r|R|recursive f|force i I interactive? d|dir v|verbose one-file-system preserve-root? no-preserve-root',
    operands: 'remove',
    recursive: ['r'],
  },
  rmdir: {
    options: 'p|parents v|verbose ignore-fail-on-non-empty',
    operands: 'remove',
    also: (call, { given, operands }) => {
      if (given.some(({ name }) => name === 'p'))
        for (const word of operands.flatMap(parents)) touch(call, 'remove', word);
    },
  },
  unlink: { options: '', operands: 'remove' },
  shred: {
    options: 'f|force n|iterations: random-source: s|size: u remove? v|verbose x|exact z|zero',
    operands: 'write',
    risky: true,
    values: { 'random-source': 'read' },
    also: (call, { given, operands }) => {
      if (!given.some(({ name }) => name === 'u' || name === 'remove')) return;
      for (const word of operands) touch(call, 'remove', word);
    },
  },
  mkdir: { options: 'm|mode: p|parents v|verbose Z context?', operands: 'mkdir' },
  touch: {
    options: 'a c|no-create d|date: f h|no-dereference m r|reference: t: time:',
    operands: 'write',
    values: { r: 'read' },
  },
  truncate: { options: 'c|no-create o|io-blocks r|reference: s|size:', operands: 'write', values: { r: 'read' } },
  chmod: {
    options:
      'c|changes f|silent|quiet v|verbose R|recursive h|no-dereference preserve-root no-preserve-root reference: -rwxXstugoa',
    operands: 'write',
    first: { use: 'text', unless: ['reference', ...MODES] },
    values: { reference: 'read' },
    recursive: ['R'],
  },
  chown: {
    options:
      'c|changes f|silent|quiet v|verbose R|recursive h|no-dereference dereference from: H L P preserve-root no-preserve-root reference:',
    operands: 'write',
    first: { use: 'text', unless: ['reference'] },
    values: { reference: 'read' },
    recursive: ['R'],
  },
  chgrp: {
    options:
      'c|changes f|silent|quiet v|verbose R|recursive h|no-dereference dereference H L P preserve-root no-preserve-root reference:',
    operands: 'write',
    first: { use: 'text', unless: ['reference'] },
    values: { reference: 'read' },
    recursive: ['R'],
  },
  chattr: {
    options: '-RVfaAcCdDeijmPsStTux',
    also: (call, { given, operands }) => {
      const recursive = given.some(({ name }) => name === 'R');
      for (const word of operands) if (!/^[+=]/u.test(textOf(word) ?? '')) touch(call, 'write', word, recursive);
    },
  },
  tee: { options: 'a|append i|ignore-interrupts p output-error?', operands: 'write' },
  cp: {
    options:
      'a|archive attributes-only b backup? copy-contents d debug f|force i|interactive H l|link L|dereference n|no-clobber P|no-dereference p preserve? no-preserve: parents r|R|recursive reflink? remove-destination sparse: strip-trailing-slashes s|symbolic-link S|suffix: t|target-directory: T|no-target-directory u update? v|verbose x|one-file-system Z context? X keep-directory-symlink',
    also: copy,
    risky: true,
  },
  mv: {
    options:
      'b backup? debug exchange f|force i|interactive n|no-clobber no-copy strip-trailing-slashes S|suffix: t|target-directory: T|no-target-directory u update? v|verbose Z|context',
    also: move,
    risky: true,
  },
  ln: {
    options:
      'b backup? d|F|directory f|force i|interactive L|logical n|no-dereference P|physical r|relative s|symbolic S|suffix: t|target-directory: T|no-target-directory v|verbose',
    also: link,
    risky: true,
  },
  install: {
    options:
      'b backup? c C|compare d|directory D debug g|group: m|mode: o|owner: p|preserve-timestamps s|strip strip-program: S|suffix: t|target-directory: T|no-target-directory v|verbose Z context?',
    also: (call, parsed) => {
      copy(call, parsed);
      // Stripping runs a program that others may name.
      return parsed.given.some(({ name }) => name === 's' || name === 'strip-program') && 'runs';
    },
    risky: true,
  },
};
