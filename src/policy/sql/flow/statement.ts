import { treeOf } from '../context.ts';
import { relationsOf } from '../resolve.ts';
import {
  type Body,
  bodyAt,
  listAt,
  nameParts,
  type Node,
  nodeAt,
  requiredText,
  statementsOf,
  textAt,
} from '../tree.ts';
import { callOf } from './call.ts';
import { type FlowAt, Untraced } from './flow.ts';
import { rowOf } from './from.ts';
import { type Field, fieldOf, isOpen, NO_ROW, type Row, wholeRow } from './row.ts';
import { CLEAN, isSame } from './value.ts';

/** What a statement's result shows: its columns in order, or `clear` where nothing masked is in it. */
export type Shown = 'clear' | readonly Field[];

/** Follows masked values through one statement to where they come out. @throws Untraced, Unintelligible */
export function shownBy(tree: unknown, at: FlowAt): Shown {
  const node = nodeAt(tree);
  if (node === null) return 'clear';
  const handler = STATEMENTS[node.type];
  if (handler !== undefined) return handler(node, at);
  return unknown();
}

type Handler = (node: Node, at: FlowAt) => Shown;

function query(node: Node, at: FlowAt): Shown {
  const row = at.flow.rowOf({ [node.type]: node.body }, at);
  const into = node.body['intoClause'];
  if (into !== undefined) return kept(row, at);
  return shown(row);
}

function shown(row: Row): Shown {
  if (wholeRow(row) === null) return 'clear';
  if (!isOpen(row)) return row.fields;
  throw new Untraced(
    wholeRow(row)?.sources ?? [],
    'come out in columns that are not named',
    'Name the columns instead of *.',
  );
}

/** A new table would show what it is filled with. */
function kept(row: Row, { flow }: FlowAt): Shown {
  const value = wholeRow(row);
  if (value !== null && flow.masks.strict) {
    throw new Untraced(value.sources, 'would be kept in a new table', 'Leave the column out, or make a view instead.');
  }
  return 'clear';
}

/** A view, also one that keeps its rows, is followed whenever it is read. */
function createAs({ body }: Node, at: FlowAt): Shown {
  const inner = nodeAt(body['query']);
  const shownInside = inner === null ? 'clear' : inner.type === 'ExecuteStmt' ? execute(inner, at) : null;
  const row = shownInside === null ? at.flow.rowOf(body['query'], at) : rowShown(shownInside);
  return body['objtype'] === 'OBJECT_MATVIEW' ? 'clear' : kept(row, at);
}

const rowShown = (shownBefore: Shown): Row => (shownBefore === 'clear' ? NO_ROW : { fields: shownBefore });

/** Plans tell how wide columns are, how large results, and how many rows are expected to be equal to a value. */
function explain({ body }: Node, at: FlowAt): Shown {
  const inside = shownBy(body['query'], at);
  const value = wholeRow(rowShown(inside));
  const { strict, inference } = at.flow.masks;
  if (!strict || (value === null && inference === 'allow')) return 'clear';
  if (value === null)
    throw new Untraced([], 'would show in what EXPLAIN estimates', 'Explain the statement without them.');
  throw new Untraced(value.sources, 'are measured by EXPLAIN', 'Explain the statement without the column.');
}

function copy({ body }: Node, at: FlowAt): Shown {
  if (body['is_from'] === true) return 'clear';
  const row = body['query'] === undefined ? copied(body, at) : at.flow.rowOf(body['query'], at);
  const result = shown(row);
  const elsewhere = body['filename'] !== undefined || body['is_program'] === true;
  if (result === 'clear' || !elsewhere) return result;
  throw new Untraced(
    wholeRow(row)?.sources ?? [],
    'would be written to the server’s files or programs',
    'Copy to STDOUT.',
  );
}

function copied(body: Body, at: FlowAt): Row {
  const row = rowOf(relationsOf(bodyAt(body['relation']), at.names), at);
  const columns = nameParts(body['attlist'] ?? []);
  if (columns.length === 0) return { ...row, fields: row.fields.filter(({ generated }) => generated !== true) };
  return { fields: columns.map((name) => ({ name, value: fieldOf(row, name) ?? CLEAN })) };
}

/** All that the name may stand for must show the same. */
function execute({ body }: Node, at: FlowAt): Shown {
  const texts = at.flow.preparedTexts(requiredText(body['name']));
  const outcomes = texts.map((text) => preparedBy(text, at));
  const [first = 'clear', ...others] = outcomes;
  if (others.every((other) => isSameShown(first, other))) return first;
  throw new Untraced(
    [],
    'may come out of a prepared statement of which it is not sure what it means',
    'Prepare it under another name.',
  );
}

function preparedBy(text: string, at: FlowAt): Shown {
  const parsed = treeOf(at.flow.code, 'sql', text);
  if (parsed === 'pending' || parsed === 'failed') return 'clear';
  const [statement] = statementsOf(parsed.tree);
  const node = nodeAt(statement?.['stmt']);
  const inner = node?.type === 'PrepareStmt' ? node.body['query'] : statement?.['stmt'];
  return shownBy(inner, at);
}

function isSameShown(one: Shown, other: Shown): boolean {
  if (one === 'clear' || other === 'clear') return one === other;
  return one.length === other.length && one.every(({ value }, index) => isSame(value, other[index]?.value ?? CLEAN));
}

/** What a procedure gives back is a row. */
function callProcedure({ body }: Node, at: FlowAt): Shown {
  return shown({ fields: [], rest: callOf(bodyAt(body['funccall']), at) });
}

/** A new table of its own columns; what it is a part of would show others. */
function createTable({ body }: Node, at: FlowAt): Shown {
  const apart = body['inhRelations'] === undefined && body['partbound'] === undefined;
  const elements = listAt(body['tableElts']).map(nodeAt);
  const constraints = elements.flatMap((element) => [element, ...listAt(element?.body['constraints']).map(nodeAt)]);
  const told = constraints.some((constraint) => pointsAtMasked(constraint?.body ?? {}, at));
  return apart && !told && at.flow.masks.inference !== 'refuse' ? 'clear' : unknown();
}

/** A foreign key tells of every value whether it is there. */
function pointsAtMasked(constraint: Body, at: FlowAt): boolean {
  if (constraint['pktable'] === undefined) return false;
  const row = rowOf(relationsOf(bodyAt(constraint['pktable']), at.names), at);
  return nameParts(constraint['pk_attrs'] ?? []).some((name) => fieldOf(row, name) !== CLEAN);
}

/** Only of columns by name, none of them masked. */
function createIndex({ body }: Node, at: FlowAt): Shown {
  const row = rowOf(relationsOf(bodyAt(body['relation']), at.names), at);
  const elements = [...listAt(body['indexParams']), ...listAt(body['indexIncludingParams'])].map(nodeAt);
  const plain = elements.every((element) => {
    const name = textAt(element?.body['name']);
    return name !== null && fieldOf(row, name) === CLEAN && element?.body['opclass'] === undefined;
  });
  return plain && body['whereClause'] === undefined ? 'clear' : unknown();
}

const HARMLESS: ReadonlySet<string> = new Set([
  'AT_DropColumn',
  'AT_ColumnDefault',
  'AT_SetStatistics',
  'AT_SetStorage',
]);
const PLAIN_CONSTRAINTS: ReadonlySet<string> = new Set(['CONSTR_DEFAULT', 'CONSTR_NOTNULL', 'CONSTR_NULL']);

/** Columns may come, go and get defaults: that looks at no other column, and renames none. */
function alterTable({ body }: Node): Shown {
  const harmless = listAt(body['cmds']).every((item) => {
    const command = nodeAt(item)?.body ?? {};
    if (command['subtype'] !== 'AT_AddColumn') return HARMLESS.has(String(command['subtype']));
    const constraints = listAt(nodeAt(command['def'])?.body['constraints']).map(nodeAt);
    return constraints.every((constraint) => PLAIN_CONSTRAINTS.has(String(constraint?.body['contype'])));
  });
  return harmless ? 'clear' : unknown();
}

function unknown(): never {
  throw new Untraced(
    [],
    'are within reach of a statement that they cannot be followed through',
    'Leave masked tables and columns out of it.',
  );
}

const nothing: Handler = () => 'clear';

const STATEMENTS: Readonly<Record<string, Handler>> = {
  SelectStmt: query,
  InsertStmt: query,
  UpdateStmt: query,
  DeleteStmt: query,
  MergeStmt: query,
  CreateTableAsStmt: createAs,
  ExplainStmt: explain,
  CopyStmt: copy,
  ExecuteStmt: execute,
  // It gives nothing itself: what its rows show is kept with its name.
  DeclareCursorStmt: ({ body }, at) => shownBy(body['query'], at),
  CallStmt: callProcedure,
  // The protocol runs what SQL has prepared by this very text.
  PrepareStmt: ({ body }, at) => shownBy(body['query'], at),
  CreateStmt: createTable,
  IndexStmt: createIndex,
  AlterTableStmt: alterTable,
  // They are followed when they are read or run.
  ViewStmt: nothing,
  CreateFunctionStmt: nothing,
  RefreshMatViewStmt: nothing,
  // They name a table, and look at no values.
  LockStmt: nothing,
  TruncateStmt: nothing,
  DropStmt: nothing,
  GrantStmt: nothing,
  CommentStmt: nothing,
  VacuumStmt: nothing,
};
