import type { Random } from '../../../conformance/random.ts';
import type { Piece, ValueSort } from './tree.ts';

export interface Column {
  readonly name: string;
  readonly sort: ValueSort;
  /** It is masked, or made of what is. */
  readonly secret: boolean;
}

export interface Relation {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The clean column that tells its rows apart; null when that is not known. */
  readonly key: string | null;
}

/** `name:sort`, with `!` where the column is masked. */
function relation(name: string, key: string | null, columns: string): Relation {
  return {
    name,
    key,
    columns: columns.split(' ').map((column) => {
      const [label = '', sort = 'text'] = column.replace('!', '').split(':');
      return { name: label, sort: sort as ValueSort, secret: column.endsWith('!') };
    }),
  };
}

/** What random statements read. */
export const relations: readonly Relation[] = [
  relation(
    'app.customers',
    'id',
    'id:int name:text email:text! ssn:text! phone:text! salary:number! notes:text! secret:json! tags:array! birth:date! photo:bytes! city:text active:bool score:int',
  ),
  relation('app.orders', 'id', 'id:int customer_id:int contact_email:text! total:number placed_on:date'),
  relation('app.suppliers', 'id', 'id:int name:text email:text phone:text notes:text city:text'),
  relation('app.counters', 'id', 'id:int n:int'),
  relation('app.staff', 'id', 'id:int name:text address:address! login:text! manager_id:int'),
  relation('app.events', 'id', 'id:int customer_id:int payload:text! at:date'),
  relation('app.events_high', 'id', 'id:int payload:text! customer_id:int at:date'),
  relation('app.people', 'id', 'id:int nickname:text! city:text'),
  relation('app.retired', 'id', 'since:date city:text nickname:text! id:int'),
  relation('app.contacts', 'id', 'id:int email:text! folded:text! city:text'),
  relation('app."Mail Box"', 'id', 'id:int "E-Mail":text! "ſ":text! "a.b":text! s:text'),
  relation('app.v_customers', 'id', 'id:int title:text mail:text! salary:number!'),
  relation('app.v_mails', 'key', 'key:int address:text!'),
  relation('app.v_swapped', 'id', 'id:int name:text! email:text'),
  relation('app.v_edit', 'key', 'key:int address:text! town:text'),
  relation('app.v_cities', 'city', 'city:text customers:int'),
  relation('app.m_mails', 'id', 'id:int mail:text! city:text'),
  relation("app.in_city('Rome')", 'id', 'id:int name:text email:text! city:text score:int'),
  relation('app.pairs()', 'key', 'key:int value:text!'),
];

/** One of them; often the table with most of the masked columns. */
export function pickRelation(random: Random): Relation {
  const [customers] = relations;
  return customers !== undefined && random.chance(0.3) ? customers : random.pick(relations);
}

/** Tables that random statements write to, with the clean columns they set. */
export const writable: readonly Relation[] = ['app.customers', 'app.orders', 'app.suppliers', 'app.counters'].map(
  (name) => {
    const found = relations.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no relation ${name}`);
    return found;
  },
);

/**
 * How a statement treats masked columns: `plain` shows them and nothing else, `equal` compares them as a whole as well,
 * `wild` does anything.
 */
export type Temper = 'plain' | 'equal' | 'wild';

/** A relation in reach, by the alias it has there. */
export interface Source {
  readonly alias: string;
  readonly relation: Relation;
}

/** A query and what it gives. */
export interface Query {
  readonly piece: Piece;
  readonly columns: readonly Column[];
}

/** What is in reach where something is drawn. */
export interface Scope {
  readonly random: Random;
  readonly temper: Temper;
  /** How deep it may still go. */
  readonly depth: number;
  readonly sources: readonly Source[];
  /** Common table expressions of the statement. */
  readonly named: readonly Relation[];
  /** Draws the queries that stand within others. */
  readonly select: (scope: Scope) => Query;
  /** Gives names that were not given before. */
  readonly fresh: () => string;
}

export const deeper = (scope: Scope): Scope => ({ ...scope, depth: scope.depth - 1 });
