import { touch } from '../call.ts';
import type { Programs } from '../program.ts';
import { UNKNOWN_WORD, wildcard } from '../word.ts';
import { TAR_OPTIONS, TAR_RUNS, tar } from './tar.ts';

export const ARCHIVES: Programs = {
  tar: {
    options: TAR_OPTIONS,
    runs: TAR_RUNS,
    also: tar,
    risky: true,
  },
  zipinfo: {
    options: '-12smlvhtTz',
    // It looks for `a.zip` where there is no `a`, and for what a pattern in the name stands for.
    also: (call, { operands: [archive] }) => {
      if (archive === undefined) return;
      const { text, ...rest } = wildcard(archive);
      touch(call, 'read', text === null ? UNKNOWN_WORD : { ...rest, text: `${text}*` });
    },
    operands: 'read',
  },
};
