import { USUAL_WAIT } from '../policy/asks.ts';
import type { AskRule, Rule } from '../policy/rules.ts';
import { approvers } from './audience-shape.ts';
import { keyed, optional } from './keyed.ts';
import { commandFields, commandOf } from './rule/command.ts';
import { sqlFields } from './rule/sql.ts';
import { BAD, type Bad, choice, duration, flag, quoted, refine, type Report, type Shape, text } from './shape.ts';
import type { Node } from './tree.ts';

const SQL_KEYS = Object.keys(sqlFields);
const SSH_KEYS = Object.keys(commandFields);

const message = { message: optional(text({ longest: 500 }), null, 'What a refused client is told.') } as const;

const asking = {
  approvers: optional(approvers, 'self' as const, 'Who may approve. Left out: whoever opened the session.'),
  within: optional(duration(), USUAL_WAIT, 'How long a request waits; then it is refused. Left out: 10m.'),
  step_up: optional(flag(), false, 'Whether approving takes a fresh login.'),
  preview: optional(
    choice(['trial', 'estimate', 'none'] as const, 'preview'),
    'trial' as const,
    'How far it is found out what a held statement would do: run it on trial and take it back, only ask what the server expects, or nothing. Left out: trial.',
  ),
  break_glass: optional(approvers, null, 'Who may override it in an emergency, with a reason. Left out: nobody.'),
} as const;

/** Keys that rules of other protocols will have. */
const ELSEWHERE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    Kubernetes: ['verb', 'resource', 'subresource', 'namespace', 'name', 'labels'],
    HTTP: ['method', 'query', 'header', 'body'],
  }).flatMap(([protocol, keys]) =>
    keys.map((key) => [key, `is a key of rules for ${protocol}, which is not available in this version`]),
  ),
);

const options = { what: 'a rule', elsewhere: ELSEWHERE, atLeastOne: [...SQL_KEYS, ...SSH_KEYS] };
const ofSql = { what: 'a rule for databases', atLeastOne: SQL_KEYS };
const ofSsh = { what: 'a rule for SSH', atLeastOne: SSH_KEYS };

/** A rule of `deny` or `allow`. */
export const rule: Shape<Rule> = apart(
  refine(keyed({ ...sqlFields, ...commandFields, ...message }, options), (value): Rule => {
    const { program, args, path, operation, opaque, channel, ...rest } = value;
    return { ...rest, ...commandOf({ program, args, path, operation, opaque, channel }) };
  }),
  [keyed({ ...sqlFields, ...message }, ofSql), keyed({ ...commandFields, ...message }, ofSsh)],
);

/** A rule of `ask`. */
export const askRule: Shape<AskRule> = apart(
  refine(keyed({ ...sqlFields, ...commandFields, ...message, ...asking }, options), (value): AskRule => {
    const {
      program,
      args,
      path,
      operation,
      opaque,
      channel,
      step_up: stepUp,
      break_glass: breakGlass,
      ...rest
    } = value;
    return { ...rest, stepUp, breakGlass, ...commandOf({ program, args, path, operation, opaque, channel }) };
  }),
  [keyed({ ...sqlFields, ...message, ...asking }, ofSql), keyed({ ...commandFields, ...message, ...asking }, ofSsh)],
);

/** A rule is about databases or about SSH: nothing a session does is ever both. `kinds`: what each may be, for the schema. */
function apart<T>(shape: Shape<T>, kinds: readonly Shape<unknown>[]): Shape<T> {
  return {
    expected: shape.expected,
    schema: { anyOf: kinds.map(({ schema }) => schema) },
    read(node, report, path) {
      const mixed = mixing(node, report, path);
      const value = shape.read(node, report, path);
      return mixed === null ? value : BAD;
    },
  };
}

function mixing(node: Node, report: Report, path: string): Bad | null {
  if (node.kind !== 'map') return null;
  const sql = node.entries.find(({ key }) => SQL_KEYS.includes(key));
  const ssh = node.entries.find(({ key }) => SSH_KEYS.includes(key));
  if (sql === undefined || ssh === undefined) return null;
  const later = node.entries.indexOf(sql) > node.entries.indexOf(ssh) ? sql : ssh;
  return report.add(
    later.keyAt,
    `${path} is about databases (${quoted(sql.key)}) and about SSH (${quoted(ssh.key)}): write two rules`,
  );
}
