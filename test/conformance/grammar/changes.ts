import type { Text } from './scene.ts';
import { giving } from './statements.ts';

/** What changes definitions. */
export const DEFINITIONS: readonly Text[] = giving(
  0,
  'create temp table mine (n int, t text)',
  'create temp table brief (n int) on commit drop',
  'create temp table items (n int)',
  'create table made (n int primary key, t text)',
  'create table made as select n from numbers',
  'select n into made from numbers',
  'drop table if exists made',
  'drop table mine',
  'drop table if exists mine, brief',
  'drop view cheap',
  'create or replace view cheap as select id, name, price from items',
  'create or replace view cheap as select id, name, price from items where price < 3',
  "create or replace function total(int, int) returns int language sql immutable as 'select $1 * $2'",
  'alter table notes add column more text',
  'alter table items drop column raw',
  'alter table numbers rename to numerals',
  "alter type mood add value if not exists 'none'",
  'create index on notes (item)',
  "comment on table items is 'things'",
  'create schema other',
  'create schema if not exists public',
  'create type pair as (a int, b text)',
  "create function one() returns int language sql as 'select 1'",
  'drop function total(int, int)',
  'drop trigger remark on noisy',
  'analyze numbers',
  'create temp view glance as select 1 as n',
  'create sequence steps',
  'drop sequence if exists steps',
  "do $$ begin raise notice 'done'; end $$",
  "do $$ begin raise exception 'undone'; end $$",
  "do $$ begin raise warning 'careful' using errcode = '01Z99', detail = 'd', hint = 'h'; end $$",
);

/** What changes the session. */
export const SETTINGS: readonly Text[] = [
  ...giving(
    0,
    "set timezone = 'Europe/Paris'",
    'reset timezone',
    "set datestyle = 'German'",
    "set application_name = 'me'",
    "set local timezone = 'Asia/Tokyo'",
    'set intervalstyle = iso_8601',
    'set extra_float_digits = 0',
    'reset all',
    'set search_path = other, public',
    'set search_path = nowhere',
    'reset search_path',
    'set client_min_messages = warning',
    'set client_min_messages = error',
    'reset client_min_messages',
    'set bytea_output = escape',
    "set statement_timeout = '10min'",
    'set no_such_setting = 1',
    "set timezone = 'Nowhere/Land'",
    'set default_transaction_isolation = serializable',
    'set default_transaction_read_only = on',
    'discard plans',
    'discard temp',
    'discard sequences',
    'set constraints all immediate',
    'set constraints all deferred',
    'lock table items in share mode',
    'listen news',
    "notify news, 'heard'",
    'notify news',
    'unlisten news',
    'unlisten *',
  ),
  ...giving(
    1,
    "select pg_notify('news', 'by function')",
    "select set_config('timezone', 'UTC', false)",
    "select set_config('search_path', 'public', true)",
  ),
];

/** What must run alone. Not a CALL that commits: see docs/limits.md on questions between Bind and Execute. */
export const SOLES: readonly Text[] = giving(
  0,
  'discard all',
  'vacuum numbers',
  'create index concurrently on numbers (n)',
).map((text) => ({ ...text, sole: true }));

/** What the policy refuses (see policy.ts), in any state and wherever it stands. */
export const DENIED: readonly Text[] = [
  ...giving(
    0,
    'truncate numbers',
    'truncate nowhere',
    'delete from forbidden',
    "insert into notes (body) values ('before'); truncate notes",
    'begin; delete from forbidden; commit',
    'explain analyze delete from forbidden',
    'delete from public.forbidden using numbers where numbers.n = forbidden.n',
  ),
  ...giving(1, 'with d as (delete from forbidden returning n) select * from d'),
  { text: 'delete from forbidden where n = $1', parameters: ['int'] as const, columns: 0 },
].map((text) => ({ ...text, denied: true }));
