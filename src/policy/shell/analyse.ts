import type { Effect } from '../../core/action.ts';

export interface CommandLine {
  readonly text: string;
  /** The directory it starts in, absolute; null when that is not known. */
  readonly directory: string | null;
}

/** What a command line does, as far as that can be known before it runs. Pure and total. */
export function analyseCommand({ text }: CommandLine): readonly Effect[] {
  return text.trim() === '' ? [] : [UNKNOWN];
}

/** Something that may do anything. */
const UNKNOWN: Effect = {
  action: 'run',
  object: 'program',
  schema: null,
  name: null,
  columns: null,
  where: null,
  opaque: true,
  certain: false,
  via: [],
  command: { channel: 'exec', program: null, args: [] },
};
