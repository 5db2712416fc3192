import pg from 'pg';
import { administrator } from '../postgres/cluster.ts';
import type { Server } from '../postgres/server.ts';

/** What a conversation finds. The triggers are there for their notices. */
const SCHEMA = `
  drop schema if exists public, other cascade;
  create schema public;
  grant all on schema public to public;
  set search_path = public;
  create type mood as enum ('low', 'high');
  create table items (
    id int primary key, name text not null unique, price numeric(10, 2) default 1 check (price >= 0),
    mood mood, tags text[], at timestamptz, data jsonb default '{}', raw bytea
  );
  insert into items select n, 'item ' || n, n * 1.5, case when n % 2 = 0 then 'high' else 'low' end::mood,
    array['t' || n, null], timestamptz '2020-01-01 00:00:00Z' + n * interval '1 day', jsonb_build_object('n', n),
    decode(lpad(to_hex(n), 4, '0'), 'hex') from generate_series(1, 12) n;
  create table notes (
    id serial primary key, item int references items on delete cascade deferrable initially deferred, body text
  );
  insert into notes (item, body) values (1, 'first'), (2, null), (3, 'third');
  create table numbers (n int);
  insert into numbers select generate_series(1, 50);
  create table forbidden (n int);
  create sequence counter;
  create view cheap as select id, name, price from items where price < 5;
  create function total(int, int) returns int language sql immutable as 'select $1 + $2';
  create function remark() returns trigger language plpgsql as
    $$ begin raise notice 'a row for %', new.n; return new; end $$;
  create table noisy (n int);
  create trigger remark before insert on noisy for each row execute function remark();
`;

/** All that a conversation can have left behind, as one text. */
const REMAINS = `
  select concat_ws(E'\n',
    (select string_agg(concat_ws(' ', relkind, relname, case when relkind in ('r', 'v', 'm', 'S') then query_to_xml(
        format(case when relkind = 'S' then 'select last_value, is_called from %I'
          else 'select * from %I x order by x::text' end, relname), true, true, '') end,
        (select string_agg(attname || ' ' || attnotnull, ' ' order by attnum) from pg_attribute
          where attrelid = c.oid and attnum > 0),
        (select string_agg(tgname, ' ' order by tgname) from pg_trigger where tgrelid = c.oid and not tgisinternal),
        case when relkind = 'v' then pg_get_viewdef(oid) end), E'\n' order by relname)
      from pg_class c where relnamespace = 'public'::regnamespace),
    (select string_agg(typname, ' ' order by typname) from pg_type where typnamespace = 'public'::regnamespace),
    (select string_agg(enumlabel, ' ' order by enumlabel) from pg_enum),
    (select string_agg(concat(proname, prosrc), ' ' order by proname) from pg_proc where pronamespace = 'public'::regnamespace),
    (select string_agg(conname, ' ' order by conname) from pg_constraint where connamespace = 'public'::regnamespace),
    (select string_agg(description, ' ' order by objoid, objsubid) from pg_description where objoid >= 16384),
    (select string_agg(nspname, ' ' order by nspname) from pg_namespace where nspname !~ '^pg_')
  ) as remains
`;

/** A database of its own in which conversations are played, one after the other. */
export class Place {
  readonly database: string;
  readonly #admin: pg.Client;
  #fresh = '';

  private constructor(database: string, admin: pg.Client) {
    this.database = database;
    this.#admin = admin;
  }

  static async open(server: Server, database: string): Promise<Place> {
    await server.admin('postgres', `create database ${database}`);
    const admin = new pg.Client({ host: server.socket, port: server.port, user: administrator, database });
    // The server may be stopped first.
    admin.on('error', () => undefined);
    await admin.connect();
    const place = new Place(database, admin);
    await place.#renew();
    place.#fresh = await place.remains();
    return place;
  }

  async #renew(): Promise<void> {
    await this.#admin.query(SCHEMA);
  }

  /** What stands in the database now. */
  async remains(): Promise<string> {
    const { rows } = await this.#admin.query<{ remains: string }>(REMAINS);
    return rows[0]?.remains ?? '';
  }

  /** Makes the database what it was at first, given what stands in it. */
  async renew(remains: string): Promise<void> {
    if (remains !== this.#fresh) await this.#renew();
  }

  /** Waits until a statement sleeps here (true), or `over` says that none will (false). @throws when neither happens */
  async asleep(over: () => boolean): Promise<boolean> {
    const deadline = Date.now() + 30_000;
    while (!over()) {
      const { rows } = await this.#admin.query(
        `select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
      );
      if (rows.length > 0) return true;
      if (Date.now() > deadline) throw new Error('nothing went to sleep');
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#admin.end();
  }
}
