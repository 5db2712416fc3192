import { attacks, changed } from './attack.ts';

const orders = changed('app.orders');

/** A function that deletes. */
function purging(name: string, args: string, ret = 'int'): string {
  const result = ret === 'int' ? '1' : 'null';
  return `create function app.${name}(${args}) returns ${ret} language plpgsql as $$ begin delete from app.orders; return ${result}; end $$`;
}

/** What a newer grammar reads as syntax of its own is a call of a function on an older server. */
export const newerSyntax = attacks('read-only', 'R28', [
  [
    'json_exists of 15',
    "select json_exists('1', 'x')",
    orders,
    { setup: [purging('json_exists', 'text, text')], until: 15 },
  ],
  [
    'json_value of 15',
    "select json_value('1', 'x')",
    orders,
    { setup: [purging('json_value', 'text, text')], until: 15 },
  ],
  [
    'json_query of 15',
    "select json_query('1', 'x')",
    orders,
    { setup: [purging('json_query', 'text, text')], until: 15 },
  ],
  ['json_scalar of 15', 'select json_scalar(1)', orders, { setup: [purging('json_scalar', 'int')], until: 15 }],
  [
    'json_serialize of 15',
    "select json_serialize('1')",
    orders,
    { setup: [purging('json_serialize', 'text')], until: 15 },
  ],
  [
    'json() of 15',
    "select app.json('1'), json(2)",
    orders,
    { setup: [purging('json', 'int'), purging('json', 'text')], until: 15 },
  ],
  ['json() bare of 15', 'select json(2)', orders, { setup: [purging('json', 'int')], until: 15 }],
  ['json_array of 15', 'select json_array(1, 2)', orders, { setup: [purging('json_array', 'int, int')], until: 15 }],
  ['json_array of nothing on 15', 'select json_array()', orders, { setup: [purging('json_array', '')], until: 15 }],
  ['json_arrayagg of 15', 'select json_arrayagg(1)', orders, { setup: [purging('json_arrayagg', 'int')], until: 15 }],
  ['json_object of nothing on 15', 'select json_object()', orders, { setup: [purging('json_object', '')], until: 15 }],
  [
    'json_object of three on 15',
    'select json_object(1,2,3)',
    orders,
    { setup: [purging('json_object', 'int,int,int')], until: 15 },
  ],
  ['merge_action of 15', 'select merge_action()', orders, { setup: [purging('merge_action', '')], until: 15 }],
  [
    'json_objectagg of 15',
    'select json_objectagg(1)',
    orders,
    { setup: [purging('json_objectagg', 'int')], until: 15 },
  ],
  [
    'json_exists without a schema on 18 but qualified',
    "select app.json_exists('1', 'x')",
    orders,
    { setup: [purging('json_exists', 'text, text')] },
  ],
  ['xmltext etc', "select app.xmlexists('1', 'x')", orders, { setup: [purging('xmlexists', 'text, text')] }],
]);
