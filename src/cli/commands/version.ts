import type { Run } from '../command.ts';
import { VERSION } from '../version.ts';

export const version: Run = async ({ terminal, options }) => {
  if (options.flag('json')) terminal.json({ version: 1, hoopctl: VERSION, node: process.version });
  else terminal.line(VERSION);
  return 0;
};
