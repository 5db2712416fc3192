import type { Run } from '../command.ts';
import { inboxOf } from '../inbox.ts';
import { GRANT_COLUMNS, grantRow } from '../request-view.ts';
import { printTable } from '../table.ts';

export const grants: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const found = await inboxOf(invocation).grants();
  if (options.flag('json')) terminal.json({ version: 1, grants: found });
  else if (found.length === 0) terminal.progress('Nothing is granted that could still be used.');
  else printTable(terminal, GRANT_COLUMNS, found.map(grantRow));
  return 0;
};
