import { attacks } from './attack.ts';

const emptied = { sql: 'select not exists (select from app.orders)' };

const whole = (name: string, condition: string, setup: readonly string[] = []) =>
  [name, `delete from app.orders where ${condition}`, emptied, { setup }] as const;

/** Conditions that a reader in a hurry takes for false, or for narrower than they are. */
export const wideConditions = attacks('production', 'R30', [
  whole('a sum that floating point gets wrong', '0.1 + 0.2 = 0.3'),
  whole('numbers beyond floating point', '1e400 > 1e399'),
  whole('numbers beyond 2^53', '9007199254740993 > 9007199254740992'),
  whole('a cut text', "'abc'::varchar(1) = 'a'"),
  whole('a rounded number', '1.5::int = 2'),
  whole('a rounded numeric', '2.5::numeric(1,0) = 3'),
  whole('a negated sum', 'not (0.1 + 0.2 <> 0.3)'),
  whole('a sum in an alternative', 'id = -5 or 0.1 + 0.2 = 0.3'),
  whole('a sum in CASE', 'case when 0.1 + 0.2 = 0.3 then true else id = 5 end'),
  whole('a sum in NULLIF', 'coalesce(nullif(true, 0.1 + 0.2 <> 0.3), id = 5)'),
  whole('a coalesced null', 'coalesce(null::bool, true, id = 5)'),
  whole('a coalesced unknown', 'coalesce((select null::bool), true, id = 5)'),
  whole('an own equality', '1 operator(app.=) 2', [
    "create function app.always(int, int) returns boolean language sql as 'select true'",
    'create operator app.= (leftarg = int, rightarg = int, function = app.always)',
  ]),
  whole('a collation that ignores case', "'a' = 'A' collate app.ci", [
    "create collation app.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
  ]),
  whole('a sum IS TRUE', '(0.1 + 0.2 = 0.3) is true'),
  whole('a sum in a sub-select', '(select 0.1 + 0.2 = 0.3)'),
  whole('a sum in IN', '0.3 in (0.1 + 0.2)'),
  whole('a sum in ANY', '0.3 = any (array[0.1 + 0.2])'),
  whole('a sum in BETWEEN', '0.1 + 0.2 between 0.3 and 0.3'),
  whole('a sum IS NOT DISTINCT', '0.1 + 0.2 is not distinct from 0.3'),
  whole('a column and its qualified self', 'id = orders.id'),
  whole('a column in parentheses', 'id = (orders.id)'),
  whole('rows', '(id, customer) = (id, customer)'),
  whole('a whole row', 'orders = orders'),
  whole('tableoid', 'tableoid is not null'),
  whole('a product', 'id * 0 = 0'),
  whole('a difference', 'id - id = 0'),
  whole('like', "note like '%' or note is null"),
  whole('three ways', 'id < 5 or id = 5 or id > 5'),
  whole('a truth of text', "'yes'::boolean"),
  whole('a CASE of opposites', 'case when id > 5 then true when true then true end'),
  whole('a lateral reference', 'id in (id, 1)'),
  whole('a set function', '1 = any (array[1, id])'),
]);
