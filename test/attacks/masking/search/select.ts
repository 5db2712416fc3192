import { type Column, deeper, type Query, type Scope } from './scope.ts';
import { from, type From } from './sources.ts';
import { holdsSecret, type Piece, type ValueSort } from './tree.ts';
import { bareSecret, condition, filledIn, value } from './values.ts';

const sorts: readonly ValueSort[] = ['int', 'int', 'text', 'text', 'text', 'number', 'bool', 'date', 'json', 'array'];

/** Aggregates and windows that do not depend on the order in which rows come. */
const aggregates: readonly (readonly [sort: ValueSort, form: string])[] = [
  ['int', 'count(*)::int'],
  ['int', 'count({text})::int'],
  ['int', 'count(distinct {text})::int'],
  ['int', 'sum({int})::int'],
  ['int', 'max({int})'],
  ['text', 'max({text})'],
  ['text', 'min({text})'],
  ['number', 'avg({number})'],
  ['date', 'min({date})'],
  ['bool', 'bool_or({bool})'],
  ['array', 'array_agg(distinct {text})'],
  ['int', 'count(*) filter (where {bool})::int'],
];

const windows: readonly (readonly [sort: ValueSort, form: string])[] = [
  ['int', 'rank() over (order by {int})::int'],
  ['int', 'rank() over (partition by {text} order by {int})::int'],
  ['int', 'dense_rank() over (order by {text})::int'],
  ['int', 'count(*) over (partition by {text})::int'],
  ['int', 'sum({int}) over (order by {int})::int'],
  ['text', 'max({text}) over (partition by {int})'],
];

interface Item {
  readonly piece: Piece;
  readonly column: Column;
}

function item(scope: Scope, sort: ValueSort, piece: Piece): Item {
  const name = scope.fresh();
  return {
    piece: { sort: 'item', parts: [piece, ` as ${name}`] },
    column: { name, sort, secret: holdsSecret(piece) },
  };
}

function simpleItem(scope: Scope): Item {
  const { random } = scope;
  const secret = random.chance(0.45) ? bareSecret(scope) : null;
  if (secret !== null) return item(scope, secret.sort, secret.piece);
  if (random.chance(0.1)) {
    const [sort, form] = random.pick(windows);
    return item(
      scope,
      sort,
      filledIn(sort, form, (inner) => value({ ...scope, depth: 1 }, inner)),
    );
  }
  if (scope.depth > 1 && random.chance(0.1)) return scalarItem(scope);
  const sort = random.pick(sorts);
  return item(scope, sort, value(scope, sort));
}

/** A sub-select that gives one value. */
function scalarItem(scope: Scope): Item {
  const read = from({ ...scope, depth: 1, sources: [] });
  const inner = { ...scope, depth: 1, sources: [...scope.sources, ...read.sources] };
  const [sort, form] = scope.random.pick(aggregates);
  const made = filledIn(sort, form, (each) => value(inner, each));
  const condition_ = where(inner);
  return item(scope, sort, { sort, parts: ['(select ', made, ' from ', read.piece, condition_, ')'] });
}

function where(scope: Scope): Piece {
  if (scope.random.chance(0.65)) return { sort: 'clause', parts: [] };
  if (scope.depth > 1 && scope.random.chance(0.15)) {
    const inner = select({ ...scope, depth: 1 });
    return { sort: 'clause', optional: true, parts: [' where exists (', inner.piece, ')'] };
  }
  return { sort: 'clause', optional: true, parts: [' where ', condition(scope)] };
}

const listed = (items: readonly Item[]): (string | Piece)[] =>
  items.flatMap(({ piece }, index) =>
    index === 0 ? [piece] : [{ sort: 'clause', optional: true, parts: [', ', piece] } satisfies Piece],
  );

function grouped(scope: Scope, read: From): Query {
  const { random } = scope;
  const keys = random.several(0, 2, () => {
    const bare = scope.temper === 'wild' && random.chance(0.3) ? bareSecret(scope) : null;
    const sort = bare?.sort === 'text' ? 'text' : random.pick(['int', 'text', 'bool'] as const);
    return item(scope, sort, bare?.sort === 'text' ? bare.piece : value({ ...scope, depth: 1 }, sort));
  });
  const counted = random.several(1, 3, () => {
    const [sort, form] = random.pick(aggregates);
    return item(
      scope,
      sort,
      filledIn(sort, form, (inner) => value(deeper(scope), inner)),
    );
  });
  const items = [...keys, ...counted];
  const by = keys.length === 0 ? '' : ` group by ${keys.map((_, index) => index + 1).join(', ')}`;
  const having: Piece = random.chance(0.2)
    ? {
        sort: 'clause',
        optional: true,
        parts: [' having ', filledIn('bool', 'count({int}) > {int}', () => ({ sort: 'int', parts: ['1'] }))],
      }
    : { sort: 'clause', parts: [] };
  const parts = ['select ', ...listed(items), ' from ', read.piece, where(scope), by, having];
  return { piece: { sort: 'query', parts }, columns: items.map(({ column }) => column) };
}

/** A SELECT without set operations. What `scope` has in reach already is there for its conditions and values. */
export function select(scope: Scope): Query {
  const { random } = scope;
  const read = from({ ...scope, sources: [] });
  const inner = { ...scope, sources: [...scope.sources, ...read.sources] };
  if (random.chance(0.25)) return grouped(inner, read);
  const items = random.several(1, 4, () => simpleItem(inner));
  const distinct: Piece = random.chance(0.1)
    ? { sort: 'clause', optional: true, parts: ['distinct '] }
    : { sort: 'clause', parts: [] };
  const parts = ['select ', distinct, ...listed(items), ' from ', read.piece, where(inner)];
  return { piece: { sort: 'query', parts }, columns: items.map(({ column }) => column) };
}
