import { expect, it } from 'vitest';
import { Turns } from '../../../../src/protocols/ssh/sftp/turns.ts';

/** What has come to its turn, in order. */
function waiting(turns: Turns, names: Readonly<Record<string, 'use' | 'change'>>): string[] {
  const come: string[] = [];
  for (const [name, turn] of Object.entries(names)) void turns.enter(turn).then(() => come.push(name));
  return come;
}

it('lets many use paths at once, and one change them when nobody does', async () => {
  const turns = new Turns();
  const come = waiting(turns, { one: 'use', two: 'use', change: 'change' });
  await expect.poll(() => come).toEqual(['one', 'two']);
  turns.leave('use');
  expect(turns.try('change')).toBe(false);
  turns.leave('use');
  await expect.poll(() => come).toEqual(['one', 'two', 'change']);
  expect(turns.try('use')).toBe(false);
});

it('lets nobody pass who comes after a change that waits', async () => {
  const turns = new Turns();
  const come = waiting(turns, { one: 'use', change: 'change', two: 'use', three: 'use' });
  await expect.poll(() => come).toEqual(['one']);
  expect(turns.try('use')).toBe(false);
  turns.leave('use');
  await expect.poll(() => come).toEqual(['one', 'change']);
  turns.leave('change');
  await expect.poll(() => come).toEqual(['one', 'change', 'two', 'three']);
});
