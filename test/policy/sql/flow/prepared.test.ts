import { describe, expect, it } from 'vitest';
import { analysisOf } from '../database.ts';
import { SHOP, shownOf } from './shop.ts';

describe('what a prepared statement shows', () => {
  it('is what its text shows, however it was prepared', () => {
    expect(shownOf('execute p', {}, { p: ['select email, id from customers'] })).toBe('M-');
    expect(shownOf('execute p(1)', {}, { p: ['prepare p(int) as select lower(email) from customers'] })).toBe('W');
    expect(shownOf('execute p', {}, { p: ['select id from customers'] })).toBe('clear');
    expect(shownOf('prepare p as select email from customers; execute p')).toBe('M');
  });

  it('is refused when its name may stand for texts that show different things', () => {
    const texts = ['select email from customers', 'select name from customers'];
    expect(shownOf('execute p', {}, { p: texts })).toMatch(/^refused: may come out of a prepared statement/u);
    expect(shownOf('execute p', {}, { p: [texts[0] ?? '', texts[0] ?? ''] })).toBe('M');
  });

  it('is not kept in a table', () => {
    const prepared = { p: ['select email from customers'] };
    expect(shownOf('create table t as execute p', {}, prepared)).toBe('refused: would be kept in a new table');
    expect(shownOf('explain execute p', {}, prepared)).toBe('refused: are measured by EXPLAIN');
  });
});

describe('a cursor', () => {
  it('shows what its query shows, which is kept with its name', () => {
    expect(shownOf('declare c cursor for select email, id from customers')).toBe('M-');
    expect(shownOf("declare c cursor for select id from customers where email like 'a%'")).toMatch(/^refused/u);
    const { statements } = analysisOf('declare c cursor for select 1; fetch 3 from c', { catalog: SHOP });
    expect(statements.map(({ changes }) => changes)).toEqual([
      [{ kind: 'declare', name: 'c', hold: false }],
      [{ kind: 'fetch', name: 'c' }],
    ]);
  });
});

describe('a trusted function', () => {
  it('may be given masked values, and what it gives counts as clean', () => {
    expect(shownOf('select app.twice(email), email from customers', { trusted: ['app.twice'] })).toBe('-M');
    expect(shownOf('select grab()', { trusted: ['grab'] })).toBe('clear');
    expect(shownOf('select twice(email) from customers', { trusted: ['other.twice'] })).toMatch(/^refused/u);
  });
});

describe('inference', () => {
  it('of masked columns that is allowed lets everything but the values themselves out', () => {
    const allow = { inference: 'allow' } as const;
    expect(shownOf("select id from customers where email like 'a%' order by email", allow)).toBe('clear');
    expect(shownOf('select left(email, 1), email, count(*) from customers group by 1, 2', allow)).toBe('WM-');
    expect(shownOf('create table t as select email from customers', allow)).toMatch(/^refused/u);
  });

  it('that is refused lets nothing hang on them', () => {
    const refuse = { inference: 'refuse' } as const;
    const sqls = [
      'select id from customers where email = $1',
      'select count(email) from customers',
      'select id from customers where email is null',
      'select email from customers group by email',
      'select distinct email from customers',
      'select o.id from orders o join customers c on c.email = o.contact_email',
    ];
    for (const sql of sqls) expect(shownOf(sql, refuse), sql).toMatch(/^refused/u);
    expect(shownOf('select id, email from customers where id = 1', refuse)).toBe('-M');
  });
});

describe('a lenient policy', () => {
  it('hides what cannot be followed, and lets it be written elsewhere', () => {
    const lenient = { mode: 'lenient' } as const;
    expect(shownOf('select ascii(left(email, 1)), email::int from customers', lenient)).toBe('WW');
    expect(shownOf('create table t as select email from customers', lenient)).toBe('clear');
    expect(shownOf("select id from customers where email < 'm'", lenient)).toMatch(/^refused/u);
  });
});
