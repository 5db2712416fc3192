import { frames } from '../../postgres/frames.ts';
import { type Attack, attacks, changed, gone, leaked, locked, type Step } from './attack.ts';

const dropped = gone('app.orders');
const drop = 'drop table app.orders';
const { parse, bind, execute, sync, flush, query, close, describe, copyData, copyDone } = frames;

function batch(...parts: readonly Buffer[]): Step {
  return { frames: [...parts, sync()] };
}

function run(text: string): Buffer[] {
  return [parse(text), bind(), execute()];
}

/** A statement prepared while `keys` meant a harmless table. */
const prepared: readonly Step[] = [
  'create table app.keys as select 0 as id, null::text as value',
  batch(parse('select * from keys', 's')),
];
const redirected: readonly Step[] = ['set search_path = secret', batch(bind({ statement: 's' }), execute())];

const confusions: readonly Attack[] = attacks('tables', 'R22', [
  [
    'a statement that outlived a Parse of the same name',
    [...prepared, batch(parse('select 1', 's')), ...redirected],
    leaked,
  ],
  [
    'a Close that the server skipped',
    [...prepared, batch(bind({ statement: 'nothing' }), close('S', 's'), parse('select 1', 's')), ...redirected],
    leaked,
  ],
  [
    'a Parse that the server skipped',
    [...prepared, batch(parse('select from from'), close('S', 's'), parse('select 1', 's')), ...redirected],
    leaked,
  ],
  [
    'a Close that failed with its batch',
    [...prepared, batch(...run('select 1/0'), close('S', 's')), ...redirected],
    leaked,
  ],
  [
    'a DEALLOCATE that was skipped',
    [...prepared, { frames: [query('select 1/0; deallocate s')] }, batch(parse('select 1', 's')), ...redirected],
    leaked,
  ],
  [
    'a DEALLOCATE ALL that was skipped',
    [...prepared, { frames: [query('select 1/0; deallocate all')] }, 'prepare s as select 1', ...redirected],
    leaked,
  ],
  [
    'a DISCARD ALL that failed',
    [...prepared, { frames: [query('begin; discard all')] }, 'rollback', 'prepare s as select 1', ...redirected],
    leaked,
  ],
  ['a PREPARE over a protocol statement', [...prepared, 'prepare s as select 1', ...redirected], leaked],
  ['SQL’s EXECUTE of a protocol statement', [...prepared, 'set search_path = secret', 'execute s'], leaked],
  [
    'the protocol’s Execute of an SQL statement',
    ['create table app.keys as select 0 as id, null::text as value', 'prepare s as select * from keys', ...redirected],
    leaked,
  ],
  [
    'a statement prepared in a transaction that was rolled back',
    [
      'create table app.keys as select 0 as id, null::text as value',
      'begin',
      batch(parse('select * from keys', 's')),
      'rollback',
      ...redirected,
    ],
    leaked,
  ],
  [
    'a rename and its use in one batch',
    [batch(...run('alter schema secret rename to open'), ...run('select * from open.keys'))],
    leaked,
  ],
  [
    'search_path and its use in one batch',
    [batch(...run('set search_path = secret'), ...run('select * from keys'))],
    leaked,
  ],
  [
    'set_config and its use in one batch',
    [batch(...run("select set_config('search_path', 'secret', false)"), ...run('select * from keys'))],
    leaked,
  ],
  [
    'a statement redirected in one batch',
    [...prepared, batch(...run('set search_path = secret'), bind({ statement: 's' }), execute())],
    leaked,
  ],
  [
    'a portal bound before and a portal bound after',
    [
      ...prepared,
      'begin',
      batch(bind({ statement: 's', portal: 'p' })),
      'set search_path = secret',
      batch(execute('p'), bind({ statement: 's', portal: 'q' }), execute('q')),
    ],
    leaked,
  ],
  [
    'a function replaced between Bind and Execute',
    [
      'begin',
      batch(parse('select app.f() from app.orders', 's'), bind({ statement: 's', portal: 'p' })),
      "create or replace function app.f() returns int language plpgsql as $$ begin update app.audit set what = 'x'; return 1; end $$",
      batch(execute('p')),
      'commit',
    ],
    changed('app.audit'),
    { setup: ['create function app.f() returns int language plpgsql as $$ begin return 1; end $$'] },
  ],
  [
    'a function replaced between the rows of a portal',
    [
      'begin',
      batch(parse('select app.f() from app.orders', 's'), bind({ statement: 's', portal: 'p' }), execute('p', 1)),
      "create or replace function app.f() returns int language plpgsql as $$ begin update app.audit set what = 'x'; return 1; end $$",
      batch(execute('p', 1)),
      'commit',
    ],
    changed('app.audit'),
    { setup: ['create function app.f() returns int language plpgsql as $$ begin return 1; end $$'] },
  ],
  [
    'a portal read by SQL',
    [
      'begin',
      batch(parse('select app.f() from app.orders', 's'), bind({ statement: 's', portal: 'p' })),
      "create or replace function app.f() returns int language plpgsql as $$ begin update app.audit set what = 'x'; return 1; end $$",
      'fetch all from p',
      'commit',
    ],
    changed('app.audit'),
    { setup: ['create function app.f() returns int language plpgsql as $$ begin return 1; end $$'] },
  ],
  [
    'a cursor read by the protocol',
    [
      'begin',
      'declare c cursor for select app.f() from app.orders',
      "create or replace function app.f() returns int language plpgsql as $$ begin update app.audit set what = 'x'; return 1; end $$",
      batch(execute('c')),
      'commit',
    ],
    changed('app.audit'),
    { setup: ['create function app.f() returns int language plpgsql as $$ begin return 1; end $$'] },
  ],
  [
    'a value shown while a statement is only bound',
    [batch(parse('select app.innocent(1)'), bind())],
    leaked,
    {
      setup: [
        "create function app.innocent(int) returns int language plpgsql immutable as $$ begin raise notice '%', (select value from secret.keys limit 1); return 1; end $$",
      ],
    },
  ],
  [
    'a parameter that is text of another statement',
    [batch(parse('select query_to_xml($1, true, false, $2)'), bind({ values: ['table secret.keys', ''] }), execute())],
    leaked,
  ],
  [
    'a binary parameter that is text of another statement',
    [
      batch(
        parse('select query_to_xml($1, true, false, $2)', '', [25, 25]),
        bind({ values: [Buffer.from('table secret.keys'), Buffer.from('')] }),
        execute(),
      ),
    ],
    leaked,
  ],
  ['two Query frames at once', [{ frames: [query('select 1'), query('table secret.keys')], answers: 2 }], leaked],
  [
    'a Query right behind a batch',
    [{ frames: [...run('select 1'), sync(), query('table secret.keys')], answers: 2 }],
    leaked,
  ],
  [
    'a search path and a Query at once',
    [{ frames: [query('set search_path = secret'), query('table keys')], answers: 2 }],
    leaked,
  ],
  [
    'a rename and a Query at once',
    [{ frames: [query('alter schema secret rename to open'), query('table open.keys')], answers: 2 }],
    leaked,
  ],
]);

const plain: readonly Attack[] = attacks('production', 'R21', [
  ['a batch', [batch(...run(drop))], dropped],
  ['a batch without Describe, by a name', [batch(parse(drop, 's'), bind({ statement: 's' }), execute())], dropped],
  [
    'a name used after its Parse was refused',
    [batch(parse(drop, 's')), batch(bind({ statement: 's' }), execute())],
    dropped,
  ],
  [
    'a name closed after its refusal and parsed again',
    [batch(parse(drop, 's')), batch(close('S', 's'), parse(drop, 's'), bind({ statement: 's' }), execute())],
    dropped,
  ],
  [
    'Bind and Execute behind a refused Parse, without Sync',
    [{ frames: [parse(drop, 's'), flush(), bind({ statement: 's' }), execute(), sync()] }],
    dropped,
  ],
  ['the second of a pipeline', [batch(...run('select 1'), ...run(drop))], dropped],
  ['the third of a pipeline, behind a COMMIT', [batch(...run('select 1'), ...run('commit'), ...run(drop))], dropped],
  [
    'the second of two pipelines at once',
    [{ frames: [...run('select 1'), sync(), ...run(drop), sync()], answers: 2 }],
    dropped,
  ],
  ['the unnamed statement parsed twice', [batch(parse('select 1'), parse(drop), bind(), execute())], dropped],
  [
    'a name closed and parsed again',
    [batch(parse('select 1', 's')), batch(close('S', 's'), parse(drop, 's'), bind({ statement: 's' }), execute())],
    dropped,
  ],
  [
    'a name deallocated and parsed again',
    [batch(parse('select 1', 's')), 'deallocate s', batch(parse(drop, 's'), bind({ statement: 's' }), execute())],
    dropped,
  ],
  [
    'a name deallocated in one batch and parsed again',
    [
      batch(parse('select 1', 's')),
      batch(...run('deallocate s'), parse(drop, 's'), bind({ statement: 's' }), execute()),
    ],
    dropped,
  ],
  [
    'a portal of a limited Execute',
    [batch(parse('delete from app.orders returning id'), bind(), execute('', 1))],
    changed('app.orders'),
  ],
  [
    'Describe of a statement and its Execute later',
    [
      batch(parse(drop, 's'), describe('S', 's')),
      batch(bind({ statement: 's', portal: 'p' }), describe('P', 'p'), execute('p')),
    ],
    dropped,
  ],
  [
    'a statement that failed, then a drop in the next batch',
    [batch(...run('select 1/0'), ...run(drop)), batch(...run(drop))],
    dropped,
  ],
  [
    'an insert whose batch also drops',
    [batch(...run('insert into app.orders (id, customer) values (777, 1)'), ...run('drop table app.audit'))],
    { sql: 'select exists (select from app.orders where id = 777)' },
  ],
  [
    'an insert in a Query that also drops',
    [{ frames: [query('insert into app.orders (id, customer) values (777, 1); drop table app.audit')] }],
    { sql: 'select exists (select from app.orders where id = 777)' },
  ],
  [
    'a COPY, its data and a drop at once',
    [{ frames: [query('copy app.audit from stdin'), copyData('9\tx\n'), copyDone(), query(drop)], answers: 2 }],
    dropped,
  ],
  [
    'a COPY that fails and a drop at once',
    [{ frames: [query('copy app.nothing from stdin'), copyData('9\tx\n'), copyDone(), query(drop)], answers: 2 }],
    dropped,
  ],
  [
    'a COPY with a drop stacked behind it',
    [{ frames: [query(`copy app.audit from stdin; ${drop}`), copyData('9\tx\n'), copyDone()] }],
    dropped,
  ],
  [
    'two COPYs in one Query with a drop between',
    [
      {
        frames: [
          query(`copy app.audit from stdin; ${drop}; copy app.audit from stdin`),
          copyData('9\tx\n'),
          copyDone(),
          copyData('8\tx\n'),
          copyDone(),
        ],
      },
    ],
    dropped,
  ],
  [
    'FunctionCall of lo_unlink',
    [{ frames: [frames.functionCall(964, ['4711'])] }],
    { sql: 'select not exists (select from pg_largeobject_metadata)' },
    { setup: ['select lo_create(4711)'] },
  ],
  [
    'FunctionCall of an advisory lock',
    [{ frames: [frames.functionCall(2880, ['42'])] }],
    locked("l.locktype = 'advisory'"),
  ],
  [
    'FunctionCall in a pipeline',
    [{ frames: [...run('select 1'), sync(), frames.functionCall(964, ['4711'])], answers: 2 }],
    { sql: 'select not exists (select from pg_largeobject_metadata)' },
    { setup: ['select lo_create(4711)'] },
  ],
  [
    'a drop in a Query behind a FunctionCall',
    [{ frames: [frames.functionCall(2880, ['42']), query(drop)], answers: 2 }],
    dropped,
  ],
  [
    'a drop over a logical replication connection',
    [{ frames: [query(drop)] }],
    dropped,
    { startup: { replication: 'database' } },
  ],
  [
    'a slot made over a replication connection',
    [{ frames: [query('CREATE_REPLICATION_SLOT hoard PHYSICAL RESERVE_WAL')] }],
    { sql: "select exists (select from pg_replication_slots where slot_name = 'hoard')" },
    { startup: { replication: 'true' } },
  ],
  [
    'a slot made over a logical replication connection',
    [{ frames: [query('CREATE_REPLICATION_SLOT hoard LOGICAL pgoutput')] }],
    { sql: "select exists (select from pg_replication_slots where slot_name = 'hoard')" },
    { startup: { replication: 'database' } },
  ],
  [
    'EXECUTE inside a batch of a PREPARE inside it',
    [batch(...run(`prepare s as delete from app.orders`), ...run('execute s'))],
    changed('app.orders'),
  ],
  [
    'a delete behind a deferred failure',
    [batch(...run('begin'), ...run('select 1/0')), batch(...run('rollback'), ...run('delete from app.orders'))],
    changed('app.orders'),
  ],
]);

/** Frames that no library would send in this order. */
export const protocolTricks: readonly Attack[] = [...confusions, ...plain];
