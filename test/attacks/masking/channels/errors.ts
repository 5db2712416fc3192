import { showing, telling } from '../attack.ts';

const of = (expression: string): string => `select ${expression} from app.customers where id = 1`;

/** The server's own words hold the value. */
export const errorTexts = showing('error texts', [
  ['a cast to a number', of('ssn::int')],
  ['a cast in a condition', 'select count(*) from app.customers where ssn::int = 1'],
  ['a cast in a join', 'select count(*) from app.customers c join app.counters n on n.id = c.ssn::int'],
  ['a cast in ORDER BY', 'select id from app.customers order by ssn::int'],
  ['a cast in LIMIT', 'select 1 limit (select ssn::int from app.customers where id = 1)'],
  ['a cast to a date', of('email::date')],
  ['a cast to a boolean', of('ssn::boolean')],
  ['a cast to a uuid', of('ssn::uuid')],
  ['a cast to an address', of('ssn::inet')],
  ['a cast to json', of('ssn::json')],
  ['a cast to xml', of("('<' || ssn)::xml")],
  ['a cast to an enum', of('ssn::app.status')],
  ['a cast to a class', of('ssn::regclass')],
  ['a cast to a type', of('ssn::regtype')],
  ['a cast to a function', of('ssn::regproc')],
  ['a cast to a role', of('ssn::regrole')],
  ['a cast to an interval', of('ssn::interval')],
  ['a cast to an array', of('ssn::int[]')],
  ['a cast to a point', of('ssn::point')],
  ['a cast of the number out of range', of('salary::text::int')],
  ['a pattern of dates', of('to_char(now(), ssn)')],
  ['a time zone', of('now() at time zone ssn')],
  ['a setting', of('current_setting(ssn)')],
  ['a part of a date', of('extract(epoch from now()) + date_part(ssn, now())')],
  ['an encoding', of("convert_to('x', ssn)")],
  ['encode', of("encode('x', ssn)")],
  ['a key of a sequence', of('nextval(ssn::regclass)')],
  ['a currval', of('currval(ssn)')],
  ['a text search query', of("to_tsquery('simple', notes)")],
  ['a text search configuration', of("to_tsvector(ssn::regconfig, 'x')")],
  ['a subscript of a document', of("jsonb_set('[]', array[ssn], '1')")],
  ['set_config', of("set_config('work_mem', ssn, false)")],
  ['set_config by name', of("set_config(ssn, 'x', false)")],
  ['a relation size', of('pg_relation_size(ssn)')],
  ['to_regclass of a broken name', of(`to_regclass('a.b.c.' || ssn)`)],
  ['a file that is not there', of('pg_read_file(ssn)')],
  ['a file', of('pg_stat_file(ssn)')],
  ['a directory', of('pg_ls_dir(ssn)')],
  ['a role', of("pg_has_role(ssn, 'usage')")],
  ['a privilege', of("has_table_privilege('app.customers', ssn)")],
  ['a sequence by name', of('pg_get_serial_sequence(ssn, ssn)')],
  ['an unknown time zone in a cast', of("('2020-01-01 00:00 ' || ssn)::timestamptz")],
  ['a domain', 'select ssn::app.short from app.customers where id = 1', { setup: ['create domain app.short as int'] }],
  [
    'a unique violation',
    [
      'create unique index on app.audit (what)',
      'insert into app.audit (what) select ssn from app.customers where id in (3, 4)',
    ],
  ],
  ['a unique index that cannot be', 'create unique index on app.customers (ssn)'],
  [
    'a check violation',
    [
      'alter table app.customers add constraint x check (score < 1000)',
      'update app.customers set score = 5000 where id = 1',
    ],
  ],
  ['a check violation that shows the row', 'update app.staff set login = login, name = null where id = 1'],
  ['a null where none may be', 'update app.customers set city = null where id = 2'],
  [
    'a foreign key violation',
    [
      'create table app.guesses (x text primary key)',
      'alter table app.contacts add foreign key (email) references app.guesses',
    ],
  ],
  ['an exclusion violation', 'alter table app.customers add constraint x exclude using btree (ssn with =)'],
  [
    'a partition that is not there',
    [
      'create table app.list (x text) partition by list (x)',
      'insert into app.list select ssn from app.customers where id = 1',
    ],
  ],
  [
    'a view with a check',
    [
      "create view app.v as select * from app.customers where city = 'Rome' with check option",
      "update app.v set city = 'Oslo'",
    ],
  ],
  ['a record that does not fit', of('(ssn)::app.address')],
  [
    'a COPY that does not fit',
    [
      "copy (select ssn from app.customers where ssn is not null) to '{dir}/data/stolen'",
      "copy app.counters from '{dir}/data/stolen'",
    ],
  ],
  [
    'the place of a COPY',
    [
      "copy (select ssn from app.customers where ssn is not null) to '{dir}/data/stolen'",
      "copy app.counters (n) from '{dir}/data/stolen'",
    ],
  ],
  ['xmlparse', of('xmlparse(document ssn)')],
]);

/** Only a part of the value stands in them, or none but that it failed. */
export const errorParts = telling('error texts', [
  ['to_timestamp', of("to_timestamp(ssn, 'YYYY')")],
  ['to_date', of("to_date(notes, 'MM')")],
  ['a cast to bits', of('ssn::bit(8)')],
  ['bits of a character', of("('x' || substr(ssn, 2, 1))::bit(4)")],
  ['hexadecimal', of("decode(ssn, 'hex')")],
  ['base64', of("decode(ssn, 'base64')")],
  ['a position of a constraint', 'select set_byte(photo, length(ssn), 1) from app.customers where id = 1'],
  ['a character beyond the end', of('chr(length(ssn) - 16)')],
  ['a number of bits', of("get_bit('ab'::bytea, length(ssn))")],
  ['a month', of('make_date(2020, length(ssn) - 8, 1)')],
  ['an hour', of('make_time(length(ssn) + 5, 0, 0)')],
  ['a scale', of('round(1e0, 0) / (length(ssn) - 16)')],
  ['a logarithm', of('ln(17 - length(ssn))')],
  ['a square root', of('sqrt(18 - length(ssn))')],
  ['an array bound', of('array_fill(1, array[17 - length(ssn)])')],
  ['a bucket', of('width_bucket(1, 1, 2, 18 - length(ssn))')],
  ['a step of a series', 'select generate_series(1, 2, length(ssn) - 16) from app.customers where id = 1'],
  ['a length of a repetition', of("length(repeat('xxxxxxxxxx', (length(ssn) - 15) * 30000000))")],
]);
