import type { SessionChange, StatementChanges } from '../../../../src/core/statement.ts';

/** A statement of the little language that the modelled server and the witness speak. */
export type Spoken =
  | { readonly kind: 'rows'; readonly count: number; readonly size: number }
  | { readonly kind: 'copy-out'; readonly count: number }
  | { readonly kind: 'prepare'; readonly name: string; readonly text: string }
  | { readonly kind: 'deallocate'; readonly name: string }
  | { readonly kind: 'copy-in' | 'fail' | 'notice' | 'begin' | 'end' | 'change' };

/** Statements with this word in them are refused. */
export const FORBIDDEN = 'forbidden';

/** The server is not to be flooded because a digit was flipped. */
const bounded = (digits: string | undefined, most: number): number => Math.min(Number(digits ?? 1), most);

function statement(text: string): Spoken {
  const [word, first, second, ...rest] = text.split(' ');
  switch (word) {
    case 'rows':
      return {
        kind: 'rows',
        count: bounded(/^\d+$/.exec(first ?? '')?.[0], 400),
        size: bounded(/^\d+$/.exec(second ?? '')?.[0], 2000),
      };
    case 'give':
      return { kind: 'copy-out', count: bounded(/^\d+$/.exec(first ?? '')?.[0], 400) };
    case 'take':
      return { kind: 'copy-in' };
    case 'prepare':
      return { kind: 'prepare', name: first ?? '', text: [second, ...rest].join(' ') };
    case 'deallocate':
      return { kind: 'deallocate', name: first ?? '' };
    case 'fail':
    case 'notice':
    case 'begin':
    case 'end':
    case 'change':
      return { kind: word };
    default:
      return { kind: 'rows', count: 1, size: 1 };
  }
}

/** The statements of a text: whatever it is, it is some. */
export function spoken(text: string): readonly Spoken[] {
  return text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map(statement);
}

/** What policy would say that a statement does to the session. */
export function changesOf(one: Spoken): StatementChanges {
  const change = ((): SessionChange | null => {
    switch (one.kind) {
      case 'copy-in':
        return { kind: 'copy-in' };
      case 'prepare':
        return { kind: 'prepare', name: one.name, text: one.text };
      case 'deallocate':
        return { kind: 'deallocate', name: one.name };
      case 'change':
        return { kind: 'resolution' };
      case 'end':
        return { kind: 'transaction-end' };
      case 'rows':
      case 'copy-out':
      case 'fail':
      case 'notice':
      case 'begin':
        return null;
    }
  })();
  return change === null ? [] : [change];
}
