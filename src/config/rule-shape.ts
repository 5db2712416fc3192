import { ACTION_GROUPS, ACTIONS, type Action, OBJECT_KINDS, type ObjectKind } from '../core/action.ts';
import { compileExpression } from '../policy/mask/detect/expression.ts';
import { DETECTOR_NAMES } from '../policy/mask/detect/names.ts';
import { compileNamePattern, compilePattern } from '../policy/pattern.ts';
import { USUAL_WAIT } from '../policy/asks.ts';
import type { AskRule, MaskRule, NamePattern, Pattern, Rule } from '../policy/rules.ts';
import { approvers } from './audience-shape.ts';
import { keyed, optional, required } from './keyed.ts';
import { BAD, type Bad, choice, duration, flag, integer, oneOrMore, refine, type Shape, text } from './shape.ts';

const GROUPS: ReadonlyMap<string, readonly Action[]> = new Map(Object.entries(ACTION_GROUPS));

const actionWord = choice([...ACTIONS, ...Object.keys(ACTION_GROUPS)] as readonly string[], 'action');

/** Actions and groups of actions, expanded, each once. */
const actions: Shape<readonly Action[]> = refine(oneOrMore(actionWord), (words) => [
  ...new Set(words.flatMap((word) => GROUPS.get(word) ?? ACTIONS.filter((action) => action === word))),
]);

const objects: Shape<readonly ObjectKind[]> = oneOrMore(choice(OBJECT_KINDS, 'kind of object'));

/** A pattern of a single name. */
export const namePart: Shape<Pattern> = refine(patternText(), (value, node, report, path) => {
  const compiled = compilePattern(value);
  return compiled.ok ? compiled.value : report.add(node.at, `${path}: the pattern ${compiled.reason}`);
});

/** A pattern of names joined by dots. `example` is shown when there are too few or too many of them. */
export function namePattern(least: number, most: number, example: string): Shape<NamePattern> {
  return refine(patternText(), (value, node, report, path) => {
    const compiled = compileNamePattern(value);
    if (!compiled.ok) return report.add(node.at, `${path}: the pattern ${compiled.reason}`);
    const count = compiled.value.parts.length;
    if (count >= least && count <= most) return compiled.value;
    return report.add(node.at, `${path}: expected ${least} to ${most} names joined by dots, such as ${example}`);
  });
}

function patternText(): Shape<string> {
  return text({ expected: 'a name or a pattern', longest: 512 });
}

const relation = oneOrMore(namePattern(1, 2, '"app.customers" or "app.*"'));
const column = oneOrMore(namePattern(2, 3, '"app.customers.email" or "*.*.ssn"'));
const functions = oneOrMore(namePattern(1, 2, '"app.purge" or "app.*"'));

const ruleFields = {
  action: optional(
    actions,
    null,
    'What is done: an action, a group of actions (write, ddl, admin, opaque), or a list.',
  ),
  object: optional(objects, null, 'What kind of object it is done to.'),
  relation: optional(relation, null, 'Tables, views and sequences, as schema.name; a missing schema is any.'),
  column: optional(column, null, 'Columns, as schema.table.column; a missing schema is any.'),
  function: optional(functions, null, 'Functions and procedures, as schema.name; a missing schema is any.'),
  where: optional(choice(['absent'], 'condition'), null, 'Only updates and deletes without a condition.'),
  message: optional(text({ longest: 500 }), null, 'What a refused client is told.'),
} as const;

const KEYS = ['action', 'object', 'relation', 'column', 'function', 'where'] as const;

/** Keys that rules of other protocols will have. */
const ELSEWHERE: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    SSH: ['program', 'args', 'operation', 'opaque', 'channel'],
    Kubernetes: ['verb', 'resource', 'subresource', 'namespace', 'name', 'labels'],
    HTTP: ['method', 'path', 'query', 'header', 'body'],
  }).flatMap(([protocol, keys]) =>
    keys.map((key) => [key, `is a key of rules for ${protocol}, which is not available in this version`]),
  ),
);

const options = { what: 'a rule', elsewhere: ELSEWHERE, atLeastOne: KEYS };

/** A rule of `deny` or `allow`. */
export const rule: Shape<Rule> = keyed(ruleFields, options);

/** A rule of `ask`. */
export const askRule: Shape<AskRule> = refine(
  keyed(
    {
      ...ruleFields,
      approvers: optional(approvers, 'self' as const, 'Who may approve. Left out: whoever opened the session.'),
      within: optional(duration(), USUAL_WAIT, 'How long a request waits; then it is refused. Left out: 10m.'),
      step_up: optional(flag(), false, 'Whether approving takes a fresh login.'),
      preview: optional(
        choice(['trial', 'estimate', 'none'] as const, 'preview'),
        'trial' as const,
        'How far it is found out what a held statement would do: run it on trial and take it back, only ask what the server expects, or nothing. Left out: trial.',
      ),
      break_glass: optional(approvers, null, 'Who may override it in an emergency, with a reason. Left out: nobody.'),
    },
    options,
  ),
  ({ step_up: stepUp, break_glass: breakGlass, ...rest }) => ({ ...rest, stepUp, breakGlass }),
);

const detector: Shape<string> = (() => {
  const name = choice(DETECTOR_NAMES, 'detector');
  const written = text({ expected: 'a detector, or an expression such as "/EMP-[0-9]{6}/"' });
  return {
    expected: written.expected,
    schema: { anyOf: [name.schema, { type: 'string', pattern: '^/.+/$', maxLength: 512 }] },
    read(node, report, path) {
      const value = written.read(node, report, path);
      if (value === BAD) return BAD;
      if (!value.startsWith('/')) return name.read(node, report, path);
      const compiled = compileExpression(value);
      return compiled.ok ? value : report.add(node.at, `${path}: the expression ${compiled.reason}`);
    },
  };
})();

const MASKS = ['redact', 'hash', 'token'] as const;

const masking: Shape<MaskRule['with']> = (() => {
  const partial = keyed(
    {
      partial: required(
        {
          expected: '"domain", or how many characters to keep',
          schema: { anyOf: [{ const: 'domain' }, { type: 'integer', minimum: 1, maximum: 64 }] },
          read(node, report, path): 'domain' | number | Bad {
            if (node.kind === 'scalar' && node.value === 'domain') return 'domain';
            return integer(1, 64).read(node, report, path);
          },
        },
        'What is kept: the domain of an address, or that many characters at the end.',
      ),
    },
    { what: '{ partial: domain } or { partial: N }' },
  );
  const word = choice([...MASKS, 'null'], 'mask');
  return {
    expected: 'a mask',
    schema: { anyOf: [word.schema, { type: 'null' }, partial.schema] },
    read(node, report, path) {
      if (node.kind === 'map') return partial.read(node, report, path);
      // To YAML the word null is no text; here it is the mask of that name.
      if (node.kind === 'scalar' && node.explicit === true) return 'null';
      return word.read(node, report, path);
    },
  };
})();

const mask = keyed(
  {
    column: optional(column, null, 'Columns, as schema.table.column; a missing schema is any.'),
    field: optional(oneOrMore(text()), null, 'JSON pointers, with * for any one step.'),
    detect: optional(oneOrMore(detector), null, 'What to find wherever it stands: detectors, or expressions as /…/.'),
    with: required(masking, 'What is shown instead.'),
    except: optional(column, null, 'Columns in which what is detected may be shown.'),
  },
  { what: 'a mask', exactlyOne: ['column', 'field', 'detect'] },
);

/** A rule of `mask`. */
export const maskRule: Shape<MaskRule> = refine(mask, (value, node, report, path) => {
  if (value.except === null || value.detect !== null) return value;
  return report.add(node.at, `${path}.except goes with "detect" only: name fewer columns instead`);
});
