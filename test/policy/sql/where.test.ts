import { describe, expect, test } from 'vitest';
import { effectsOf } from './database.ts';

function whereOf(condition: string): string | null | undefined {
  return effectsOf(`DELETE FROM users ${condition}`).find(({ action }) => action === 'delete')?.where;
}

describe('a condition that narrows is present', () => {
  test.each([
    'WHERE id = 1',
    'WHERE id = $1',
    'WHERE users.id = $1',
    'WHERE id IN (1, 2)',
    'WHERE id = ANY($1)',
    "WHERE name LIKE 'a%'",
    'WHERE name IS NULL',
    'WHERE NOT (id = 1)',
    'WHERE id = 1 AND true',
    'WHERE id BETWEEN 1 AND 2',
    'WHERE EXISTS (SELECT 1 FROM orders WHERE user_id = users.id)',
    'WHERE id IN (SELECT user_id FROM orders)',
    'WHERE CURRENT OF c',
    'USING orders WHERE orders.user_id = users.id',
    'WHERE false',
    "WHERE ctid = '(0,1)'",
    'WHERE id IN (SELECT id FROM users LIMIT 5)',
    'WHERE id IN (SELECT id FROM users WHERE id = 1)',
    'WHERE id <> 1',
    'WHERE id - 1 = 0',
    'WHERE 1 = 0',
    "WHERE name > 'a' OR id = 3",
    'WHERE CASE WHEN id = 1 THEN true ELSE false END',
  ])('%s', (condition) => {
    expect(whereOf(condition)).toBe('present');
  });
});

describe('a condition that always holds, or that says nothing of the rows, is absent', () => {
  test.each([
    '',
    'WHERE true',
    'WHERE 1 = 1',
    'WHERE 1=1 AND TRUE',
    "WHERE 'a' = 'a'",
    "WHERE 't'::bool",
    'WHERE NOT FALSE',
    'WHERE NOT NOT true',
    'WHERE 1 < 2',
    'WHERE 2 + 2 = 4',
    'WHERE TRUE OR id = 1',
    'WHERE id = 1 OR 1 = 1',
    'WHERE id = id',
    'WHERE id >= id',
    'WHERE id IS NOT DISTINCT FROM id',
    'WHERE id IS NULL OR id IS NOT NULL',
    'WHERE id = 1 OR id <> 1',
    'WHERE id = 1 OR NOT (id = 1)',
    'WHERE id < 5 OR id >= 5',
    "WHERE name LIKE '%'",
    "WHERE name ~ '.*'",
    "WHERE name SIMILAR TO '%'",
    'WHERE (SELECT true)',
    'WHERE EXISTS (SELECT 1)',
    'WHERE EXISTS (SELECT 1 FROM orders)',
    'WHERE 1 IN (1)',
    'WHERE 1 = ANY(ARRAY[1])',
    'WHERE id IN (id, 1)',
    'WHERE id IN (SELECT id FROM users)',
    'WHERE 1 BETWEEN 0 AND 2',
    'WHERE COALESCE(true)',
    'WHERE COALESCE(NULL, true)',
    'WHERE CASE WHEN true THEN true END',
    'WHERE true IS TRUE',
    'WHERE (id = id) IS TRUE',
    'WHERE NULL IS NULL',
    'WHERE $1',
    'WHERE $1 = $2',
    'WHERE $1 OR id = 3',
    'WHERE random() >= 0',
    'WHERE now() > $1',
    "WHERE 'a' || 'b' = 'ab'",
    'USING orders WHERE orders.user_id = 3',
    'WHERE NOT (1 = 2)',
    "WHERE 'x' <> name OR name = 'x'",
    'WHERE 5 > id OR id >= 5',
    'WHERE NOT (id IS DISTINCT FROM id)',
    'WHERE id BETWEEN SYMMETRIC id AND id',
    'WHERE (id = 1) IS TRUE OR (id = 1) IS NOT TRUE',
    'WHERE id - id = 0',
    'WHERE id * 0 = 0',
    "WHERE tableoid = 'users'::regclass",
    'WHERE xmin IS NOT NULL',
    'WHERE ctid = ANY(ARRAY(SELECT ctid FROM users))',
    'WHERE id = ANY(SELECT id FROM users)',
    'WHERE users = users',
    'WHERE true IN (true, id = 1)',
    'WHERE id = ANY(ARRAY[1, 2]) OR NOT (id = ANY(ARRAY[1, 2]))',
    'WHERE ids = ARRAY[1] OR ids <> ARRAY[1]',
  ])('%s', (condition) => {
    expect(whereOf(condition)).toBe('absent');
  });
});

test('an update of joined rows that says nothing of the table itself has no condition', () => {
  const [update] = effectsOf('UPDATE users SET name = o.id FROM orders o WHERE o.id = 3').filter(
    ({ action }) => action === 'update',
  );
  expect(update?.where).toBe('absent');
});

test('an insert that meets existing rows changes only those', () => {
  const update = effectsOf('INSERT INTO users VALUES (1) ON CONFLICT (id) DO UPDATE SET name = NULL').find(
    ({ action }) => action === 'update',
  );
  expect(update?.where).toBe('present');
});

test('MERGE narrows by its join or by the condition of the branch', () => {
  const wheres = (text: string) =>
    effectsOf(text)
      .filter(({ where }) => where !== null)
      .map(({ where }) => where);
  expect(wheres('MERGE INTO users u USING orders o ON u.id = o.id WHEN MATCHED THEN DELETE')).toEqual(['present']);
  expect(wheres('MERGE INTO users u USING orders o ON true WHEN MATCHED THEN DELETE')).toEqual(['absent']);
  expect(wheres('MERGE INTO users u USING orders o ON true WHEN MATCHED AND u.id = 1 THEN DELETE')).toEqual([
    'present',
  ]);
  expect(wheres('MERGE INTO users u USING orders o ON u.id = o.id WHEN NOT MATCHED BY SOURCE THEN DELETE')).toEqual([
    'absent',
  ]);
});
