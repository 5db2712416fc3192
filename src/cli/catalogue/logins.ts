import type { CommandSpec } from '../command.ts';
import { JSON_OPTION, PROFILE_OPTION } from './options.ts';

export const LOGIN: CommandSpec = {
  name: 'login',
  summary: 'log in at the provider that hoopctl.yaml names',
  description:
    'Prints a code to enter on any device; on a terminal, Enter opens the page for it. Works over SSH and in containers.\nSessions renew the login by themselves. Which provider, and as which client, the identity of hoopctl.yaml says, or --issuer with --client-id.',
  options: [
    { ...PROFILE_OPTION, description: 'keep it under this name (or HOOPCTL_PROFILE; "default" when left out)' },
    { flags: '--issuer <url>', description: 'the provider, where hoopctl.yaml names none' },
    { flags: '--client-id <id>', description: 'what hoopctl is registered as there' },
    { flags: '--browser', description: 'on a page of this machine’s browser, without a code' },
    { flags: '--with-token', description: 'read tokens from stdin' },
    { flags: '--client-credentials', description: 'as a service, with the client’s own secret' },
    { flags: '--no-open', description: 'open no browser' },
    { flags: '--json', description: 'print events as NDJSON: code, page, login' },
  ],
  examples: ['hoopctl login', 'hoopctl login --profile work --browser', 'hoopctl login --with-token < tokens.json'],
};

export const LOGOUT: CommandSpec = {
  name: 'logout',
  summary: 'end a login: revoke its tokens at the provider, and remove them here',
  description:
    'The only login, or the one called "default", when none is named. They are removed here in any case; what the provider could not be told is said.',
  options: [PROFILE_OPTION, { flags: '--all', description: 'every login that is kept here' }, JSON_OPTION],
  examples: ['hoopctl logout', 'hoopctl logout --profile work', 'hoopctl logout --all'],
};

export const WHOAMI: CommandSpec = {
  name: 'whoami',
  summary: 'show who the next session would be opened as',
  description:
    'As the provider last confirmed it, without asking again; a token in the environment is always checked. Exit code 4 when a login is needed.',
  options: [PROFILE_OPTION, { flags: '--refresh', description: 'ask the provider now' }, JSON_OPTION],
};
