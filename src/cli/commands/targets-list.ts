import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { shownTarget } from '../target-view.ts';
import { printTable } from '../table.ts';

export const list: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const config = await readConfig(invocation);
  const targets = [...config.targets.values()].map(shownTarget);
  if (options.flag('json')) {
    terminal.json({ version: 1, targets });
    return 0;
  }
  const rows = targets.map((one) => [
    one.name,
    one.protocol,
    one.address,
    'database' in one ? one.database : '',
    one.user,
    one.policies.join(', '),
  ]);
  printTable(terminal, ['target', 'protocol', 'address', 'database', 'user', 'policies'], rows);
  return 0;
};
