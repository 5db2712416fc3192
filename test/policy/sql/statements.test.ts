import { describe, expect, test } from 'vitest';
import { linesOf } from './database.ts';

/** What every statement does, on a database of `app.users`, `app.orders` and `audit.users`. */
type Cases = readonly (readonly [string, readonly string[]])[];

const ALL = '(id,name,email,ssn)';

describe('reading names its tables and columns', () => {
  const cases: Cases = [
    ['SELECT 1', []],
    ['SELECT * FROM users', [`select table app.users${ALL}`]],
    ['TABLE users', [`select table app.users${ALL}`]],
    ['SELECT count(*) FROM audit.users', ['select table audit.users()']],
    ['SELECT ssn FROM orders, users', ['select table app.orders()', 'select table app.users(ssn)']],
    ['SELECT u FROM users u', [`select table app.users${ALL}`]],
    [
      'SELECT id FROM users NATURAL JOIN orders',
      [`select table app.users${ALL}`, 'select table app.orders(id,user_id,total)'],
    ],
    ['SELECT a FROM users AS t(a, b)', [`select table app.users${ALL}`]],
    ['SELECT x.ssn FROM (SELECT * FROM users) x', [`select table app.users${ALL}`]],
    ['SELECT U&"\\0075sers".id FROM U&"\\0075sers"', ['select table app.users(id)']],
    ['/* */ SELECT 1 -- DELETE FROM users', []],
    ['SELECT $$DELETE FROM users$$', []],
    [
      'WITH RECURSIVE t AS (SELECT id FROM users UNION ALL SELECT id FROM t) SELECT * FROM t',
      ['select table app.users(id)'],
    ],
    ['SELECT * FROM unknown', ['select table app.unknown(*)', 'select table public.unknown(*)']],
    ['SELECT * FROM pg_class', ['select table pg_catalog.pg_class(*)']],
    ['SELECT * FROM information_schema.tables', ['select table information_schema.tables(*)']],
    ['SHOW search_path', ['select setting ?.search_path']],
  ];
  test.each(cases)('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('changes of data are seen wherever they stand', () => {
  const cases: Cases = [
    ['INSERT INTO users DEFAULT VALUES', [`insert table app.users${ALL}`]],
    ['INSERT INTO users (id) SELECT id FROM orders', ['select table app.orders(id)', 'insert table app.users(id)']],
    [
      'INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING ssn',
      ['update table app.users(name) where=present', 'select table app.users(id,ssn)', 'insert table app.users(id)'],
    ],
    ["UPDATE users SET name = 'x'", ['update table app.users(name) where=absent']],
    [
      'UPDATE users SET (name, email) = (SELECT id, total FROM orders LIMIT 1) WHERE id = 1',
      [
        'select table app.orders(id,total)',
        'select table app.users(id)',
        'update table app.users(name,email) where=present',
      ],
    ],
    ['DELETE FROM users', [`delete table app.users${ALL} where=absent`]],
    ['/* SELECT */ DELETE FROM users', [`delete table app.users${ALL} where=absent`]],
    [
      'WITH x AS (DELETE FROM users WHERE id = 1 RETURNING *) SELECT * FROM x',
      [`select table app.users${ALL}`, `delete table app.users${ALL} where=present`],
    ],
    ['WITH users AS (SELECT 1) DELETE FROM users', [`delete table app.users${ALL} where=absent`]],
    ['EXPLAIN ANALYZE DELETE FROM users', [`delete table app.users${ALL} where=absent`]],
    ['EXPLAIN (ANALYZE off, ANALYZE) DELETE FROM users', [`delete table app.users${ALL} where=absent`]],
    ['EXPLAIN (ANALYZE off) DELETE FROM users', [`select table app.users${ALL} < EXPLAIN`]],
    ['EXPLAIN DELETE FROM users', [`select table app.users${ALL} < EXPLAIN`]],
    ['DECLARE c CURSOR FOR SELECT id FROM users', ['select table app.users(id)']],
    [
      'MERGE INTO users t USING orders o ON t.id = o.user_id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (o.id)',
      [
        'select table app.users(id)',
        'select table app.orders(user_id,id)',
        `merge table app.users${ALL}`,
        `delete table app.users${ALL} where=present`,
        'insert table app.users(id)',
      ],
    ],
    ['TRUNCATE users', [`truncate table app.users${ALL}`]],
    ['TRUNCATE users CASCADE', [`truncate table app.users${ALL}`, 'truncate table ?.?(*) uncertain < cascade']],
    ['COMMIT; DROP TABLE audit.users', ['drop table audit.users(*)']],
  ];
  test.each(cases)('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('copying names the way out', () => {
  const cases: Cases = [
    ['COPY users TO STDOUT', [`copy-out table app.users${ALL}`, `select table app.users${ALL}`]],
    ['COPY (SELECT email FROM users) TO STDOUT', ['select table app.users(email)', 'copy-out table app.users(email)']],
    [
      'COPY (DELETE FROM users RETURNING id) TO STDOUT',
      ['select table app.users(id)', `delete table app.users${ALL} where=absent`, 'copy-out table app.users(id)'],
    ],
    ['COPY (SELECT 1) TO STDOUT', ['copy-out system ?.?']],
    ['COPY users (id) FROM STDIN', ['copy-in table app.users(id)', 'insert table app.users(id)']],
    ["COPY users TO '/tmp/x'", ['copy-file system ?./tmp/x', `select table app.users${ALL}`]],
    ["COPY users FROM '/tmp/x'", ['copy-file system ?./tmp/x', `insert table app.users${ALL}`]],
    ["COPY users FROM PROGRAM 'id'", ['copy-program system ?.id', `insert table app.users${ALL}`]],
    ["COPY (SELECT 1) TO PROGRAM 'sh'", ['copy-program system ?.sh']],
  ];
  test.each(cases)('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('locks are seen', () => {
  const cases: Cases = [
    ['SELECT id FROM users FOR UPDATE', ['lock table app.users', 'select table app.users(id)']],
    ['SELECT id FROM (SELECT id FROM users) x FOR SHARE', ['select table app.users(id)', 'lock table app.users']],
    ['LOCK TABLE users', ['lock table app.users']],
    ['LOCK TABLE users IN ACCESS SHARE MODE', ['select table app.users()']],
    ['SELECT pg_advisory_lock(1)', ['lock system ?.pg_advisory_lock < function pg_catalog.pg_advisory_lock']],
    ['SELECT pg_sleep(1)', ['lock system ?.pg_sleep < function pg_catalog.pg_sleep']],
  ];
  test.each(cases)('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('definitions are seen, with what they rest on', () => {
  const cases: Cases = [
    ['SELECT * INTO t FROM users', [`select table app.users${ALL}`, 'create table app.t(*)']],
    ['CREATE TABLE t AS SELECT id FROM users', ['create table app.t(*)', 'select table app.users(id)']],
    ['CREATE TEMP TABLE t (id int)', ['create table pg_temp.t(*)']],
    [
      'CREATE TABLE t (u int REFERENCES users, c int CHECK (pg_sleep(1) IS NULL))',
      [
        'create table app.t(*)',
        `select table app.users${ALL}`,
        'lock system ?.pg_sleep < function pg_catalog.pg_sleep',
      ],
    ],
    ['CREATE VIEW v AS SELECT ssn FROM users', ['create view app.v(*)', 'select table app.users(ssn) < view app.v']],
    [
      'CREATE RULE r AS ON INSERT TO users DO ALSO DELETE FROM orders',
      [
        'create rule app.r',
        `alter table app.users${ALL}`,
        'delete table app.orders(id,user_id,total) where=absent < rule r',
      ],
    ],
    [
      'CREATE SCHEMA s CREATE TABLE t (id int) CREATE VIEW v AS SELECT id FROM users',
      ['create schema ?.s', 'create table s.t(*)', 'create view s.v(*)', 'select table app.users(id) < view s.v'],
    ],
    ['CREATE INDEX ON users (lower(email))', ['create index app.users_idx', `alter table app.users${ALL}`]],
    ['CREATE EXTENSION dblink', ['extension extension ?.dblink opaque', 'create extension ?.dblink']],
    ['CREATE DATABASE d', ['server-admin system ?.d', 'create database ?.d']],
    ['CREATE ROLE r', ['role role ?.r', 'create role ?.r']],
    ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", ['server-admin system ?.s', 'create subscription ?.s']],
    ['DROP TABLE users', [`drop table app.users${ALL}`]],
    ['DROP SCHEMA app CASCADE', ['drop schema ?.app', 'drop ? ?.? uncertain < cascade']],
    ['DROP TRIGGER t ON users', ['drop trigger app.t', `alter table app.users${ALL}`]],
    ['DROP OWNED BY bob', ['role role ?.bob', 'drop ? ?.? uncertain', 'revoke ? ?.? uncertain']],
    ['ALTER TABLE users DROP COLUMN ssn', ['alter table app.users(ssn)']],
    ['ALTER TABLE users RENAME TO people', [`alter table app.users${ALL}`, 'alter table app.people(*)']],
    ['ALTER TABLE users SET SCHEMA audit', [`alter table app.users${ALL}`, 'alter table audit.users(*)']],
    ['ALTER TABLE users RENAME ssn TO x', ['alter table app.users(ssn,x)']],
    [
      'ALTER SCHEMA audit RENAME TO x',
      ['alter schema ?.audit', 'alter schema ?.x', 'alter table audit.users(id,email)', 'alter table x.users(*)'],
    ],
    ['COMMENT ON COLUMN users.ssn IS NULL', ['alter table app.users(ssn)']],
    ['GRANT SELECT (email) ON users TO bob', ['grant table app.users(email)']],
    ['GRANT ALL ON ALL TABLES IN SCHEMA app TO bob', ['grant table app.?(*)']],
    ['GRANT admin TO bob', ['grant role ?.admin', 'role role ?.bob']],
    ['REVOKE ALL ON users FROM bob', [`revoke table app.users${ALL}`]],
  ];
  test.each(cases)('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

describe('the server’s own affairs are told apart', () => {
  const cases: Cases = [
    ['ALTER SYSTEM SET x = 1', ['server-admin system ?.x']],
    ['CHECKPOINT', ['server-admin system ?.checkpoint']],
    ["LOAD 'x'", ['load system ?.x opaque']],
    ['VACUUM users', ['maintenance table app.users']],
    ['VACUUM', ['maintenance database ?.shop', 'maintenance table ?.? uncertain']],
    ['REINDEX SCHEMA app', ['maintenance schema ?.app', 'maintenance table ?.? uncertain']],
    ['LISTEN c', ['listen channel ?.c']],
    ['NOTIFY c', ['notify channel ?.c']],
    ["COMMIT PREPARED 'x'", ['server-admin system ?.prepared transaction']],
    ['BEGIN', []],
    ['ROLLBACK', []],
    ['FETCH 1 FROM c', []],
  ];
  test.each(cases)('%s', (text, lines) => {
    expect(linesOf(text)).toEqual(lines);
  });
});

test('names are those the tree gives: quoted ones keep their case', () => {
  expect(linesOf('DROP TABLE "Users"')).toEqual(['drop table app.Users(*)', 'drop table public.Users(*)']);
});

test('columns that could belong to several tables count for all of them', () => {
  expect(linesOf('SELECT id FROM users, orders')).toEqual([
    'select table app.users(id)',
    'select table app.orders(id)',
  ]);
});

test('RETURNING sees old and new rows as the table’s own', () => {
  expect(linesOf('UPDATE users SET name = name RETURNING old.ssn')).toContain('select table app.users(name,ssn)');
});
