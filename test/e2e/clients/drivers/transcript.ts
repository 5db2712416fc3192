import { inspect } from 'node:util';

/** What a driver's script saw, in order: the same, value for value, directly and through the door. */
export class Transcript {
  readonly entries: string[] = [];

  saw(what: string, seen: unknown): void {
    const whole = { depth: null, maxArrayLength: null, maxStringLength: null, breakLength: 120 } as const;
    this.entries.push(`${what}: ${inspect(seen, whole)}`);
  }

  /** Notes what `attempt` gives, or every field of the error it ends with. */
  async of(what: string, attempt: () => Promise<unknown>): Promise<void> {
    try {
      this.saw(what, await attempt());
    } catch (error) {
      this.saw(what, fieldsOf(error));
    }
  }
}

/** Places in source code: the driver's own, and the server's, which hoopctl does not know where it answers itself. */
const PLACES: ReadonlySet<string> = new Set(['stack', 'query', 'client', 'file', 'line', 'routine', 'length', 'cause']);

function fieldsOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const fields = Object.entries(error).filter(([name]) => !PLACES.has(name));
  return { message: error.message, ...Object.fromEntries(fields), cause: fieldsOf(error.cause) };
}

/** The table that every script works on; the scripts leave it as they found it. */
export const prepared = `
create schema app;
create type app.mood as enum ('sad', 'ok', 'happy');
create table app.items (
  id serial primary key, name text not null unique, price numeric(10, 2) check (price >= 0), mood app.mood,
  tags text[], extra jsonb, photo bytea, made timestamptz default '2024-01-02 03:04:05.678+00', day date, big bigint
);
insert into app.items (name, price, mood, tags, extra, photo, day, big)
select 'item ' || g, g * 1.5, (enum_range(null::app.mood))[1 + g % 3], array['t' || g, 'x,"y'], jsonb_build_object('g', g),
  decode(lpad(to_hex(g), 4, '0'), 'hex'), date '2024-01-01' + g, 9007199254740993 + g
from generate_series(1, 50) g;
create function app.fail() returns int language plpgsql as $$
begin
  raise exception using message = 'failed', detail = 'the detail', hint = 'the hint', errcode = 'P0042', schema = 'app',
    table = 'items', column = 'name', constraint = 'c', datatype = 'd';
end $$;
create function app.tell() returns text language plpgsql as $$ begin raise notice 'told'; return 'x'; end $$;
`;
