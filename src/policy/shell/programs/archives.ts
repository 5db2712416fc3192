import type { Programs } from '../program.ts';
import { TAR_OPTIONS, TAR_RUNS, tar } from './tar.ts';

export const ARCHIVES: Programs = {
  tar: {
    options: TAR_OPTIONS,
    runs: TAR_RUNS,
    also: tar,
    risky: true,
  },
  zipinfo: { options: '-12smlvhtTz', operands: 'read' },
};
