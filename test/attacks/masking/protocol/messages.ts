import { frames } from '../../../postgres/frames.ts';
import { showing } from '../attack.ts';

const { parse, bind, describe, execute, close, sync, flush, query } = frames;

const all = (sql: string, options: Parameters<typeof bind>[0] = {}): Buffer[] => [
  parse(sql),
  bind(options),
  describe('P'),
  execute(),
  sync(),
];

/** Bind with a result format for each column. */
function bindFormats(formats: readonly number[]): Buffer {
  const body = Buffer.alloc(2 + 4 + 2 + 2 * formats.length);
  body.writeInt16BE(formats.length, 6);
  for (const [index, format] of formats.entries()) body.writeInt16BE(format, 8 + 2 * index);
  return frames.raw('B', body);
}

const binary = (sql: string): { frames: Buffer[] } => ({ frames: all(sql, { binary: true }) });

/** The value by other messages than a query's. */
export const messages = showing('protocol', [
  ['text in binary', binary('select email from app.customers')],
  ['a number in binary', binary('select salary from app.customers')],
  ['a big number in binary', binary('select salary::bigint from app.customers')],
  ['a day in binary', binary('select birth from app.customers')],
  ['bytes in binary', binary('select photo from app.customers')],
  ['a document in binary', binary('select secret from app.customers')],
  ['an array in binary', binary('select tags from app.customers')],
  ['a composite in binary', binary('select address from app.staff')],
  ['a whole row in binary', binary('select c from app.customers c')],
  ['a domain in binary', binary('select login from app.staff')],
  ['a range in binary', binary('select numrange(salary, null) from app.customers')],
  [
    'mixed formats',
    { frames: [parse('select id, ssn, salary from app.customers'), bindFormats([0, 1, 0]), execute(), sync()] },
  ],
  ['without Describe', { frames: [parse('select ssn from app.customers'), bind(), execute(), sync()] }],
  [
    'with Flush before Sync',
    { frames: [parse('select ssn from app.customers'), bind(), flush(), execute(), flush(), sync()] },
  ],
  [
    'a portal with a row limit',
    {
      frames: [parse('select ssn from app.customers'), bind(), execute('', 1), execute('', 1), execute('', 0), sync()],
    },
  ],
  [
    'a portal with a name',
    { frames: [parse('select ssn from app.customers'), bind({ portal: 'p' }), execute('p', 2), sync()] },
  ],
  [
    'a portal over several batches',
    {
      frames: [
        query('begin'),
        parse('select ssn from app.customers'),
        bind({ portal: 'p' }),
        sync(),
        execute('p', 1),
        sync(),
        execute('p', 0),
        sync(),
        query('rollback'),
      ],
      answers: 5,
    },
  ],
  [
    'two portals of one statement',
    {
      frames: [
        parse('select ssn from app.customers', 's'),
        bind({ statement: 's', portal: 'p' }),
        bind({ statement: 's', portal: 'q' }),
        execute('q', 1),
        execute('p', 1),
        sync(),
      ],
    },
  ],
  [
    'FETCH from a portal',
    {
      frames: [
        query('begin'),
        parse('select ssn from app.customers'),
        bind({ portal: 'p' }),
        sync(),
        query('fetch 2 from p'),
        query('rollback'),
      ],
      answers: 4,
    },
  ],
  [
    'Execute of a cursor',
    {
      frames: [
        query('begin'),
        query('declare k cursor for select ssn from app.customers'),
        parse('fetch all from k'),
        bind(),
        execute(),
        sync(),
        query('rollback'),
      ],
      answers: 4,
    },
  ],
  [
    'a statement bound again',
    {
      frames: [
        parse('select ssn from app.customers where id = $1', 's'),
        sync(),
        bind({ statement: 's', values: ['1'] }),
        execute(),
        bind({ statement: 's', values: ['2'] }),
        execute(),
        sync(),
      ],
      answers: 2,
    },
  ],
  [
    'a name parsed again after Close',
    {
      frames: [
        parse('select name from app.customers', 's'),
        sync(),
        close('S', 's'),
        parse('select ssn from app.customers', 's'),
        bind({ statement: 's' }),
        execute(),
        sync(),
      ],
      answers: 2,
    },
  ],
  [
    'the empty name parsed again',
    {
      frames: [
        parse('select name from app.customers'),
        parse('select ssn from app.customers'),
        bind(),
        execute(),
        sync(),
      ],
    },
  ],
  [
    'PREPARE executed by the protocol',
    {
      frames: [query('prepare p as select email from app.customers'), bind({ statement: 'p' }), execute(), sync()],
      answers: 2,
    },
  ],
  [
    'a statement of the protocol executed by SQL',
    { frames: [parse('select email from app.customers', 's'), sync(), query('execute s')], answers: 2 },
  ],
  [
    'DEALLOCATE and PREPARE under a described name',
    {
      frames: [
        parse('select name from app.customers', 's'),
        describe('S', 's'),
        sync(),
        query('deallocate s'),
        query('prepare s as select ssn from app.customers'),
        bind({ statement: 's' }),
        execute(),
        sync(),
      ],
      answers: 4,
    },
  ],
  ['several statements in one Query', { frames: [query('select 1; select ssn from app.customers; select 2')] }],
  [
    'several statements, the last of them clean',
    { frames: [query('select ssn as name from app.customers; select name from app.customers')] },
  ],
  [
    'a statement behind one that fails',
    { frames: [query('select 1'), query('select 1/0'), query('select ssn from app.customers')], answers: 3 },
  ],
  [
    'COPY in binary by the extended protocol',
    { frames: [parse('copy app.customers (ssn) to stdout (format binary)'), bind(), execute(), sync()] },
  ],
  [
    'a typed parameter',
    {
      frames: [
        parse('select ssn from app.customers where id = $1', '', [23]),
        bind({ values: ['1'] }),
        execute(),
        sync(),
      ],
    },
  ],
  [
    'the value as a parameter of itself',
    {
      frames: [
        parse('select coalesce($1, ssn) from app.customers', '', [25]),
        bind({ values: [null] }),
        execute(),
        sync(),
      ],
    },
  ],
  [
    'a cursor under the name of a portal that SQL closed',
    {
      frames: [
        query('begin'),
        parse('select name from app.customers'),
        bind({ portal: 'p' }),
        sync(),
        query('close p'),
        query("declare p cursor for select email || '' from app.customers"),
        query('fetch all from p'),
      ],
      answers: 5,
    },
  ],
  [
    'the same, executed by the protocol',
    {
      frames: [
        query('begin'),
        parse('select name from app.customers'),
        bind({ portal: 'p' }),
        sync(),
        query('close p'),
        query("declare p cursor for select email || '' from app.customers"),
        execute('p'),
        sync(),
      ],
      answers: 5,
    },
  ],
  [
    'the same in one pipeline',
    {
      frames: [
        query('begin'),
        parse('select name from app.customers'),
        bind({ portal: 'p' }),
        parse('close p'),
        bind(),
        execute(),
        parse("declare p cursor for select email || '' from app.customers"),
        bind(),
        execute(),
        execute('p'),
        sync(),
      ],
      answers: 2,
    },
  ],
]);
