import type { OptionSpec } from '../command.ts';

export const JSON_OPTION: OptionSpec = { flags: '--json', description: 'print JSON instead of text' };

export const PROFILE_OPTION: OptionSpec = {
  flags: '--profile <name>',
  description: 'the login of this name (or HOOPCTL_PROFILE)',
  complete: 'profile',
};
