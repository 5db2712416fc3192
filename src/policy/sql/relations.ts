import type { Action, ObjectKind } from '../../core/action.ts';
import type { CatalogRelation, Definition, WriteEvent } from '../../core/catalog.ts';
import { type At, emit, later, followOnce, objectName, through, treeOf } from './context.ts';
import { followAll } from './follow.ts';
import { type Candidate, indexOf, isSystemSchema, type Names, relationsOf, type Target } from './resolve.ts';
import { SAMPLES } from './samples.ts';
import { childScope } from './scope.ts';
import { emitUnknownSetting } from './settings.ts';
import { type Body, listAt, nodeAt, statementsOf } from './tree.ts';

/** Something done to a table, and all that it sets off. */
export interface Touch {
  readonly action: Action;
  readonly columns: readonly string[] | 'all' | null;
  readonly where?: 'present' | 'absent' | null;
  /** `ONLY`: not its inheritance children. */
  readonly only?: boolean;
  /** The kind to tell when the catalog does not know the relation. */
  readonly kind?: ObjectKind;
  /** Also what foreign keys pass on to. */
  readonly cascade?: boolean;
  /** Set on the way from a child to its parents: not back to the other children. */
  readonly upwards?: boolean;
  /** Set on the way from a parent to its children: not back to the parent. */
  readonly downwards?: boolean;
}

const DATA: ReadonlySet<Action> = new Set<Action>([
  'select',
  'insert',
  'update',
  'delete',
  'truncate',
  'lock',
  'merge',
]);
const WRITES: ReadonlySet<Action> = new Set<Action>(['insert', 'update', 'delete', 'merge', 'truncate']);

const REWRITES: ReadonlySet<Action> = new Set<Action>(['alter', 'maintenance']);

export function touch(target: Target, what: Touch, at: At): void {
  at.run.restsOnCatalog = true;
  for (const candidate of target.candidates) touchOne(candidate, target.certain, what, at);
}

function touchOne(candidate: Candidate, certain: boolean, what: Touch, at: At): void {
  // A plain EXPLAIN looks at tables and changes none.
  const action = at.planning && DATA.has(what.action) ? 'select' : what.action;
  const { relation, schema, name } = candidate;
  const changes = action === 'update' || action === 'delete';
  emit(at, {
    action,
    object: relation?.kind ?? what.kind ?? 'table',
    schema,
    name,
    columns: columnsOf(what.columns, relation, at),
    where: changes ? (what.where ?? 'present') : null,
    certain,
  });
  if (relation?.kind === 'foreign-table' && DATA.has(action)) reachAbroad(relation, certain, at);
  if (relation?.columns.some(({ type }) => type >= FIRST_USER_OID) === true) at.run.userTypes = true;
  if (relation === null) touchSystem(schema, name, action, at);
  else if (DATA.has(action)) setOff(relation, { ...what, action }, at);
  // Rewriting or checking a table runs its expressions.
  else if (REWRITES.has(action)) followAll(relation.code, at, `${relation.kind} ${objectName(schema, name)}`);
}

/** `all` by name, where the names are known for sure: rules on columns can then be exact. */
function columnsOf(columns: Touch['columns'], relation: CatalogRelation | null, at: At): Touch['columns'] {
  if (columns !== 'all' || relation === null || !at.names.current || relation.columns.length === 0) return columns;
  return relation.columns.map(({ name }) => name);
}

/** What stands behind a foreign table (a file, a program, another server's view) may do anything, read or written. */
function reachAbroad(relation: CatalogRelation, certain: boolean, at: At): void {
  const { schema, name } = relation;
  emit(at, { action: 'unknown', object: 'foreign-table', schema, name, opaque: true, certain });
}

/** Another session's: what its views are made of, the catalog leaves out. */
const FOREIGN_TEMPORARY = /^pg_(?:toast_)?temp_\d+$/u;

function isForeignTemporary(schema: string | null, { run: { catalog } }: At): boolean {
  if (schema === null || !FOREIGN_TEMPORARY.test(schema)) return false;
  return schema !== catalog.temporarySchema && !catalog.searchPath.includes(schema);
}

const FILE_VIEWS: ReadonlySet<string> = new Set(['pg_hba_file_rules', 'pg_ident_file_mappings', 'pg_file_settings']);

/** What long values of a table are kept in is named by the table's OID. */
const TOAST = /^pg_toast_(\d+)(?:_index)?$/u;

function touchSystem(schema: string | null, name: string, action: Action, at: At): void {
  if (isForeignTemporary(schema, at)) {
    emit(at, { action: 'unknown', schema, name, opaque: true });
    return;
  }
  if (!isSystemSchema(schema)) return;
  const step = `view ${objectName(schema, name)}`;
  const kept = TOAST.exec(name)?.[1];
  const owner = kept === undefined ? undefined : indexOf(at.run.catalog).relationsByOid.get(Number(kept));
  if (owner !== undefined) touchKnown(owner, { action: 'select', columns: 'all', only: true }, through(at, step));
  else if (SAMPLES.has(name) || Number(kept ?? 0) >= FIRST_USER_OID) {
    emit(at, { action: 'select', object: 'table', columns: 'all', certain: false }, step);
  }
  if (FILE_VIEWS.has(name)) emit(at, { action: 'server-file', object: 'system', name }, step);
  if (name === 'pg_largeobject')
    emit(at, { action: WRITES.has(action) ? action : 'select', object: 'large-object' }, step);
  if (!WRITES.has(action)) return;
  // pg_settings hands an UPDATE on to set_config; the rest are the server's own tables.
  if (name === 'pg_settings') emitUnknownSetting(at);
  // Changed by hand, the catalog may come to say anything of anything.
  emit(at, { action: 'server-admin', object: 'system', name, opaque: true }, step);
}

/** What touching a relation sets off: code, views, rules, triggers, foreign keys, children and parents. */
function setOff(relation: CatalogRelation, what: Touch, at: At): void {
  const columns = what.columns === null ? '' : what.columns.toString();
  const key = `relation ${relation.oid} ${what.action} ${what.where ?? ''} ${what.cascade === true} ${what.only === true} ${what.upwards === true} ${what.downwards === true} ${columns} ${at.dynamic.current} ${at.dynamic.path.join(',')}`;
  followOnce(at.run, key, () => {
    setOffOnce(relation, what, at);
    return 'followed';
  });
}

function setOffOnce(relation: CatalogRelation, what: Touch, at: At): void {
  const own = `${relation.kind} ${objectName(relation.schema, relation.name)}`;
  const below = through(at, own);
  followAll(relation.code, at, own);
  if (relation.definition !== null) throughView(relation, relation.definition, what, below);
  for (const event of eventsOf(what.action)) {
    for (const rule of relation.rules) followRule(rule, event, below);
  }
  const fired = firedBy(relation, what.action, at);
  for (const trigger of relation.triggers) {
    const fires = trigger.events.some((event) => fired.includes(event));
    // A deferred one runs when names may mean something else than now.
    if (fires) followAll([trigger.function], trigger.deferrable === true ? later(below) : below, 'trigger');
  }
  passOn(relation, what, below);
}

/** OIDs below are the server's own objects. */
export const FIRST_USER_OID = 16_384;

function eventsOf(action: Action): readonly WriteEvent[] {
  if (action === 'merge') return [];
  return action === 'insert' || action === 'update' || action === 'delete' || action === 'truncate' ? [action] : [];
}

/** An update that moves a row to another partition deletes it here and inserts it there. */
function firedBy(relation: CatalogRelation, action: Action, at: At): readonly WriteEvent[] {
  const parted = relation.children.length > 0 || indexOf(at.run.catalog).parents.has(relation.oid);
  return action === 'update' && parted ? ['update', 'delete', 'insert'] : eventsOf(action);
}

function passOn(relation: CatalogRelation, what: Touch, at: At): void {
  const { relationsByOid, parents } = indexOf(at.run.catalog);
  if (what.only !== true && what.upwards !== true) {
    for (const child of relation.children) touchKnown(relationsByOid.get(child), { ...what, downwards: true }, at);
  }
  // A row of a partition is a row of the whole.
  if (what.downwards !== true) {
    for (const parent of parents.get(relation.oid) ?? []) touchKnown(parent, { ...what, upwards: true }, at);
  }
  for (const { on, child, does } of relation.cascades) {
    if (on !== what.action || (on === 'truncate' && what.cascade !== true)) continue;
    const passed = {
      ...what,
      action: does,
      columns: 'all',
      only: false,
      upwards: false,
      downwards: false,
    } as const;
    touchKnown(relationsByOid.get(child), passed, through(at, 'cascade'));
  }
}

function touchKnown(relation: CatalogRelation | undefined, what: Touch, at: At): void {
  if (relation === undefined) return;
  touchOne({ schema: relation.schema, name: relation.name, relation }, true, what, at);
}

/** Definitions are printed under the catalog's search path, and bound by OID. */
function printedNames(at: At): Names {
  return { catalog: at.run.catalog, path: at.run.catalog.searchPath, current: true };
}

function throughView(view: CatalogRelation, definition: Definition, what: Touch, at: At): void {
  at.run.restsOnCode = true;
  // A materialized view answers from what it kept.
  if (view.kind === 'materialized-view') return;
  const inside: At = { ...at, names: printedNames(at), scope: childScope(null), text: '' };
  const select = viewQuery(definition, inside);
  if (select === null) return;
  at.run.visit(select, inside);
  if (what.action === 'select') return;
  for (const range of topRanges(nodeAt(select)?.body)) {
    touch(
      relationsOf(range, inside.names),
      { ...what, columns: what.columns === null ? null : 'all', where: what.where ?? null },
      inside,
    );
  }
}

/** Under another name, a view is read where something else was meant: naming it is judged like reading it. */
export function useAll(target: Target, at: At): void {
  for (const { relation } of target.candidates) if (relation !== null) visitDefinition(relation, at);
}

/** What is run to fill a materialized view. */
export function visitDefinition(view: CatalogRelation, at: At): void {
  if (view.definition === null) return;
  at.run.restsOnCode = true;
  const step = `${view.kind} ${objectName(view.schema, view.name)}`;
  const inside: At = { ...through(at, step), names: printedNames(at), scope: childScope(null), text: '' };
  at.run.visit(viewQuery(view.definition, inside), inside);
}

function viewQuery(definition: Definition, at: At): unknown {
  const parsed = treeOf(at.run, 'sql', definition);
  if (parsed === 'pending') return null;
  const statements = parsed === 'failed' ? [] : statementsOf(parsed.tree);
  if (statements.length === 1) return statements[0]?.['stmt'];
  emit(at, { action: 'dynamic', opaque: true });
  return null;
}

/** The tables a view's rows come from, which a write to it goes on to. */
function topRanges(select: Body | undefined): readonly Body[] {
  const ranges: Body[] = [];
  const collect = (tree: unknown): void => {
    const node = nodeAt(tree);
    if (node?.type === 'RangeVar') ranges.push(node.body);
    if (node?.type !== 'JoinExpr') return;
    collect(node.body['larg']);
    collect(node.body['rarg']);
  };
  if (select !== undefined) for (const item of listAt(select['fromClause'])) collect(item);
  return ranges;
}

const RULE_EVENTS: Readonly<Record<WriteEvent, string>> = {
  insert: 'CMD_INSERT',
  update: 'CMD_UPDATE',
  delete: 'CMD_DELETE',
  truncate: '',
};

function followRule(definition: Definition, event: WriteEvent, at: At): void {
  const inside: At = { ...at, names: printedNames(at), scope: childScope(null), text: '' };
  at.run.restsOnCode = true;
  const parsed = treeOf(at.run, 'sql', definition);
  if (parsed === 'pending') return;
  const [statement] = parsed === 'failed' ? [] : statementsOf(parsed.tree);
  const rule = nodeAt(statement?.['stmt']);
  if (rule?.type !== 'RuleStmt') emit(at, { action: 'dynamic', object: 'rule', opaque: true });
  else if (rule.body['event'] === RULE_EVENTS[event]) visitRule(rule.body, through(inside, 'rule'));
}

/** A rule's condition and actions; `new` and `old` name no table. */
export function visitRule(rule: Body, at: At): void {
  at.run.visit(rule['whereClause'], at);
  for (const action of listAt(rule['actions'])) at.run.visit(action, { ...at, scope: childScope(at.scope) });
}
