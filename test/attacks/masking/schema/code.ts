/** Views and routines that lead to masked columns under other names. */
export const code: readonly string[] = [
  'create view app.v_customers as select id, name as title, email as mail, salary from app.customers',
  'create view app.v_mails as select id as key, mail as address from app.v_customers where title is not null',
  'create view app.v_swapped (id, name, email) as select id, email, name from app.customers',
  'create view app.v_edit as select id as key, email as address, city as town from app.customers',
  `create view app.v_cities as select city, count(*) as customers from app.customers group by city`,
  'create view app.v_rows as select c as person, c.id from app.customers c',
  'create materialized view app.m_mails as select id, email as mail, city from app.customers',
  'create materialized view app.m_cities as select city, count(*) as customers from app.customers group by city',
  "create function app.email_of(int) returns text language sql stable as 'select email from app.customers where id = $1'",
  `create function app.in_city(text) returns setof app.customers language sql stable as
    'select * from app.customers where city = $1'`,
  `create function app.pairs() returns table (key int, value text) language sql stable as
    'select id, ssn from app.customers'`,
  `create function app.split(int, out label text, out hidden text) language sql stable as
    'select name, notes from app.customers where id = $1'`,
  `create function app.mail_or(int default 1, fallback text default app.email_of(1)) returns text language sql stable as
    'select coalesce((select name from app.customers where id = $1 + 100), $2)'`,
  `create function app.opaque_mail(n int) returns text language plpgsql as
    $$ declare found_mail text; begin select email into found_mail from app.customers where id = n; return found_mail; end $$`,
  `create function app.each_pin() returns setof text language plpgsql as
    $$ declare r record; begin for r in select secret from app.customers loop return next r.secret ->> 'pin'; end loop; end $$`,
  'create function app.run(text) returns text language plpgsql as $$ declare r text; begin execute $1 into r; return r; end $$',
  "create function app.initial(text) returns text language sql immutable as 'select substr($1, 1, 1)'",
  "create function app.same(text) returns text language sql immutable as 'select $1'",
  "create function app.shout(text) returns text language plpgsql immutable as $$ begin return upper($1) || '!'; end $$",
  "create function app.joined(text, text) returns text language sql immutable as 'select $1 || $2'",
  'create operator app.<+> (leftarg = text, rightarg = text, function = app.joined)',
  'create type app.wrapped as (value text)',
  "create function app.wrap(text) returns app.wrapped language sql immutable as 'select row($1)::app.wrapped'",
  'create cast (text as app.wrapped) with function app.wrap(text)',
  "create function app.keep(text, text) returns text language sql immutable as 'select coalesce($1, $2)'",
  'create aggregate app.first_of(text) (sfunc = app.keep, stype = text)',
  'create function app.tell() returns trigger language plpgsql as $$ begin raise notice $q$was %$q$, old.email; return new; end $$',
  'create trigger tell before update on app.contacts for each row execute function app.tell()',
  `create procedure app.copy_out(n int) language plpgsql as
    $$ begin insert into app.audit (what) select email from app.customers where id = n; end $$`,
  "create function app.label(text, int) returns text language sql immutable as $$ select $1 || ' #' || $2 $$",
  'create rule told as on delete to app.doors do also select email from app.customers',
];
