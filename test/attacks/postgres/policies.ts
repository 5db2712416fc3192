/** The policies that attacks are made against, as they stand in a configuration file. */
export const policies = {
  /** Nothing may be changed. */
  'read-only': { default: 'allow', access: 'read-only' },
  /** The same by rules alone: the server is not told to refuse writes. */
  'select-only': { default: 'deny', allow: [{ action: ['select', 'copy-out'] }] },
  /** Names outside the schema `app` are out of reach. */
  scoped: { default: 'allow', scope: { schemas: ['app'] } },
  /** One table may not be touched, another not be written to. */
  tables: {
    default: 'allow',
    deny: [{ relation: ['secret.keys'] }, { action: ['write', 'ddl'], relation: ['app.audit'] }],
  },
  /** No schema changes, and no change of a whole table. */
  production: {
    default: 'allow',
    deny: [
      { action: ['drop', 'truncate', 'alter', 'grant', 'revoke', 'role', 'set-role', 'copy-program'] },
      { action: ['delete', 'update'], where: 'absent' },
    ],
  },
  /** The server itself is out of reach. */
  admin: { default: 'allow', deny: [{ action: ['admin', 'opaque', 'lock', 'listen', 'notify'] }] },
} as const;

export type PolicyName = keyof typeof policies;

/** Runs before the attacks: what every database of the tests holds. */
export const schema: readonly string[] = [
  'create schema app',
  'create schema secret',
  'create schema baseline',
  `create table app.customers (
    id int primary key, name text not null, email text, balance numeric not null default 0, data jsonb default '{}')`,
  `insert into app.customers select n, 'customer ' || n, 'c' || n || '@example.com', n * 10, '{"n": 1}'
    from generate_series(1, 10) n`,
  `create table app.orders (
    id int primary key, customer int references app.customers on delete cascade on update cascade,
    total numeric not null default 0, note text)`,
  "insert into app.orders select n, n % 10 + 1, n, 'note ' || n from generate_series(1, 30) n",
  'create table app.audit (id int primary key, what text)',
  "insert into app.audit values (1, 'first'), (2, 'second')",
  'create sequence app.counter',
  'create table secret.keys (id int primary key, value text)',
  "insert into secret.keys values (1, 'CANARY-9f31c6'), (2, 'CANARY-9f31c6')",
  'create table baseline.app_customers as table app.customers',
  'create table baseline.app_orders as table app.orders',
  'create table baseline.app_audit as table app.audit',
  'create table baseline.secret_keys as table secret.keys',
  `create function app.purge() returns int language plpgsql volatile as
    $$ begin delete from app.orders; return 1; end $$`,
];

/** Roles of the whole cluster, made once. The search path is the role's: databases are made anew. */
export const roles: readonly string[] = ['create role low', 'alter role guarded set search_path = app, public'];
