import type { Effect } from './action.ts';
import { type CommandWords, commandWords } from './command-words.ts';

/**
 * An effect in a line: `delete table app.customers without a condition, by way of view app.active`, or
 * `write /etc/passwd (by tee; through sudo)`. Not made safe.
 */
export function describeEffect(effect: Effect): string {
  const words = commandWords(effect);
  if (words !== null) return describeCommand(words);
  const { action, object, schema, name, where, opaque, certain, via } = effect;
  const named = [schema, name].filter((part) => part !== null).join('.');
  const parts = [action, object ?? '', named === '' ? (object === null ? 'something unknown' : '') : named];
  if (where === 'absent') parts.push('without a condition');
  const notes = [...(opaque ? ['cannot be followed'] : []), ...(certain ? [] : ['or another of that name'])];
  if (notes.length > 0) parts.push(`(${notes.join('; ')})`);
  if (via.length > 0) parts.push(`by way of ${via.join(', ')}`);
  return parts.filter((part) => part !== '').join(' ');
}

function describeCommand({ verb, joint, what, notes }: CommandWords): string {
  const parts = [verb, joint, what ?? 'something unknown', notes.length === 0 ? '' : `(${notes.join('; ')})`];
  return parts.filter((part) => part !== '').join(' ');
}
