import type { Effect } from './action.ts';

/** An effect in a line: `delete table app.customers without a condition, by way of view app.active`. Not made safe. */
export function describeEffect({ action, object, schema, name, where, opaque, certain, via }: Effect): string {
  const named = [schema, name].filter((part) => part !== null).join('.');
  const words = [action, object ?? '', named === '' ? (object === null ? 'something unknown' : '') : named];
  if (where === 'absent') words.push('without a condition');
  const notes = [...(opaque ? ['cannot be followed'] : []), ...(certain ? [] : ['or another of that name'])];
  if (notes.length > 0) words.push(`(${notes.join('; ')})`);
  if (via.length > 0) words.push(`by way of ${via.join(', ')}`);
  return words.filter((word) => word !== '').join(' ');
}
