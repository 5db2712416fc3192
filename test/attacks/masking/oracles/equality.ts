import { equating } from '../attack.ts';
import { cellsOf } from '../canaries.ts';

const one = cellsOf('one');
const ssn = one.ssn(1) ?? '';
const email = one.email(1) ?? '';
const of = (condition: string): string => `select id from app.customers where ${condition}`;

/** Questions whether a whole value is a given one. What `equality` is for; `refuse` answers none of them. */
export const equalities = equating('equality', [
  ['a whole value', of(`email = '${email}'`)],
  ['a whole value as a parameter', { sql: of('email = $1'), values: [email] }],
  ['a whole value turned round', of(`'${ssn}' = ssn`)],
  ['another value', `${of(`ssn <> '${ssn}'`)} order by id`],
  ['a list', of(`email in ('${email}', 'nobody@example.com')`)],
  ['an array', of(`email = any (array['${email}'])`)],
  ['an array as a parameter', { sql: of('email = any ($1)'), values: [`{${email}}`] }],
  ['IS NOT DISTINCT FROM', of(`ssn is not distinct from '${ssn}'`)],
  ['a row', of(`(email, id) = ('${email}', 1)`)],
  ['a number', of(`salary = ${one.salary(1)}`)],
  ['a day', of(`birth = '${one.birth(1)}'`)],
  ['bytes', of(`photo = '\\x${one.photo(1).toString('hex')}'`)],
  [
    'a join with a list of guesses',
    `select c.id from app.customers c join (values ('${email}')) g (x) on c.email = g.x`,
  ],
  ['a sub-select of guesses', of(`email in (select '${email}'::text)`)],
  ['EXISTS', `select exists (${of(`ssn = '${ssn}'`)})`],
  ['the tag of an UPDATE', `update app.customers set city = city where email = '${email}'`],
  ['the tag of a DELETE', `delete from app.orders where contact_email = '${one.email(2)}'`],
  [
    'a unique violation',
    `insert into app.customers (id, name, email, phone, city) values (99, 'x', '${email}', 'y', 'z')`,
  ],
  [
    'a conflict that does nothing',
    `insert into app.customers (id, name, email, phone, city) values (99, 'x', '${email}', 'y', 'z') on conflict (email) do nothing`,
  ],
  ['the value set to itself', `update app.customers set email = '${email}' where id = 2`],
]);
