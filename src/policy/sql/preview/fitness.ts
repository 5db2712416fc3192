import type { Effect } from '../../../core/action.ts';
import type { Catalog, CatalogRelation } from '../../../core/catalog.ts';
import type { Analysis, StatementAnalysis } from '../../analysis.ts';
import { relationsNamed } from '../resolve.ts';
import { type Body, bodyAt, isBody, listAt, type Node, nodeAt, requiredText, statementsOf, textAt } from '../tree.ts';

/** A change that can be tried: what it does, to which table, under which name. */
export interface Change {
  readonly action: 'insert' | 'update' | 'delete';
  readonly node: Node;
  readonly relation: CatalogRelation;
  /** What the statement calls the table. */
  readonly alias: string;
  /** It may do something else another time though nothing has changed: clocks, sequences, code. */
  readonly wavers: boolean;
  /** It does: what it rests on moves on by itself, or with every try, whatever is taken back. */
  readonly drifts: boolean;
}

const ACTIONS: Readonly<Record<string, Change['action']>> = {
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
};

/** The change that a text makes, or why it cannot be tried, for people to read. Completes "it was not tried: …". */
export function changeOf(tree: unknown, analysis: Analysis, catalog: Catalog): Change | string {
  const [statement, ...more] = statementsOf(tree);
  const [analysed] = analysis.statements;
  if (statement === undefined || analysed === undefined || more.length > 0) return 'there are several statements';
  const node = nodeAt(statement['stmt']);
  const action = ACTIONS[node?.type ?? ''];
  if (node === null || action === undefined) return 'only a plain INSERT, UPDATE or DELETE can be tried';
  if (analysed.masking !== null && analysed.masking.refusal !== null) return 'masked values would go astray';
  const unsafe = analysed.effects.map(unsafely).find((reason) => reason !== null) ?? randomly(analysed, node);
  if (unsafe !== null) return unsafe;
  const relation = targetOf(node, catalog);
  if (typeof relation === 'string') return relation;
  const range = bodyAt(node.body['relation']);
  const alias = textAt(bodyAt(range['alias'])['aliasname']) ?? requiredText(range['relname']);
  return { action, node, relation, alias, wavers: wavers(analysed, node), drifts: drifts(analysed) };
}

const KEPT: ReadonlySet<string> = new Set(['table', 'view', 'materialized-view']);

/** Why this effect might not be taken back with the transaction, or is not known; null when it is. */
function unsafely({ action, object, schema, name, opaque, certain }: Effect): string | null {
  const called = `${schema === null ? '' : `${schema}.`}${name ?? 'something'}`;
  if (opaque) return `${called} may do anything`;
  if (!certain) return 'a name in it may mean more than one thing';
  switch (action) {
    case 'select':
      return KEPT.has(object ?? '') || object === 'sequence' || object === 'function'
        ? null
        : `it reads ${object ?? 'what is not known'}`;
    case 'insert':
      return KEPT.has(object ?? '') || object === 'sequence' ? null : `it writes to ${object ?? 'what is not known'}`;
    case 'update':
    case 'delete':
    case 'lock':
      return KEPT.has(object ?? '') ? null : `${action} of ${object ?? 'what is not known'} cannot be taken back`;
    case 'call':
      // What its body does is among the effects.
      return null;
    default:
      return `${action} cannot be taken back`;
  }
}

const RANDOM: ReadonlySet<string> = new Set(
  'random random_normal setseed gen_random_uuid uuidv4 uuidv7 array_shuffle array_sample'.split(' '),
);

/** Why what it does is a matter of chance; null when it is not. */
function randomly({ functions }: StatementAnalysis, node: Node): string | null {
  const drawn = functions.find(({ name, knowledge }) => knowledge === 'pure' && RANDOM.has(name));
  if (drawn !== undefined) return `${drawn.name} gives something else each time`;
  const opaque = functions.find(({ knowledge }) => knowledge === 'opaque');
  if (opaque !== undefined) return `${opaque.name} may do anything`;
  return holds(node.body, 'RangeTableSample') ? 'it draws a sample' : null;
}

const CLOCKS: ReadonlySet<string> = new Set(
  `now transaction_timestamp statement_timestamp clock_timestamp timeofday age currval lastval nextval
  pg_backend_pid txid_current_if_assigned pg_current_xact_id_if_assigned pg_current_snapshot`.split(/\s+/u),
);

/** These are not of the transaction, which is the same when it is looked at and when it is done. */
const DRIFTING: ReadonlySet<string> = new Set(
  'statement_timestamp clock_timestamp timeofday nextval currval lastval'.split(' '),
);

function drifts({ functions, effects }: StatementAnalysis): boolean {
  return effects.some(({ object }) => object === 'sequence') || functions.some(({ name }) => DRIFTING.has(name));
}

function wavers({ functions, effects }: StatementAnalysis, node: Node): boolean {
  if (functions.some(({ name, schema }) => CLOCKS.has(name) || schema !== 'pg_catalog')) return true;
  if (effects.some(({ object, action }) => object === 'sequence' || action === 'call' || action === 'lock'))
    return true;
  return holds(node.body, 'SQLValueFunction');
}

/** Whether a node of this type stands anywhere below. */
function holds(tree: unknown, type: string): boolean {
  if (Array.isArray(tree)) return tree.some((one) => holds(one, type));
  if (!isBody(tree)) return false;
  return Object.entries(tree).some(([key, value]) => key === type || holds(value, type));
}

/** The table it changes, or why that cannot be tried. */
function targetOf({ body }: Node, catalog: Catalog): CatalogRelation | string {
  for (const item of listAt(bodyAt(body['withClause'])['ctes'])) {
    if (nodeAt(nodeAt(item)?.body['ctequery'])?.type !== 'SelectStmt') return 'it makes several changes at once';
  }
  if (holds(body['whereClause'], 'CurrentOfExpr')) return 'it changes what a cursor is at';
  const range = bodyAt(body['relation']);
  const path = catalog.searchPath.includes('pg_catalog') ? catalog.searchPath : ['pg_catalog', ...catalog.searchPath];
  const names = { catalog, path, current: true };
  const { candidates } = relationsNamed(textAt(range['schemaname']), requiredText(range['relname']), names);
  const [only, ...others] = candidates;
  const relation = only?.relation ?? null;
  if (relation === null || others.length > 0) return 'it is not certain which table it changes';
  if (relation.kind !== 'table') return `it changes a ${relation.kind}`;
  return relation.rules.length > 0 ? 'a rule of its table makes something else of it' : relation;
}

const WRITES: ReadonlySet<string> = new Set(['insert', 'update', 'delete']);

/** A trigger of what it changes may run only at the end of the transaction, when there is nothing to see any more. */
export function maySetOffLater({ statements }: Analysis, catalog: Catalog): boolean {
  return statements.some(({ effects }) => effects.some((effect) => isDeferred(effect, catalog)));
}

function isDeferred({ action, schema, name }: Effect, catalog: Catalog): boolean {
  if (!WRITES.has(action)) return false;
  const relation = catalog.relations.find((one) => one.schema === schema && one.name === name);
  return relation?.triggers.some(({ deferrable }) => deferrable === true) === true;
}

/** The columns that an UPDATE assigns. */
export function assigned({ node }: Change): ReadonlySet<string> {
  const targets = listAt(node.body['targetList']).map((item): Body => nodeAt(item)?.body ?? {});
  return new Set(targets.map((target) => textAt(target['name']) ?? ''));
}

/** It updates what an INSERT runs into. */
export function isUpsert({ node }: Change): boolean {
  return bodyAt(node.body['onConflictClause'])['action'] === 'ONCONFLICT_UPDATE';
}
