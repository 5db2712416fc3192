import { type Column, deeper, pickRelation, type Relation, type Scope, type Source } from './scope.ts';
import type { Piece } from './tree.ts';
import { condition } from './values.ts';

export interface From {
  readonly piece: Piece;
  readonly sources: readonly Source[];
}

const plainSource = (parts: readonly (string | Piece)[]): Piece => ({ sort: 'source', parts });

/** A relation that holds what a query gives, its columns by the names the query gave them. */
export const derived = (name: string, columns: readonly Column[]): Relation => ({ name, columns, key: null });

function subselect(scope: Scope, lateral: boolean): From {
  const alias = scope.fresh();
  const inner = scope.select({ ...deeper(scope), sources: lateral ? scope.sources : [] });
  return {
    piece: plainSource([lateral ? 'lateral (' : '(', inner.piece, `) ${alias}`]),
    sources: [{ alias, relation: derived(alias, inner.columns) }],
  };
}

/** One thing to read from. */
function single(scope: Scope): From {
  const { random } = scope;
  if (scope.depth > 1 && random.chance(0.2)) return subselect(scope, false);
  const alias = scope.fresh();
  const relation = scope.named.length > 0 && random.chance(0.5) ? random.pick(scope.named) : pickRelation(random);
  return { piece: plainSource([`${relation.name} ${alias}`]), sources: [{ alias, relation }] };
}

/** Clean numbers of two sources: what applications join by. */
function keys(scope: Scope, left: readonly Source[], right: readonly Source[]): string | null {
  const named = (sources: readonly Source[]): string[] =>
    sources.flatMap(({ alias, relation }) =>
      relation.columns.filter(({ sort, secret }) => sort === 'int' && !secret).map(({ name }) => `${alias}.${name}`),
    );
  const [ones, others] = [named(left), named(right)];
  if (ones.length === 0 || others.length === 0) return null;
  return `${scope.random.pick(ones)} = ${scope.random.pick(others)}`;
}

function joined(scope: Scope, left: From): From {
  const { random } = scope;
  const within = { ...scope, sources: [...scope.sources, ...left.sources] };
  if (scope.depth > 1 && random.chance(0.15)) {
    const right = subselect(within, true);
    return {
      piece: plainSource([left.piece, ' cross join ', right.piece]),
      sources: [...left.sources, ...right.sources],
    };
  }
  const right = single(scope);
  const both = [...left.sources, ...right.sources];
  const byKeys = random.chance(0.6) ? keys(scope, left.sources, right.sources) : null;
  const on: Piece =
    byKeys === null ? condition({ ...deeper(scope), sources: both }) : { sort: 'bool', parts: [byKeys] };
  const kind = random.pick(['join', 'join', 'left join', 'right join']);
  return { piece: plainSource([left.piece, ` ${kind} `, right.piece, ' on ', on]), sources: both };
}

/** One to three things to read from, joined. */
export function from(scope: Scope): From {
  let all = single(scope);
  while (all.sources.length < 3 && scope.random.chance(0.35)) all = joined(scope, all);
  return all;
}
