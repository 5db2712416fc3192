import type { CommandSpec } from '../command.ts';
import { ASKING_OPTIONS } from './options.ts';

export const CONNECT: CommandSpec = {
  name: 'connect',
  summary: 'open a guarded door to targets, and run a client through it',
  description:
    'Opens a local port (or a Unix socket) per target. Whatever comes through is decided by the policies, and is on record before the target sees it.\nWithout a client the doors stay open until Ctrl-C or the time limit. With one they close when it ends, and its exit code passes through.\nFor one target of SSH, on a terminal, the client is a shell on it; --plain keeps the door open instead.',
  arguments: [{ name: '<target...>', description: 'names of targets in hoopctl.yaml', complete: 'target' }],
  options: [
    { flags: '--port <number>', description: 'listen on this port (of the first target; the next ones count up)' },
    { flags: '--socket', description: 'listen on a Unix socket in a private directory, not on a port' },
    { flags: '--ttl <duration>', description: 'close after this time (the policies may allow less)' },
    { flags: '--reason <text>', description: 'why, for the record' },
    ...ASKING_OPTIONS,
    {
      flags: '--plain',
      description: 'print text as it happens, without the live view or the shell that a terminal gets',
    },
    { flags: '--json', description: 'print events as NDJSON: ready, decision, request, end' },
  ],
  rest: 'CLIENT ARGS…',
  examples: [
    'hoopctl connect pg-prod',
    'hoopctl connect pg-prod --reason "ticket 4711" -- psql',
    'hoopctl connect web-1',
    'hoopctl connect web-1 -- scp web-1:/var/log/app.log .',
  ],
};

export const EXEC: CommandSpec = {
  name: 'exec',
  summary: 'run a program that can reach guarded doors, and nothing else',
  description:
    'Runs a script of hoopctl.yaml, or a command, in a sandbox in which only the doors to its targets exist: no other network, no files but the system’s and the working directory. What it prints is on record beside its statements, without secrets.\nIt ends with everything that it has started, and its exit code passes through.',
  arguments: [{ name: '[script]', description: 'a name under scripts: in hoopctl.yaml', complete: 'script' }],
  options: [
    { flags: '--target <name>', description: 'a target that a command may reach', complete: 'target', repeats: true },
    { flags: '--ttl <duration>', description: 'end it after this time (the policies may allow less)' },
    { flags: '--reason <text>', description: 'why, for the record' },
    ...ASKING_OPTIONS,
    { flags: '--sandbox', description: 'in a sandbox, whatever the script says' },
    { flags: '--no-sandbox', description: 'without one, where every policy says that it is optional' },
    {
      flags: '--json',
      description: 'print events as NDJSON: ready, decision, request, end, exit; its output to stderr',
    },
  ],
  rest: 'COMMAND…',
  examples: [
    'hoopctl exec nightly-report',
    'hoopctl exec --target pg-prod --as reporter --reason "ticket 4711" -- node agent.mjs',
  ],
};
