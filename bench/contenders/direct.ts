import type { Contender } from './contender.ts';

export const direct: Contender = {
  name: 'direct',
  title: 'no proxy',
  missing: () => null,
  start: async (_workspace, _programs, target) => ({
    endpoint: target,
    process: null,
    close: async () => undefined,
  }),
};
