import { Random } from '../../../conformance/random.ts';
import { type Column, type Query, type Relation, type Scope, type Temper, writable, pickRelation } from './scope.ts';
import { select } from './select.ts';
import { derived } from './sources.ts';
import type { Piece } from './tree.ts';
import { bareSecret, condition, value } from './values.ts';

export interface Drawn {
  readonly temper: Temper;
  readonly tree: Piece;
  /** What it gives, in order. */
  readonly columns: readonly Column[];
}

/** Rows of one table in the order of its key, the first few of them. */
function page(scope: Scope): Drawn {
  const { random } = scope;
  const relation = pickRelation(random);
  const alias = scope.fresh();
  const inner = { ...scope, sources: [{ alias, relation }] };
  const shown = random.several(1, 3, () => random.pick(relation.columns));
  const key: Column = { name: relation.key ?? '', sort: 'int', secret: false };
  const columns = [key, ...shown];
  const limit = random.chance(0.5) ? ` limit ${random.integer(1, 4)} offset ${random.integer(0, 2)}` : '';
  const parts: (string | Piece)[] = [
    'select ',
    ...columns.flatMap(({ name, sort, secret }, index): Piece[] => [
      { sort, parts: [`${index === 0 ? '' : ', '}${alias}.${name}`], ...(secret ? { secret } : {}) },
    ]),
    ` from ${relation.name} ${alias}`,
    { sort: 'clause', optional: true, parts: [' where ', condition(inner)] },
    { sort: 'clause', optional: true, orders: true, parts: [` order by ${alias}.${relation.key}${limit}`] },
  ];
  return { temper: scope.temper, tree: { sort: 'statement', parts }, columns };
}

function combined(scope: Scope): Drawn {
  const one = select(scope);
  const other = select(scope);
  const fitting = one.columns.every(({ sort }, index) => sort === other.columns[index]?.sort);
  if (!fitting || one.columns.length !== other.columns.length) return asStatement(scope, one);
  const operator = scope.random.pick([' union all ', ' union ', ' except ', ' intersect ']);
  const tail: Piece = { sort: 'clause', optional: true, parts: [operator, other.piece] };
  const columns = one.columns.map((column, index) => ({
    ...column,
    secret: column.secret || other.columns[index]?.secret === true,
  }));
  return { temper: scope.temper, tree: { sort: 'statement', parts: [one.piece, tail] }, columns };
}

const asStatement = (scope: Scope, { piece, columns }: Query): Drawn => ({
  temper: scope.temper,
  tree: { sort: 'statement', parts: [piece] },
  columns,
});

function withTables(scope: Scope): Drawn {
  const named: Relation[] = [];
  const heads = scope.random.several(1, 2, (): (string | Piece)[] => {
    const name = scope.fresh();
    const { piece, columns } = select({ ...scope, depth: 1, named: [...named] });
    named.push(derived(name, columns));
    return [named.length === 1 ? 'with ' : ', ', `${name} as (`, piece, ')'];
  });
  const { piece, columns } = select({ ...scope, named });
  return { temper: scope.temper, tree: { sort: 'statement', parts: [...heads.flat(), ' ', piece] }, columns };
}

function returning(scope: Scope): { parts: (string | Piece)[]; columns: Column[] } {
  const bare = scope.random.chance(0.4) ? bareSecret(scope) : null;
  const shown: Piece = bare?.piece ?? value({ ...scope, depth: 1 }, 'text');
  const [source] = scope.sources;
  return {
    parts: [` returning ${source?.alias}.id, `, shown],
    columns: [
      { name: 'id', sort: 'int', secret: false },
      { name: 'shown', sort: bare?.sort ?? 'text', secret: bare !== null || scope.temper === 'wild' },
    ],
  };
}

/** UPDATE or DELETE. The transaction it runs in is rolled back. */
function change(scope: Scope): Drawn {
  const { random } = scope;
  const relation = random.pick(writable);
  const alias = scope.fresh();
  const inner = { ...scope, sources: [{ alias, relation }] };
  const clean = relation.columns.filter(({ secret, name }) => !secret && name !== 'id' && name !== 'customer_id');
  const { name, sort } = random.pick(clean);
  const head: (string | Piece)[] = random.chance(0.75)
    ? [`update ${relation.name} ${alias} set ${name} = `, value(inner, sort)]
    : [`delete from ${relation.name} ${alias}`];
  const tail = returning(inner);
  const filter: Piece = { sort: 'clause', optional: true, parts: [' where ', condition(inner)] };
  const parts = [...head, filter, ...tail.parts];
  return { temper: scope.temper, tree: { sort: 'statement', parts }, columns: tail.columns };
}

function insertion(scope: Scope): Drawn {
  const inner = select({ ...scope, depth: 1 });
  const wanted = inner.columns.find(({ sort }) => sort === 'int')?.name ?? '1';
  const parts = [
    `insert into app.counters (id, n) select 1000 + row_number() over (), x.${wanted} from (`,
    inner.piece,
    ') x returning n',
  ];
  if (wanted === '1') return asStatement(scope, inner);
  return {
    temper: scope.temper,
    tree: { sort: 'statement', parts },
    columns: [{ name: 'n', sort: 'int', secret: scope.temper !== 'plain' }],
  };
}

/** The statement that a seed stands for. */
export function draw(seed: number): Drawn {
  const random = new Random(seed);
  let names = 0;
  const scope: Scope = {
    random,
    temper: random.weighted<Temper>([
      [4, 'plain'],
      [2, 'equal'],
      [5, 'wild'],
    ]),
    depth: random.integer(1, 3),
    sources: [],
    named: [],
    select,
    fresh: () => `n${(names += 1)}`,
  };
  return random.weighted<(scope: Scope) => Drawn>([
    [5, (one) => asStatement(one, select(one))],
    [3, page],
    [2, combined],
    [2, withTables],
    [2, change],
    [0.7, insertion],
  ])(scope);
}
