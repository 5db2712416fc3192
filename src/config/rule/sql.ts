import { ACTION_GROUPS, ACTIONS, type Action, OBJECT_KINDS, type ObjectKind } from '../../core/action.ts';
import { optional } from '../keyed.ts';
import { choice, oneOrMore, refine, type Shape } from '../shape.ts';
import { column, namePattern } from './names.ts';

const GROUPS: ReadonlyMap<string, readonly Action[]> = new Map(Object.entries(ACTION_GROUPS));

const actionWord = choice([...ACTIONS, ...Object.keys(ACTION_GROUPS)] as readonly string[], 'action');

/** Actions and groups of actions, expanded, each once. */
const actions: Shape<readonly Action[]> = refine(oneOrMore(actionWord), (words) => [
  ...new Set(words.flatMap((word) => GROUPS.get(word) ?? ACTIONS.filter((action) => action === word))),
]);

const objects: Shape<readonly ObjectKind[]> = oneOrMore(choice(OBJECT_KINDS, 'kind of object'));

const relation = oneOrMore(namePattern(1, 2, '"app.customers" or "app.*"'));
const functions = oneOrMore(namePattern(1, 2, '"app.purge" or "app.*"'));

/** What a rule says of SQL statements. */
export const sqlFields = {
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
} as const;
