/** The house, as data: design and check in one place. */

export interface Room {
  /** What a line must be to live here. */
  readonly holds: string;
  /** Other rooms it may import from, type-only imports included. */
  readonly imports: readonly string[];
  /** Node modules it may import; null: any. */
  readonly node: readonly string[] | null;
}

const ABOVE_LOCAL = ['core', 'wire', 'policy', 'record', 'identity', 'protocols', 'session', 'config'];

export const ROOMS: Readonly<Record<string, Room>> = {
  core: {
    holds: 'a noun, a port or an error code that rooms share',
    imports: [],
    node: ['node:util', 'node:stream'],
  },
  wire: {
    holds: 'bounded reading, writing and framing of bytes; knows no protocol',
    imports: ['core'],
    node: ['node:stream', 'node:events', 'node:buffer', 'node:util', 'node:timers', 'node:timers/promises'],
  },
  policy: {
    holds: '(statement, identity, rules, catalog) → decision: pure, synchronous, total',
    imports: ['core'],
    node: ['node:crypto', 'node:util', 'node:buffer'],
  },
  record: {
    holds: 'the session log: append, seal, read, verify, export',
    imports: ['core'],
    node: null,
  },
  identity: { holds: 'who is asking', imports: ['core'], node: null },
  protocols: {
    holds: 'translates one wire language to core’s nouns and back, and says “no” in that language; never decides',
    imports: ['core', 'wire'],
    node: null,
  },
  session: {
    holds: 'the one pipeline: the order of the checks',
    imports: ['core', 'policy', 'record'],
    node: null,
  },
  config: { holds: 'hoopctl.yaml → validated targets and rules', imports: ['core', 'policy'], node: null },
  local: { holds: 'the program for one machine', imports: ABOVE_LOCAL, node: null },
  gateway: { holds: 'the program for a team', imports: ABOVE_LOCAL, node: null },
  tui: { holds: 'what is drawn on a terminal', imports: ['core'], node: null },
  cli: {
    holds: 'commander: argv → call → output and exit code',
    imports: [...ABOVE_LOCAL, 'local', 'gateway', 'tui'],
    node: null,
  },
};

/** Names that say nothing: what would be in them lacks a noun. */
export const FORBIDDEN_NAMES = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'shared',
  'misc',
  'types',
  'manager',
  'base',
];

/** Lines above which a file has two jobs. */
export const MOST_LINES = 400;

/** What may stand at the top of the repository, besides dotfiles. */
export const TOP_LEVEL = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsdown.config.ts',
  'vitest.config.ts',
  'knip.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'SECURITY.md',
  'bin',
  'src',
  'test',
  'completions',
  'docs',
  'bench',
];
