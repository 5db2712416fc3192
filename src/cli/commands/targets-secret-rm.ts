import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { keptSecretOf, secretStoreOf } from '../secrets.ts';

export const remove: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const { target, key, name, sharedWith } = await keptSecretOf(invocation);
  const removed = await secretStoreOf(invocation, 'target').remove(name);
  if (options.flag('json')) {
    terminal.json({ version: 1, target: target.name, key, secret: name, removed });
    return 0;
  }
  const what = `${key} of ${visible(target.name)}`;
  terminal.line(removed ? `The ${what} is removed.` : `There was no ${what} to remove.`);
  if (removed && sharedWith.length > 0) {
    terminal.progress(`It was the secret of ${visible(sharedWith.join(', '))}, too.`);
  }
  return 0;
};
