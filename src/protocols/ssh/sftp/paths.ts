import { decodeUtf8 } from '../../../wire/text.ts';
import { LONGEST_PATH, MOST_PARTS } from './limits.ts';

/** A path as a client wrote it, from the root. */
export interface WrittenPath {
  /** Without empty parts and `.`, but with `..`. */
  readonly parts: readonly string[];
  /** It can only mean a directory, so that even what does not follow links follows it: `link/`, `link/.`, `..`. */
  readonly isDirectory: boolean;
}

/** Why a path is no path that could be judged. */
export type PathFault = 'nul' | 'encoding' | 'long' | 'moved';

/** The text of a path, or what is wrong with it. */
export function textOf(bytes: Buffer): { readonly text: string } | { readonly fault: PathFault } {
  if (bytes.length > LONGEST_PATH) return { fault: 'long' };
  // Servers written in C would see another path.
  if (bytes.includes(0)) return { fault: 'nul' };
  const text = decodeUtf8(bytes);
  if (text === null) return { fault: 'encoding' };
  return text.split('/').length > MOST_PARTS ? { fault: 'long' } : { text };
}

/** `directory`: where relative paths begin. An empty path is that. */
export function writtenPath(text: string, directory: string): WrittenPath {
  const whole = text.startsWith('/') ? text : `${directory}/${text}`;
  return { parts: partsOf(whole), isDirectory: /(?:^|\/)\.{0,2}$/u.test(text) };
}

export function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** Without `..`, taken literally: each leads back to where its neighbour is written, links or not. */
export function withoutParents(parts: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return kept;
}

export function joined(parts: readonly string[]): string {
  return `/${parts.join('/')}`;
}

/** What a path lies in. */
export function parentOf(path: string): string {
  return joined(partsOf(path).slice(0, -1));
}

/** True for directories of servers that have drives, and other ways of writing a path than this one. */
export function hasDrive(directory: string): boolean {
  return /^\/?[a-z]:/iu.test(directory);
}
