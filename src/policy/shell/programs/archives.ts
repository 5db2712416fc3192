import type { Programs } from '../program.ts';
import { TAR_OPTIONS, tar } from './tar.ts';

export const ARCHIVES: Programs = {
  tar: {
    options: TAR_OPTIONS,
    also: tar,
    risky: true,
  },
  zipinfo: { options: '-12smlvhtTz', operands: 'read' },
};
