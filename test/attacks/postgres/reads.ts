import { errands, everyPolicy } from './errand.ts';

/** What applications ask. */
export const reads = errands(everyPolicy, [
  ['a constant', 'select 1'],
  ['nothing at all', ''],
  ['a comment alone', '-- ping'],
  ['a health check', "SELECT 'ok' AS status, now() IS NOT NULL AS alive"],
  ['a row by its key', 'select * from app.customers where id = 3'],
  ['a row by a parameter', { sql: 'select name, email from app.customers where id = $1', values: ['3'] }],
  [
    'rows by a list',
    { sql: 'select id from app.customers where id = any($1::int[]) order by id', values: ['{1,2,3}'] },
  ],
  ['a page', { sql: 'select id, name from app.customers order by id limit $1 offset $2', values: ['3', '2'] }],
  ['a page by key', 'select id from app.orders where (total, id) > (3, 2) order by total, id fetch first 5 rows only'],
  ['a search by the path', 'select name from customers order by id limit 2'],
  ['TABLE', 'table app.audit'],
  ['VALUES', "values (1, 'a'), (2, 'b')"],
  ['a join', 'select c.name, o.total from app.customers c join app.orders o on o.customer = c.id order by o.id'],
  [
    'an outer join',
    'select c.id, count(o.id) from app.customers c left join app.orders o on o.customer = c.id and o.total > 25 group by c.id order by 1',
  ],
  ['a full join', 'select a.id, b.id from app.customers a full join app.audit b using (id) order by 1, 2'],
  ['a natural join', 'select id, what from app.customers natural join app.audit order by id'],
  ['a cross join', 'select count(*) from app.customers cross join app.audit'],
  ['a self join', 'select a.id, b.id from app.customers a, app.customers b where b.id = a.id + 1 order by 1'],
  [
    'a lateral join',
    'select c.id, o.id from app.customers c cross join lateral (select id from app.orders o where o.customer = c.id order by total desc limit 1) o order by 1',
  ],
  ['a CTE', 'with big as (select * from app.orders where total > 20) select count(*) from big'],
  ['a CTE named like a table elsewhere', 'with keys as (select 1 as id) select id from keys'],
  [
    'a materialized CTE',
    'with o as materialized (select * from app.orders), p as not materialized (select * from o) select max(total) from p',
  ],
  [
    'a recursive CTE',
    'with recursive t(n) as (values (1) union all select n + 1 from t where n < 10) select sum(n) from t',
  ],
  [
    'a recursive CTE with SEARCH and CYCLE',
    'with recursive t(n, m) as (select 1, 2 union all select n + 1, m from t where n < 4) search depth first by n set o cycle n set c using p select n from t order by n',
  ],
  [
    'a window',
    'select id, row_number() over (partition by customer order by total desc), sum(total) over w from app.orders window w as (partition by customer) order by id',
  ],
  [
    'a window frame',
    'select id, avg(total) over (order by id rows between 2 preceding and current row) from app.orders order by id',
  ],
  [
    'lag, lead, rank, ntile',
    'select id, lag(total) over w, lead(total, 2, 0) over w, rank() over w, ntile(3) over w, first_value(id) over w from app.orders window w as (order by total) order by id',
  ],
  [
    'grouping sets',
    'select customer, note is null, count(*) from app.orders group by grouping sets ((customer), (), (note is null)) order by 1, 2, 3',
  ],
  [
    'rollup and cube',
    'select customer, count(*), grouping(customer) from app.orders group by rollup (customer) order by 1, 2',
  ],
  ['HAVING', 'select customer, sum(total) from app.orders group by customer having sum(total) > 30 order by 1'],
  ['FILTER', 'select count(*) filter (where total > 10), count(*) filter (where total <= 10) from app.orders'],
  [
    'ordered-set aggregates',
    'select percentile_cont(0.5) within group (order by total), mode() within group (order by customer) from app.orders',
  ],
  [
    'string_agg and array_agg',
    "select string_agg(name, ', ' order by id), array_agg(id order by id desc) from app.customers",
  ],
  [
    'statistics',
    'select corr(total, id), stddev(total), variance(total), regr_slope(total, id), bool_and(total > 0), every(id > 0) from app.orders',
  ],
  ['DISTINCT ON', 'select distinct on (customer) customer, id from app.orders order by customer, id desc'],
  [
    'UNION, INTERSECT, EXCEPT',
    '(select id from app.customers union select id from app.orders) intersect select id from app.audit except select 2 order by 1',
  ],
  [
    'EXISTS',
    'select id from app.customers c where exists (select from app.orders o where o.customer = c.id and total > 25) order by 1',
  ],
  ['NOT IN', 'select id from app.customers where id not in (select id from app.audit) order by id'],
  [
    'ANY and ALL',
    'select id from app.customers where id > all (select id from app.audit) and balance >= any (array[50, 60]) order by 1',
  ],
  [
    'scalar sub-select',
    'select id, (select count(*) from app.orders o where o.customer = c.id) from app.customers c order by id',
  ],
  [
    'CASE',
    "select id, case when balance > 50 then 'rich' when balance is null then 'none' else 'poor' end from app.customers order by id",
  ],
  [
    'COALESCE, NULLIF, GREATEST, LEAST',
    'select coalesce(email, name), nullif(id, 1), greatest(id, 5), least(id, 5, null) from app.customers order by id',
  ],
  [
    'BETWEEN, IS DISTINCT FROM, OVERLAPS',
    "select 5 between symmetric 9 and 1, null is distinct from 1, (date '2020-01-01', date '2020-02-01') overlaps (date '2020-01-15', interval '1 day')",
  ],
  [
    'LIKE, ILIKE, SIMILAR, regular expressions',
    "select name like 'c%', name ilike 'C%', name similar to '(c|d)%', name ~ '^c', name !~* 'X' from app.customers order by id",
  ],
  [
    'regular expression functions',
    "select regexp_replace(name, '\\d+', '#', 'g'), regexp_matches(name, '(\\w+) (\\d+)'), regexp_split_to_array(email, '@'), substring(name from '[0-9]+') from app.customers order by id",
  ],
  [
    'strings',
    "select lower(name), upper(name), initcap(name), length(name), left(name, 3), right(name, 3), lpad(id::text, 5, '0'), trim(both 'c' from name), position('s' in name), replace(name, 'c', 'k'), reverse(name), split_part(email, '@', 2), md5(name), concat_ws('-', id, name), format('%s <%I>', name, email), overlay(name placing 'X' from 1 for 1), translate(name, 'abc', 'xyz'), repeat('a', 3), quote_literal(name), quote_ident(name), ascii(name), chr(65), starts_with(name, 'c') from app.customers order by id",
  ],
  [
    'string literals of every kind',
    "select 'it''s', E'tab\\there', U&'d\\0061t\\+000061', $$dollar 'quoted'$$, $tag$ $$ $tag$, B'1010', X'1F', N'national', 'two' \n ' parts'",
  ],
  ['a semicolon in a string', "select ';drop table app.orders;--', $$;drop table app.orders;$$"],
  ['an escaped quote that is no end', "select E'\\'; drop table app.orders; --'"],
  ['words of danger as names', 'select 1 as "drop", 2 as "delete", 3 as truncate'],
  ['words of danger in comments', 'select 1 /* drop table app.orders; */ -- delete from app.orders'],
  [
    'numbers',
    'select abs(-1), round(2.567, 2), ceil(1.2), floor(1.8), mod(7, 3), power(2, 10), sqrt(16), exp(0), ln(1), log(100), sign(-3), trunc(2.9), div(7, 2), gcd(12, 18), lcm(4, 6), width_bucket(5, 0, 10, 5), 1e3, 0.1 + 0.2, 7 / 2, 7 % 3, 2 ^ 3, |/ 25, @ -5, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4',
  ],
  [
    'dates',
    "select date '2024-02-29' + 1, timestamp '2024-01-01 10:00' - interval '1 hour', date_trunc('month', timestamp '2024-05-17'), extract(epoch from timestamptz '2024-01-01 00:00+00'), date_part('dow', date '2024-01-01'), age(date '2024-01-01', date '2023-01-01'), to_char(timestamp '2024-01-01', 'YYYY-MM-DD'), to_date('2024', 'YYYY'), to_timestamp(0), make_date(2024, 1, 1), timestamptz '2024-01-01 00:00+00' at time zone 'Europe/Paris', justify_days(interval '40 days'), date_bin('15 min', timestamp '2024-01-01 00:17', timestamp '2024-01-01')",
  ],
  [
    'the time',
    'select current_date is not null, current_timestamp is not null, localtime is not null, now() <= clock_timestamp(), statement_timestamp() is not null, transaction_timestamp() = now()',
  ],
  [
    'JSON operators',
    `select data->'n', data->>'n', data#>'{n}', data#>>'{n}', data @> '{"n": 1}', data ? 'n', data ?| array['n'], data || '{"m": 2}', data - 'n', data['n'] from app.customers order by id`,
  ],
  [
    'JSON functions',
    `select jsonb_build_object('id', id, 'n', name), to_jsonb(balance), jsonb_typeof(data), jsonb_set(data, '{n}', '5'), jsonb_pretty(data), jsonb_path_query_array(data, '$.n'), jsonb_path_exists(data, '$.n ? (@ == 1)'), json_build_array(1, 'a'), row_to_json(c) from app.customers c order by id`,
  ],
  [
    'JSON aggregation',
    `select jsonb_agg(jsonb_build_object('id', id) order by id), jsonb_object_agg(id, name) from app.customers`,
  ],
  [
    'JSON as rows',
    `select * from jsonb_to_recordset('[{"a":1,"b":"x"},{"a":2}]') as t(a int, b text), jsonb_array_elements('[1,2]'), jsonb_each_text('{"k":"v"}')`,
  ],
  ['JSON_TABLE', `select * from json_table('[{"a":1}]', '$[*]' columns (a int path '$.a'))`, { since: 17 }],
  ['IS JSON and constructors', `select '{}' is json object, json_object('a': 1), json_array(1, 2)`, { since: 16 }],
  [
    'a whole row as JSON, nested',
    `select row_to_json(t) from (select c.id, (select json_agg(o) from (select id, total from app.orders where customer = c.id order by id) o) as orders from app.customers c order by id) t`,
  ],
  [
    'arrays',
    "select array[1,2,3] || 4, array_length(array[[1,2],[3,4]], 1), unnest(array['a','b']), array_position(array[1,2], 2), array_remove(array[1,2,1], 1), array_to_string(array[1,null,3], ',', '-'), string_to_array('a,b', ','), cardinality(array[1]), array[1,2] && array[2,3], array[1,2] @> array[1], (array[1,2,3])[2:3], 1 = any(array[1,2])",
  ],
  ['unnest WITH ORDINALITY', "select * from unnest(array['a','b'], array[1,2]) with ordinality as t(l, n, i)"],
  [
    'generate_series',
    "select n, d::date from generate_series(1, 3) n, generate_series(timestamp '2024-01-01', '2024-01-03', '1 day') d order by 1, 2",
  ],
  ['ROWS FROM', 'select * from rows from (generate_series(1, 2), generate_series(5, 7)) as t(a, b)'],
  [
    'ranges',
    "select int4range(1, 5) @> 3, '[2024-01-01,2024-02-01)'::daterange * '[2024-01-15,2024-03-01)'::daterange, upper(int8range(1, 9)), isempty('empty'::numrange), range_merge(int4range(1, 2), int4range(5, 6))",
  ],
  ['composites', "select (row(1, 'a')).f1, (c).name from app.customers c order by id limit 1"],
  [
    'full text',
    "select to_tsvector('english', 'quick brown foxes') @@ to_tsquery('english', 'fox & quick'), ts_rank(to_tsvector('a b'), plainto_tsquery('a')), ts_headline('english', 'the quick fox', websearch_to_tsquery('english', 'fox')), phraseto_tsquery('a b'), 'a:1A b:2'::tsvector, setweight(to_tsvector('x'), 'A'), strip(to_tsvector('x'))",
  ],
  [
    'network types',
    "select inet '10.0.0.1/24' << cidr '10.0.0.0/8', host(inet '10.0.0.1'), network(inet '10.0.0.1/24'), macaddr '08:00:2b:01:02:03'",
  ],
  [
    'geometry',
    "select point(1, 2) <-> point(4, 6), box '((0,0),(2,2))' && box '((1,1),(3,3))', area(circle '<(0,0),1>'), polygon '((0,0),(1,1),(1,0))'",
  ],
  [
    'bytea and encodings',
    "select encode('abc'::bytea, 'hex'), decode('616263', 'hex'), sha256('abc'), convert_from('abc'::bytea, 'UTF8'), get_byte('abc'::bytea, 0), octet_length('é')",
  ],
  ['UUIDs', "select 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, gen_random_uuid() is not null"],
  [
    'casts',
    "select '1'::int, cast('2' as bigint), int '3', '4'::numeric(5,2)::text, 't'::boolean, '{1,2}'::int[], 5::bit(8), 'now'::text, 1::regclass is null, 'app.customers'::regclass::text",
  ],
  [
    'XML',
    `select xmlelement(name a, xmlattributes(1 as b), 'c'), xmlforest(1 as x), xpath('/a/text()', '<a>b</a>'), xmlagg(xmlelement(name n, id) order by id) from app.audit`,
  ],
  [
    'XMLTABLE',
    `select * from xmltable('/r/i' passing xmlparse(document '<r><i n="1">a</i></r>') columns n int path '@n', v text path '.')`,
  ],
  ['TABLESAMPLE', 'select count(*) >= 0 from app.orders tablesample system (50) repeatable (1)'],
  ['random', 'select random() between 0 and 1'],
  ['a big result', "select n, repeat('x', 100) from generate_series(1, 2000) n"],
  ['an empty result', 'select * from app.customers where false'],
  ['no columns', 'select from app.customers'],
  ['a hundred columns', `select ${Array.from({ length: 100 }, (_, n) => `${n} as c${n}`).join(', ')}`],
  ['NULLs', 'select null, null::int, null::text'],
  [
    'odd column names',
    'select 1 as "?column?", 2 as "a b", 3 as "__proto__", 4 as "constructor", 5 as "é", 6 as "a""b"',
    { modes: ['extended'] },
  ],
  ['wide characters', "select 'héllo wörld ☃ 𝄞', length('𝄞')"],
  [
    'parameters of many types',
    {
      sql: 'select $1::int, $2::text, $3::boolean, $4::date, $5::jsonb, $6::numeric, $7::uuid',
      values: [
        '1',
        "it's; drop table app.orders",
        't',
        '2024-01-01',
        '{"a": 1}',
        '1.5',
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      ],
    },
  ],
  ['NULL as a parameter', { sql: 'select $1::text is null, coalesce($1, $2)', values: [null, 'x'] }],
  ['a parameter without a type', { sql: 'select $1 || $2', values: ['a', 'b'] }],
  ['collation', `select name from app.customers order by name collate "C" desc nulls last limit 3`],
  ['EXPLAIN', 'explain (costs off) select * from app.orders where total > 10'],
  ['EXPLAIN as JSON', 'explain (costs off, format json, verbose) select name from app.customers where id = 1'],
  ['an error of syntax', 'selec 1'],
  ['an error of a name', 'select nothing from app.customers'],
  ['an error while it runs', 'select 1 / (id - 5) from app.customers order by id'],
  ['an error of a type', "select 'x'::int"],
  ['an error of a missing table in scope', 'select * from app.no_such_table'],
  ['several statements', 'select 1; select 2; select 3', { modes: ['simple'] }],
  ['several with an error', 'select 1; select 1/0; select 3', { modes: ['simple'] }],
  ['a trailing semicolon and blanks', '  select 1 ;  \n ;; '],
  ['COPY TO STDOUT', 'copy app.customers to stdout', { modes: ['simple', 'extended'] }],
  [
    'COPY of a query as CSV',
    "copy (select id, name from app.customers order by id) to stdout with (format csv, header, delimiter ';')",
    { modes: ['simple', 'extended'] },
  ],
  [
    'COPY in binary',
    'copy (select id from app.customers order by id) to stdout (format binary)',
    { modes: ['simple'] },
  ],
  [
    'SHOW',
    [
      'show server_version',
      'show search_path',
      'show transaction isolation level',
      'show time zone',
      'show max_connections',
    ],
    { modes: ['simple', 'extended'] },
  ],
  [
    'who and where',
    'select current_user, session_user, current_database(), current_schema, current_schemas(true), pg_backend_pid() > 0, version()',
  ],
  [
    'settings',
    "select current_setting('server_version_num'), current_setting('no.such', true), name from pg_settings where name = 'work_mem'",
  ],
  ['sizes', "select pg_size_pretty(pg_table_size('app.customers')), pg_column_size(1), pg_typeof(1)"],
  [
    'an UPSERT that only reads',
    'with i as (select 1 as id) select * from i where not exists (select from app.customers c where c.id = i.id)',
  ],
]);
