import type { Tally } from './tally.ts';

/** Something that a client has open, and what it was cleared for. */
export interface Handle {
  readonly kind: 'file' | 'directory';
  readonly path: string;
  readonly reads: boolean;
  readonly writes: boolean;
  /** The record's number of the statement that opened it. */
  readonly statement: number;
  /** What has passed, each way. */
  readonly read: Tally;
  readonly written: Tally;
  /** It was asked to be closed: nothing more may be done with it. */
  isClosing: boolean;
}
