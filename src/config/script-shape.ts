import { HOST_ADDRESSES, parseAddress } from './address.ts';
import { keyed, optional, required } from './keyed.ts';
import { size } from './limits-shape.ts';
import { BAD, choice, duration, integer, listOf, located, quoted, refine, type Shape, text } from './shape.ts';

/** A host that a program may reach, besides its targets. */
export interface ScriptHost {
  /** As it was written, in lower case. */
  readonly host: string;
  readonly port: number;
}

export interface ScriptLimits {
  readonly processes: number;
  /** Bytes. */
  readonly memory: number;
  /** Milliseconds; null: as long as its sessions live. */
  readonly time: number | null;
}

const MIB = 1024 * 1024;
const TIB = 1024 * 1024 * MIB;

/** What a script gets whose file says nothing: enough for a build or an agent, little enough for the machine. */
export const SCRIPT_LIMITS: ScriptLimits = { processes: 512, memory: 4096 * MIB, time: null };

const host: Shape<ScriptHost> = refine(
  text({ expected: 'a host and port such as api.example.com:443', longest: 262 }),
  (value, node, report, path) => {
    const outcome = parseAddress(value, HOST_ADDRESSES);
    if (!outcome.ok) return report.add(node.at, `${path}: the host ${outcome.reason}`);
    return { ...outcome.address, host: outcome.address.host.toLowerCase() };
  },
);

const limits = keyed(
  {
    processes: optional(integer(8, 100_000), SCRIPT_LIMITS.processes, 'Processes at once. Left out: 512.'),
    memory: optional(size(64 * MIB, TIB), SCRIPT_LIMITS.memory, 'What all of them hold together. Left out: 4GiB.'),
    time: optional(duration(), null, 'How long it may run. Left out: as long as its sessions live.'),
  },
  { what: 'limits such as { processes: 100 }', atLeastOne: ['processes', 'memory', 'time'] },
);

const variable = text({
  expected: 'the name of an environment variable',
  pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
  longest: 255,
  check: (name) =>
    /^(?:PG|HOOPCTL_|LD_)/.test(name) ? `cannot be ${quoted(name)}, which hoopctl decides about` : null,
});

const name = located(text({ longest: 63 }));

const keys = keyed(
  {
    command: required(
      listOf(text({ longest: 4096 }), 'command'),
      'The program and its arguments; run without a shell.',
    ),
    targets: required(listOf(name), 'The targets it may reach.'),
    policy: optional(listOf(name), [], "Policies that count besides the targets' own: it is only ever held stricter."),
    sandbox: optional(choice(['required', 'none'], 'word'), 'required' as const, 'Whether it must be confined.'),
    workdir: optional(
      choice(['read-only', 'read-write'], 'word'),
      'read-only' as const,
      'Whether it may change the directory it is started in.',
    ),
    env: optional(listOf(variable), [], 'Variables of the environment that it gets, credentials included.'),
    hosts: optional(listOf(host), [], 'Hosts that it may reach through a proxy, with TLS of its own.'),
    limits: optional(limits, SCRIPT_LIMITS, 'What it may use. Only a sandbox can hold it to that.'),
  },
  { what: 'a script' },
);

/** One entry of `scripts`. */
export const script = refine(keys, (value, node, report, path) => {
  if (value.sandbox === 'required' || value.hosts.length === 0) return value;
  report.add(node.at, `${path}.hosts: without a sandbox every host can be reached: leave one of the two out`);
  return BAD;
});
