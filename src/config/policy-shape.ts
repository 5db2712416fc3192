import type { Policy } from '../policy/rules.ts';
import { appliesTo } from './audience-shape.ts';
import { keyed, optional, required } from './keyed.ts';
import { askRule, rule } from './rule-shape.ts';
import { maskRule } from './rule/mask.ts';
import { namePart, namePattern } from './rule/names.ts';
import { pathFault } from './rule/paths.ts';
import { choice, duration, listOf, refine, type Shape, text } from './shape.ts';

/** A policy before it has its name. */
export type DraftPolicy = Omit<Policy, 'name'>;

const HALF_AN_HOUR = 30 * 60_000;

/** Keys that will narrow other protocols. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  namespaces: 'narrows Kubernetes, which is not available in this version',
  paths: 'narrows HTTP, which is not available in this version',
};

const directory = text({ expected: 'an absolute path such as "/srv/app"', longest: 4096, check: directoryFault });

function directoryFault(path: string): string | null {
  if (/[*?[]/u.test(path)) return 'holds a pattern: a directory counts with all that is in it, so write its path alone';
  return pathFault(path);
}

const scope = refine(
  keyed(
    {
      schemas: optional(
        listOf(namePart),
        null,
        'Of databases: schemas that may be touched at all; no allow rule lifts this.',
      ),
      directories: optional(
        listOf(directory),
        null,
        'Of SSH: directories that may be reached at all, with all that is in them; no allow rule lifts this.',
      ),
    },
    {
      what: 'a scope such as { schemas: [app] } or { directories: [/srv/app] }',
      elsewhere: ELSEWHERE,
      atLeastOne: ['schemas', 'directories'],
    },
  ),
  (value): Policy['scope'] => ({ ...value, namespaces: null, paths: null }),
);

const masking = refine(
  keyed(
    {
      mode: optional(
        choice(['strict', 'lenient'], 'mode'),
        'strict' as const,
        'What happens to what cannot be traced.',
      ),
      inference: optional(
        choice(['refuse', 'equality', 'allow'], 'word'),
        'equality' as const,
        'Whether masked columns may be compared, sorted and grouped by.',
      ),
      trusted_functions: optional(
        listOf(namePattern(1, 2, '"app.format_name"'), 'list of functions', 0),
        [],
        'Functions known to give away nothing of what they are given.',
      ),
    },
    { what: 'how masks behave', atLeastOne: ['mode', 'inference', 'trusted_functions'] },
  ),
  ({ trusted_functions: trustedFunctions, ...rest }): Policy['masking'] => ({ ...rest, trustedFunctions }),
);

const session = keyed(
  {
    ttl: optional(duration(), HALF_AN_HOUR, 'How long a session lives. Left out: 30m.'),
    idle: optional(duration(), null, 'How long it may lie idle. Left out: as long as it lives.'),
    reason: optional(
      choice(['required', 'optional'], 'word'),
      'optional' as const,
      'Whether opening it takes a reason.',
    ),
    sandbox: optional(
      choice(['required', 'optional'], 'word'),
      'required' as const,
      'Whether --no-sandbox is refused. What a script says of itself counts anyway.',
    ),
  },
  { what: 'limits of a session', atLeastOne: ['ttl', 'idle', 'reason', 'sandbox'] },
);

const recording = keyed(
  {
    results: optional(choice(['full', 'summary'], 'word'), 'full' as const, 'How much of results is kept.'),
    sync: optional(
      choice(['process', 'disk'], 'word'),
      'process' as const,
      'What a statement on record survives: the end of the process, or a power cut.',
    ),
    input: optional(
      choice(['none', 'full'], 'word'),
      'none' as const,
      'Whether what is typed into terminals over SSH is kept, as far as they echo it. A password that is not echoed never is.',
    ),
  },
  { what: 'how sessions are recorded', atLeastOne: ['results', 'sync', 'input'] },
);

const EVERYTHING = 'say what happens to what no rule matches: allow, deny or ask';

const keys = keyed(
  {
    default: required(choice(['allow', 'deny', 'ask'], 'word'), 'What happens to what no rule matches.', EVERYTHING),
    deny: optional(listOf(rule, 'list of rules'), [], 'What is refused. Beats ask and allow.'),
    ask: optional(listOf(askRule, 'list of rules'), [], 'What a person must approve. Beats allow.'),
    allow: optional(listOf(rule, 'list of rules'), [], 'What is let through.'),
    mask: optional(listOf(maskRule, 'list of masks'), [], 'What is shown only in part.'),
    masking: optional(
      masking,
      { mode: 'strict' as const, inference: 'equality' as const, trustedFunctions: [] },
      'How masks behave.',
    ),
    scope: optional(scope, null, 'What may be touched at all.'),
    access: optional(
      choice(['read-write', 'read-only'], 'word'),
      'read-write' as const,
      'Whether anything may be changed.',
    ),
    opaque: optional(
      choice(['allow', 'deny', 'ask'], 'word'),
      'ask' as const,
      'Of commands over SSH: what becomes of those that cannot be known before they run, and that no rule speaks of.',
    ),
    shell: optional(
      choice(['native', 'guarded'], 'word'),
      'native' as const,
      'Of interactive shells over SSH: the target’s own, or one in which every command line is decided before it runs.',
    ),
    session: optional(
      session,
      { ttl: HALF_AN_HOUR, idle: null, reason: 'optional' as const, sandbox: 'required' as const },
      'Limits of every session.',
    ),
    record: optional(
      recording,
      { results: 'full' as const, sync: 'process' as const, input: 'none' as const },
      'How sessions are recorded.',
    ),
    applies_to: optional(appliesTo, null, 'Whom the policy is for. Left out: everybody.'),
  },
  { what: 'a policy' },
);

/** One entry of `policies`. */
export const policy: Shape<DraftPolicy> = refine(keys, ({ applies_to: applies, ...rest }): DraftPolicy => ({
  ...rest,
  besides: false,
  appliesTo: applies,
}));
