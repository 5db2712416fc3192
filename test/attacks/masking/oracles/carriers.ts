import { telling } from '../attack.ts';
import { cellsOf } from '../canaries.ts';

const one = cellsOf('one');
const ssn = one.ssn(1) ?? '';
/** True of the first customer in the one world alone. */
const guess = `substr(ssn, 1, 3) = '${ssn.slice(0, 3)}'`;
const least = 'select min(ssn) from app.customers';

/** Ways in which one bit of a masked value becomes visible. */
export const carriers = telling('carriers', [
  ['count', `select count(*) from app.customers where ${guess}`],
  ['a condition shown', `select id, ${guess} from app.customers order by id`],
  ['CASE', `select case when ${guess} then 'yes' else 'no' end from app.customers where id = 1`],
  [
    'CASE of the value',
    `select case substr(ssn, 1, 3) when '${ssn.slice(0, 3)}' then 1 end from app.customers where id = 1`,
  ],
  ['a number made of it', `select (${guess})::int from app.customers where id = 1`],
  ['the length', 'select length(ssn) from app.customers where id = 1'],
  ['the length of the address', 'select octet_length(email) from app.customers order by id'],
  ['a character code', 'select ascii(ssn) from app.customers where id = 1'],
  ['a bit', 'select get_bit(photo, 3) from app.customers order by id'],
  ['a hash', 'select hashtext(ssn) from app.customers where id = 1'],
  ['md5', 'select md5(ssn) from app.customers where id = 1'],
  ['sha256', 'select sha256(ssn::bytea) from app.customers where id = 1'],
  ['a rank', 'select id, rank() over (order by ssn) from app.customers order by id'],
  ['row_number', 'select id, row_number() over (order by salary) from app.customers order by id'],
  ['dense_rank', 'select id, dense_rank() over (order by birth desc) from app.customers order by id'],
  ['percent_rank', 'select id, percent_rank() over (order by email) from app.customers order by id'],
  ['ntile', 'select id, ntile(2) over (order by notes) from app.customers order by id'],
  ['cume_dist', 'select id, cume_dist() over (order by phone) from app.customers order by id'],
  ['lag of a clean column over masked order', 'select id, lag(id) over (order by ssn) from app.customers order by id'],
  [
    'first_value of a clean column over masked order',
    'select distinct first_value(id) over (order by notes) from app.customers',
  ],
  [
    'a window frame over masked values',
    'select id, count(*) over (order by salary range between 10000000000 preceding and current row) from app.customers order by id',
  ],
  ['a named window', 'select id, rank() over w from app.customers window w as (order by ssn) order by id'],
  ['rank of a hypothetical', "select rank('m') within group (order by ssn) from app.customers"],
  ['ORDER BY', 'select id from app.customers order by ssn'],
  ['ORDER BY by position', 'select id, salary from app.customers order by 2 desc'],
  ['ORDER BY an alias', 'select id, notes as n from app.customers order by n'],
  ['ORDER BY an expression', 'select id from app.customers order by substr(email, 2), id'],
  ['ORDER BY USING', 'select id from app.customers order by ssn using >'],
  ['ORDER BY behind LIMIT', 'select id from app.customers order by birth limit 1'],
  ['ORDER BY in a sub-select', 'select id from (select id from app.customers order by salary limit 3) t order by id'],
  ['ORDER BY a whole row', 'select id from app.contacts c order by row(c.email)'],
  ['ORDER BY in an aggregate', 'select array_agg(id order by ssn) from app.customers'],
  ['ORDER BY in string_agg', "select string_agg(name, ',' order by email) from app.customers"],
  ['WITHIN GROUP of a document', 'select jsonb_agg(id order by birth) from app.customers'],
  ['the row with the least', `select id from app.customers where ssn = (${least})`],
  [
    'the row with the greatest',
    'select name from app.customers where salary = (select max(salary) from app.customers)',
  ],
  ['ALL', 'select id from app.customers where ssn <= all (select ssn from app.customers where ssn is not null)'],
  ['ANY', "select id from app.customers where ssn > any (array['m', 'x']) order by id"],
  ['DISTINCT ON in masked order', 'select distinct on (city) city, id from app.customers order by city, ssn'],
  ['GROUP BY a prefix', 'select count(*) from app.customers group by substr(ssn, 1, 1) order by 1'],
  ['GROUP BY a length', 'select count(*), min(id) from app.customers group by length(email) > 26 order by 1, 2'],
  ['GROUP BY a condition', "select count(*) from app.customers group by ssn < 'n' order by min(id)"],
  [
    'GROUP BY a bucket',
    'select count(*), min(id) from app.customers group by width_bucket(salary, 0, 1e11, 4) order by 1, 2',
  ],
  ['HAVING', `select city from app.customers group by city having bool_or(${guess})`],
  ['HAVING with min', "select city from app.customers group by city having min(ssn) < 'd' order by 1"],
  ['FILTER', `select count(*) filter (where ${guess}) from app.customers`],
  ['bool_or', `select bool_or(${guess}) from app.customers`],
  ['every', `select every(length(ssn) < 18) from app.customers`],
  ['sum of conditions', `select sum((ssn < 'n')::int) from app.customers`],
  ['an average', 'select avg(length(ssn)) from app.customers'],
  ['a correlation', 'select corr(salary, id) > 0, regr_slope(salary, id) from app.customers'],
  ['a rounded average', 'select round(avg(salary), -10) from app.customers'],
  ['LIMIT', `select id from app.counters order by id limit (select length(ssn) % 4 from app.customers where id = 1)`],
  [
    'LIMIT by a condition',
    `select id from app.counters order by id limit (select case when ${guess} then 1 else 2 end from app.customers where id = 1)`,
  ],
  [
    'OFFSET',
    `select id from app.counters order by id offset (select case when ${guess} then 1 else 0 end from app.customers where id = 1)`,
  ],
  ['division by zero', `select 1 / (case when ${guess} then 0 else 1 end) from app.customers where id = 1`],
  [
    'division by zero in WHERE',
    `select 1 from app.customers where id = 1 and 1 / (case when ${guess} then 0 else 1 end) = 1`,
  ],
  ['a failed cast', `select (case when ${guess} then 'x' else '1' end)::int from app.customers where id = 1`],
  [
    'an overflow',
    `select 2000000000 + (case when ${guess} then 2000000000 else 0 end) from app.customers where id = 1`,
  ],
  [
    'more than one row',
    `select (select id from app.counters where ${guess} or id = 1) from app.customers where id = 1`,
  ],
  [
    'an invalid regular expression',
    `select 'x' ~ (case when ${guess} then '(' else 'x' end) from app.customers where id = 1`,
  ],
  [
    'an invalid date',
    `select (case when ${guess} then '2020-13-01' else '2020-01-01' end)::date from app.customers where id = 1`,
  ],
  ['a negative length', `select substr('x', 1, case when ${guess} then -1 else 1 end) from app.customers where id = 1`],
  [
    'a query that takes too long',
    [
      "set statement_timeout = '300ms'",
      `select pg_sleep(case when ${guess} then 2 else 0 end) is null from app.customers where id = 1`,
      'reset statement_timeout',
    ],
  ],
  ['rows as many as its length', 'select 1 from app.customers, generate_series(1, length(ssn)) where id = 1'],
  ['a text as long as it', "select repeat('x', length(ssn)) from app.customers where id = 1"],
  ['a text padded to its length', "select lpad('', length(email), '.') from app.customers where id = 1"],
  ['EXISTS', `select exists (select from app.customers where ${guess})`],
  [
    'EXISTS in WHERE',
    `select id from app.counters n where exists (select from app.customers c where c.id = n.id and ssn like '${ssn.slice(0, 3)}%')`,
  ],
  ['IN', `select id from app.counters where id in (select id from app.customers where ssn < 'n') order by id`],
  ['NOT IN', `select id from app.counters where id not in (select id from app.customers where ssn < 'n') order by id`],
  ['a join', "select n.id from app.counters n join app.customers c on c.id = n.id and c.ssn < 'n' order by 1"],
  [
    'a left join',
    "select n.id, c.id from app.counters n left join app.customers c on c.id = n.id and c.ssn < 'n' order by 1",
  ],
  [
    'a join that pairs masked values',
    'select a.id, b.id from app.customers a join app.customers b on a.salary < b.salary order by 1, 2',
  ],
  [
    'a full join of lists of guesses',
    `select g.x, count(c.id) from (values ('${ssn.slice(0, 1)}'), ('?')) g (x) full join app.customers c on substr(c.ssn, 1, 1) = g.x group by 1 order by 1, 2`,
  ],
  ['a range join', 'select count(*) from app.customers a join app.customers b on a.ssn < b.ssn and a.id < b.id'],
  [
    'a join on a prefix',
    `select g.x from (values ('a'), ('b'), ('${ssn.slice(0, 2)}')) g (x) join app.customers c on starts_with(c.ssn, g.x) order by 1`,
  ],
  [
    'a join on LIKE',
    `select count(*) from app.customers c join (values ('${ssn.slice(0, 2)}%')) g (x) on c.ssn like g.x`,
  ],
  [
    'a lateral order',
    'select n.id, l.id from app.counters n, lateral (select c.id from app.customers c order by c.ssn limit 1 offset n.id) l order by 1',
  ],
  [
    'a semi-join through EXCEPT',
    `select id from app.customers except select id from app.customers where ssn < 'n' order by 1`,
  ],
  [
    'UNION of halves',
    `select 'low', id from app.customers where ssn < 'n' union all select 'high', id from app.customers where ssn >= 'n' order by 2`,
  ],
  [
    'INTERSECT with guesses',
    `select substr(ssn, 1, 2) is null from app.customers where substr(ssn, 1, 2) in (select '${ssn.slice(0, 2)}')`,
  ],
  [
    'a recursive search',
    `with recursive s (n) as (select 1 union all select n + 1 from s, app.customers where id = 1 and n < ascii(ssn)) select max(n) from s`,
  ],
  [
    'an array position',
    `select array_position(array['a', 'b', 'c', '${ssn[0]}', 'z'], substr(ssn, 1, 1)) from app.customers where id = 1`,
  ],
  ['an array index', `select (array[10, 20, 30, 40])[1 + length(ssn) % 4] from app.customers where id = 1`],
  ['a json path of it', `select '{"${ssn[0]}": 1}'::jsonb ? substr(ssn, 1, 1) from app.customers where id = 1`],
  [
    'WITH TIES',
    'select id from (select id, salary from app.customers order by salary fetch first 2 rows with ties) t order by id',
  ],
  [
    'a sample by its seed',
    `select count(*) from app.counters tablesample bernoulli (100) where (select ${guess} from app.customers where id = 1)`,
  ],
  [
    'a sequence moved',
    [`select nextval('app.ticket') is null from app.customers where ${guess}`, "select nextval('app.ticket')"],
  ],
  [
    'a setting made',
    [
      `select count(*) from app.customers where id = 1 and set_config('x.y', case when ${guess} then 'a' else 'b' end, false) = ''`,
      "select current_setting('x.y')",
    ],
  ],
  ['a notification', ['listen c', `select count(pg_notify('c', 'x')) from app.customers where ${guess}`]],
  [
    'an advisory lock',
    [
      `select count(pg_advisory_lock(4711)) from app.customers where ${guess}`,
      "select count(*) from pg_locks where locktype = 'advisory'",
    ],
  ],
]);
