import type { Redirection, Word as WrittenWord } from 'unbash';
import { type Deed, touch } from './call.ts';
import { textOf, type Word } from './word.ts';

export interface RedirectionReader {
  /** The words that come of one in the text. */
  words(written: WrittenWord): readonly Word[];
  /** Shells differ over it, or do with it what cannot be followed. */
  contest(): void;
}

/** Notes what a redirection reads or writes. A here-document is no file: what is in it is read by its command. */
export function redirect(redirection: Redirection, deed: Deed, reader: RedirectionReader): void {
  if (redirection.descriptor?.type === 'FileDescriptorVariable') reader.contest();
  if (redirection.type === 'HereDoc') return;
  if (redirection.type === 'HereString' || redirection.target === undefined) {
    if (redirection.target !== undefined) reader.words(redirection.target);
    return reader.contest();
  }
  // zsh takes `>!` for a sign of its own.
  if (redirection.target.text.startsWith('!')) reader.contest();
  const words = reader.words(redirection.target);
  const [target] = words;
  // Several words are an error in some shells, and the first or all of them in others.
  if (words.length !== 1 || target === undefined || target.kind === 'glob') reader.contest();
  for (const word of words) open(redirection.operator, word, deed, reader);
}

function open(operator: string, word: Word, deed: Deed, reader: RedirectionReader): void {
  if (/^\/dev\/(?:tcp|udp)(?:\/|$)/u.test(word.text ?? '/dev/tcp')) reader.contest();
  switch (operator) {
    case '<':
      return touch(deed, 'read', word);
    case '>':
    case '>>':
    case '>|':
      return touch(deed, 'write', word);
    case '<>':
      touch(deed, 'read', word);
      return touch(deed, 'write', word);
    case '<&':
    case '>&':
      if (/^(?:\d+-?|-)$/u.test(textOf(word) ?? '')) return;
      reader.contest();
      return touch(deed, operator === '>&' ? 'write' : 'read', word);
    case '&>':
    case '&>>':
      reader.contest();
      return touch(deed, 'write', word);
    default:
      reader.contest();
      touch(deed, 'write', word);
      touch(deed, 'read', word);
  }
}
