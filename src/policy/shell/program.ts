import type { Operation } from '../../core/action.ts';
import type { Call } from './call.ts';
import type { Parsed } from './options.ts';

/** What is done to a word: an operation when it is a path, `text` when it is none, `names` when it is a file of names to read. */
export type Use = Operation | 'text' | 'names';

/** Whether it cannot be known what a program does, or what it runs. */
export type Unclear = boolean | 'runs';

/** A program that does nothing but what is said here, as long as it is given nothing but what is listed here. */
export interface Program {
  /** All options that it is known by: see `optionsOf`. */
  readonly options: string;
  /** Further options, of which the value is a program that it runs, or leads to one. */
  readonly runs?: string;
  /** What it does to the words that are no options; `text` when left out. */
  readonly operands?: Use;
  /** The first of them may be of another kind, unless one of these options is given. */
  readonly first?: { readonly use: Use; readonly unless?: readonly string[] };
  /** What it does to the directory it runs in, when it is given no words. */
  readonly alone?: Use;
  /** Set where it goes through the directory it runs in, when it is given no words but one of the options of `recursive`. */
  readonly wanders?: true;
  /** What it does to the values of options. */
  readonly values?: Readonly<Record<string, Use>>;
  /** Options with which it does so to all beneath, too; `always` where it takes none for that. */
  readonly recursive?: readonly string[] | 'always';
  /** Set where it changes something else than paths: always, or with one of these options. */
  readonly changes?: true | readonly string[];
  /** The words that may come first, one or two, where these decide what it does. Any other is not known. */
  readonly verbs?: { readonly reading: readonly string[]; readonly changing: readonly string[] };
  /** Where it keeps what it is told to change: whatever that is, or by one of these words. */
  readonly settings?: { readonly in: readonly string[]; readonly by?: readonly string[] };
  /** Set where there are options that do more than is said here: then a word that is not known may be one. */
  readonly risky?: true;
  /** Set where it starts a pager by itself: always, or without an option `no-pager` by which that is known. */
  readonly pages?: true;
  /** An option with which it goes on and starts no pager, and those beside which that holds. */
  readonly follows?: { readonly by: string; readonly beside: readonly string[] };
  /** Set where its words follow rules of their own: then `also` alone says what is known. */
  readonly own?: true;
  /** Options of such a program that come in front of the word that says what it does. */
  readonly leading?: string;
  /** What else it does. True: it cannot be known. `runs`: nor what other programs it runs, so that its name allows nothing. */
  readonly also?: (call: Call, parsed: Parsed) => Unclear | void;
}

export type Programs = Readonly<Record<string, Program>>;
