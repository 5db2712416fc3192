import { attacks, leaked, ran } from './attack.ts';

const KEYS = 'create table app.keys as select 0 as id, null::text as value';
const G =
  'set search_path = app; ' +
  "create function app.g() returns text language sql volatile as 'select value from keys limit 1'";

/** Names that mean something harmless when they are judged, and a secret when they are used. */
export const lateNames = attacks('tables', 'R23', [
  [
    'a cursor whose code resolves late',
    ['begin', 'declare c cursor for select app.g()', 'set search_path = secret, app', 'fetch all from c', 'commit'],
    leaked,
    { setup: [KEYS, G] },
  ],
  [
    'a held cursor whose code resolves at COMMIT',
    [
      'begin',
      'declare c cursor with hold for select app.g()',
      'set search_path = secret, app',
      'commit',
      'fetch all from c',
    ],
    leaked,
    { setup: [KEYS, G], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a held cursor in one Query',
    ['declare c cursor with hold for select app.g(); set search_path = secret, app', 'fetch all from c'],
    leaked,
    { setup: [KEYS, G], modes: ['simple'] },
  ],
  [
    'a cursor a function opened',
    ['begin', 'select app.open_it()', 'set search_path = secret, app', 'fetch all from c', 'commit'],
    leaked,
    {
      setup: [
        KEYS,
        G,
        "create function app.open_it() returns refcursor language plpgsql as $$ declare c refcursor := 'c'; begin open c for select app.g(); return c; end $$",
      ],
    },
  ],
  [
    'a deferred trigger whose names resolve at COMMIT',
    ['begin', 'insert into app.orders values (99, 1)', 'set search_path = secret, app', 'commit'],
    leaked,
    {
      setup: [
        KEYS,
        "create function app.t() returns trigger language plpgsql as $$ begin raise notice '%', (select value from keys limit 1); return null; end $$",
        'create constraint trigger t after insert on app.orders deferrable initially deferred for each row execute function app.t()',
      ],
    },
  ],
  [
    'a function renamed to one that a cursor calls',
    [
      'begin',
      'declare c cursor for select app.outer_()',
      'alter function app.inner_() rename to was',
      'alter function app.danger() rename to inner_',
      'fetch all from c',
      'commit',
    ],
    leaked,
    {
      setup: [
        "create function app.inner_() returns text language sql as 'select null::text'",
        "create function app.danger() returns text language sql as 'select value from secret.keys limit 1'",
        "create function app.outer_() returns text language plpgsql as 'begin return app.inner_(); end'",
      ],
    },
  ],
  [
    'a view renamed to one that a cursor reads',
    [
      'begin',
      'declare c cursor for select app.outer_()',
      'alter view app.v rename to was',
      'alter view app.danger rename to v',
      'fetch all from c',
      'commit',
    ],
    leaked,
    {
      setup: [
        'create view app.v as select null::text as value',
        'create view app.danger as select value from secret.keys',
        "create function app.outer_() returns text language plpgsql as 'begin return (select value from app.v limit 1); end'",
      ],
    },
  ],
  [
    'a PREPARE in code that failed',
    [
      'prepare s as select value from keys',
      "do $$ begin execute 'prepare s as select 1'; exception when others then null; end $$",
      'set search_path = secret, app',
      'execute s',
    ],
    leaked,
    { setup: [KEYS], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a PREPARE in code that never ran',
    [
      'prepare s as select value from keys',
      'do $$ begin if false then prepare s as select 1; end if; end $$',
      'set search_path = secret, app',
      'execute s',
    ],
    leaked,
    { setup: [KEYS], modes: ['simple', 'extended', 'named'] },
  ],
  [
    'a schema renamed in the catalog',
    ["update pg_namespace set nspname = 'open' where nspname = 'secret'", 'table open.keys'],
    leaked,
  ],
  [
    'a function replaced in the catalog',
    [
      'select app.h()',
      "update pg_proc set prosrc = 'select value from secret.keys limit 1' where proname = 'h'; select app.h()",
    ],
    leaked,
    { setup: ["create function app.h() returns text language sql as 'select null::text'"], modes: ['simple'] },
  ],
  ['a toast table', 'select count(chunk_data) from pg_toast.pg_toast_4711000', ran(/chunk_data/), { setup: [] }],
  [
    'statistics of a denied table',
    'select most_common_vals::text, histogram_bounds::text from pg_stats',
    leaked,
    { setup: ['analyze secret.keys'] },
  ],
  [
    'statistics by pg_statistic',
    'select stavalues1::text from pg_statistic',
    leaked,
    { setup: ['analyze secret.keys'] },
  ],
  [
    'a long name cut inside a letter',
    ['select * from app.' + 'a'.repeat(62) + 'é'],
    leaked,
    { setup: ['create view app.' + 'a'.repeat(62) + ' as table secret.keys'] },
  ],
  [
    'a unicode-escaped é',
    ['select * from app.U&"k\\00E9ys"'],
    leaked,
    { setup: ['create view app."kéys" as table secret.keys'] },
  ],
]);
