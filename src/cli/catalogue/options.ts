import type { OptionSpec } from '../command.ts';

export const JSON_OPTION: OptionSpec = { flags: '--json', description: 'print JSON instead of text' };

export const PROFILE_OPTION: OptionSpec = {
  flags: '--profile <name>',
  description: 'the login of this name (or HOOPCTL_PROFILE)',
  complete: 'profile',
};

/** Who asks, of those who may. */
export const ASKING_OPTIONS: readonly OptionSpec[] = [
  { ...PROFILE_OPTION, description: 'the login that asks (or HOOPCTL_PROFILE), where people log in' },
  { flags: '--as <name>', description: 'ask as an agent of this name, which acts for you and never has more than you' },
];
