import { CONNECT, EXEC } from './catalogue/doors.ts';
import { LOGIN, LOGOUT, WHOAMI } from './catalogue/logins.ts';
import { MCP } from './catalogue/mcp.ts';
import { ASKING_OPTIONS, JSON_OPTION, PROFILE_OPTION } from './catalogue/options.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { SECRET_KEYS } from '../config/target/secrets.ts';
import { CHANNELS } from '../core/action.ts';

const TARGET_OPTION: OptionSpec = {
  flags: '--target <name>',
  description: 'the target whose policies decide',
  complete: 'target',
  required: true,
};
const SESSION_ARGUMENT = { name: '<session>', description: 'its id, or enough of it', complete: 'session' } as const;

const REQUEST_ARGUMENT = {
  name: '<id>',
  description: 'the request, or enough of its id',
  complete: 'request',
} as const;

const ANSWERING_PROFILE: OptionSpec = {
  ...PROFILE_OPTION,
  description: 'the login that answers (or HOOPCTL_PROFILE), where people log in',
};

const APPROVE: CommandSpec = {
  name: 'approve',
  summary: 'approve a statement that waits',
  description:
    'Without an id, a terminal shows everything that waits, and what it would do.\nThe statement runs once, exactly as it was shown. With --uses, others of the same shape and effects run, too; their values may differ where they only read and change rows. Look at it first: hoopctl requests show ID.\nWhere the policy wants a fresh login, you are asked to log in.',
  arguments: [{ ...REQUEST_ARGUMENT, name: '[id]' }],
  options: [
    { flags: '--uses <number>', description: 'how many statements of this shape, this one included (1 when left out)' },
    { flags: '--for <duration>', description: 'how long the rest of them may take (until the request would expire)' },
    { flags: '--effect', description: 'only if it does exactly what it did on trial' },
    { flags: '--reason <text>', description: 'why, for the record' },
    { flags: '--break-glass', description: 'override in an emergency, where the policy lets you; needs a reason' },
    ANSWERING_PROFILE,
    JSON_OPTION,
  ],
  examples: [
    'hoopctl approve',
    'hoopctl approve k7fd2qmx',
    'hoopctl approve k7fd2qmx --uses 5 --for 30m',
    'hoopctl approve k7fd2qmx --profile bob',
  ],
};

const DENY: CommandSpec = {
  name: 'deny',
  summary: 'deny a statement that waits',
  arguments: [REQUEST_ARGUMENT],
  options: [
    { flags: '--reason <text>', description: 'why: whoever asked is told', required: true },
    ANSWERING_PROFILE,
    JSON_OPTION,
  ],
  examples: ['hoopctl deny k7fd2qmx --reason "use the migration"'],
};

const REQUESTS: CommandSpec = {
  name: 'requests',
  summary: 'list, show and watch statements that wait for approval',
  subcommands: [
    { name: 'list', summary: 'list what waits, oldest first', options: [JSON_OPTION] },
    {
      name: 'show',
      summary: 'show what a statement would do, and all of it',
      arguments: [REQUEST_ARGUMENT],
      options: [JSON_OPTION],
    },
    { name: 'watch', summary: 'print what happens to requests, until Ctrl-C', options: [JSON_OPTION] },
    { name: 'grants', summary: 'list approvals that can still be used', options: [JSON_OPTION] },
    {
      name: 'revoke',
      summary: 'take back what is left of an approval',
      description: 'Nothing more runs under it, and connections on which something did are closed.',
      arguments: [{ name: '<id>', description: 'the request that was approved' }],
      options: [
        { flags: '--reason <text>', description: 'why, for the record' },
        { ...PROFILE_OPTION, description: "in the name of this login; the operating system's user's when left out" },
        JSON_OPTION,
      ],
    },
  ],
};

const SESSIONS: CommandSpec = {
  name: 'sessions',
  summary: 'browse, list, show, search, verify and export recorded sessions',
  description:
    'Without a command, on a terminal: a list to filter, from which sessions are replayed; ? lists its keys.',
  byItself: true,
  subcommands: [
    {
      name: 'list',
      summary: 'list recorded sessions, newest first',
      options: [
        { flags: '--target <name>', description: 'only sessions of this target', complete: 'target' },
        { flags: '--limit <number>', description: 'at most so many' },
        JSON_OPTION,
      ],
    },
    {
      name: 'show',
      summary: 'show what a session was and what it did',
      arguments: [SESSION_ARGUMENT],
      options: [JSON_OPTION],
    },
    {
      name: 'search',
      summary: 'find statements in the records',
      arguments: [{ name: '<text>', description: 'what the statement contains, in any case' }],
      options: [
        { flags: '--target <name>', description: 'only sessions of this target', complete: 'target' },
        { flags: '--denied', description: 'only statements that were refused' },
        JSON_OPTION,
      ],
    },
    {
      name: 'verify',
      summary: 'check that a record is whole and unchanged',
      description: 'Exit code 8 when a record was altered or cut, with the first bad place named.',
      arguments: [{ name: '[session...]', description: 'all sessions when none is named', complete: 'session' }],
      options: [JSON_OPTION],
    },
    {
      name: 'export',
      summary: 'write a record in a format that other programs read',
      arguments: [SESSION_ARGUMENT],
      options: [
        {
          flags: '--format <name>',
          description: 'asciicast (v3) when left out; asciicast-v2, ndjson or html, a page with a player',
          complete: ['asciicast', 'asciicast-v2', 'ndjson', 'html'],
        },
        { flags: '--rows <number>', description: 'rows shown of one result, 50 when left out; ndjson holds all' },
        {
          flags: '--idle-limit <duration>',
          description: 'of casts: longer pauses play as this, 2s when left out; or none',
        },
        { flags: '--with-input', description: 'of casts: with what was typed into terminals' },
        { flags: '--output <file>', description: 'a new file; stdout when left out', complete: 'file' },
        { flags: '--force', description: 'replace the file when it is there already' },
      ],
      examples: [
        'hoopctl sessions export 01J9 --format html --output session.html',
        'hoopctl sessions export 01J9 --format asciicast-v2 --output session.cast && asciinema play session.cast',
      ],
    },
  ],
};

const REPLAY: CommandSpec = {
  name: 'replay',
  summary: 'replay a recorded session',
  description:
    'On a terminal, as a screen to move about in: play, seek, step, search, jump to denials and requests; ? lists its keys. With --text or --json, or where nobody looks, as lines.',
  arguments: [SESSION_ARGUMENT],
  options: [
    {
      flags: '--speed <factor>',
      description: 'in time: 1 as it was, 2 twice as fast; as lines, all at once when left out',
    },
    { flags: '--text', description: 'as lines of text, on a terminal, too' },
    { flags: '--json', description: 'every event as NDJSON' },
  ],
  examples: ['hoopctl replay 01J9 --speed 4'],
};

const POLICY: CommandSpec = {
  name: 'policy',
  summary: 'check policies, explain decisions, suggest masks, run policy tests',
  subcommands: [
    {
      name: 'check',
      summary: 'validate hoopctl.yaml: targets, policies and rules',
      arguments: [{ name: '[file]', description: 'the one in force when left out', complete: 'file' }],
      options: [JSON_OPTION],
    },
    {
      name: 'explain',
      summary: 'say what would be decided about a statement, and why',
      description:
        'Asks a database for its catalog, with the target’s own login. Nothing is executed. Where the policies mask columns, says of each output column whether it is clear, masked or withheld.\nOf a target of SSH it takes a command line, or with --channel what is asked for there: nothing goes with shell, agent and x11; an operation and a path, or nothing, with sftp and scp; a direction and where to with forward; a name with subsystem; NAME=value with env. The target is not reached.',
      arguments: [{ name: '[statement]', description: 'the statement, or the command line; - reads it from stdin' }],
      options: [
        TARGET_OPTION,
        {
          flags: '--channel <name>',
          description: 'over SSH: what is opened instead of running a command',
          complete: CHANNELS,
        },
        ...ASKING_OPTIONS,
        JSON_OPTION,
      ],
      examples: [
        'hoopctl policy explain "DELETE FROM customers" --target pg-prod',
        'hoopctl policy explain "rm -rf /srv/app" --target web-1',
        'hoopctl policy explain --target web-1 --channel shell',
        'hoopctl policy explain "write /etc/passwd" --target web-1 --channel sftp',
        'hoopctl policy explain "local db.internal:5432" --target web-1 --channel forward',
      ],
    },
    {
      name: 'suggest',
      summary: 'suggest masks for columns that look sensitive',
      description:
        'Reads the target’s catalog, with its own login, and prints rules to paste under mask: for columns that look sensitive by their names and types and are not masked by any of its policies.\nWith --sample it also looks at some values of each table, in read-only transactions that end after two seconds. They are not shown, and not kept.',
      options: [
        { ...TARGET_OPTION, description: 'the target whose columns are looked at' },
        { flags: '--sample <rows>', description: 'look at values too, in at most so many rows of each table' },
        JSON_OPTION,
      ],
      examples: ['hoopctl policy suggest --target pg-prod --sample 100'],
    },
    {
      name: 'test',
      summary: 'run the cases kept beside the policy',
      arguments: [
        { name: '[file...]', description: 'hoopctl.test.yaml beside hoopctl.yaml when left out', complete: 'file' },
      ],
      options: [JSON_OPTION],
    },
  ],
};

const TARGET_ARGUMENT = { name: '<target>', description: 'its name', complete: 'target' } as const;

const SECRET_ARGUMENT = {
  name: '[key]',
  description: 'which: password, key, passphrase or certificate; left out where it has one only',
  complete: SECRET_KEYS,
} as const;

const TARGETS: CommandSpec = {
  name: 'targets',
  summary: 'list, show and test targets, keep their secrets',
  subcommands: [
    {
      name: 'list',
      summary: 'list the targets of hoopctl.yaml',
      options: [JSON_OPTION],
    },
    {
      name: 'show',
      summary: 'show a target and what guards it',
      arguments: [TARGET_ARGUMENT],
      options: [JSON_OPTION],
    },
    {
      name: 'test',
      summary: 'log in to targets and out again',
      arguments: [{ name: '[target...]', description: 'all of them when none is named', complete: 'target' }],
      options: [JSON_OPTION],
    },
    {
      name: 'secret',
      summary: 'keep passwords, keys, passphrases and certificates of targets: in the system keychain, or in files',
      subcommands: [
        {
          name: 'set',
          summary: 'keep a target’s password, key, passphrase or certificate, which is typed or read from stdin',
          description:
            'For a target with `password: { keychain: NAME }`, and the same of `key`, `passphrase` and `certificate` over SSH. Where there is no system keychain, it is kept in a file that only you may read, encrypted when HOOPCTL_KEY_FILE or HOOPCTL_PASSPHRASE is set.',
          arguments: [TARGET_ARGUMENT, SECRET_ARGUMENT],
          options: [JSON_OPTION],
          examples: [
            'hoopctl targets secret set pg-prod',
            'hoopctl targets secret set web-1 key < ~/.ssh/deploy',
            'vault kv get -field=password db | hoopctl targets secret set pg-prod',
          ],
        },
        {
          name: 'rm',
          summary: 'remove a target’s password, key, passphrase or certificate from wherever it is kept',
          arguments: [TARGET_ARGUMENT, SECRET_ARGUMENT],
          options: [JSON_OPTION],
        },
      ],
    },
  ],
};

const STATUS: CommandSpec = {
  name: 'status',
  summary: 'show the doors that are open now, and the logins',
  options: [JSON_OPTION],
};

const DOCTOR: CommandSpec = {
  name: 'doctor',
  summary: 'check this machine, the configuration and every target',
  description: 'Says for each target what is enforced and what is not. Exit code 1 when something is wrong.',
  options: [JSON_OPTION, { flags: '--offline', description: 'leave the targets and the provider alone' }],
};

const DEMO: CommandSpec = {
  name: 'demo',
  summary: 'see it work on a PostgreSQL of its own, in under a minute',
  description:
    'Starts an embedded PostgreSQL with sample data, opens it through the guard and walks through a query, refusals and a replay. Every claim is checked; exit code 1 when one does not hold.',
  options: [
    { flags: '--yes', description: 'do not wait for Enter between the steps' },
    { flags: '--keep', description: 'leave the door open at the end, to try things out' },
  ],
};

const COMPLETION: CommandSpec = {
  name: 'completion',
  summary: 'print the completion script of a shell',
  arguments: [
    { name: '[shell]', description: 'bash, zsh, fish or powershell', complete: ['bash', 'zsh', 'fish', 'powershell'] },
  ],
  options: [
    {
      flags: '--names <kind>',
      description: 'print the names there are, a line each: the scripts call this',
      complete: ['target', 'script', 'session', 'request', 'profile'],
    },
    { flags: '--write <directory>', description: 'write the scripts of all shells there', complete: 'directory' },
  ],
  examples: ['hoopctl completion bash > ~/.local/share/bash-completion/completions/hoopctl'],
};

const VERSION: CommandSpec = {
  name: 'version',
  summary: 'print the version',
  options: [JSON_OPTION],
};

/** Every command there is, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
  CONNECT,
  EXEC,
  MCP,
  APPROVE,
  DENY,
  REQUESTS,
  SESSIONS,
  REPLAY,
  POLICY,
  TARGETS,
  LOGIN,
  LOGOUT,
  WHOAMI,
  STATUS,
  DOCTOR,
  DEMO,
  COMPLETION,
  VERSION,
];

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--config <file>', description: 'use this hoopctl.yaml', complete: 'file' },
  { flags: '--no-input', description: 'never ask anything' },
];
