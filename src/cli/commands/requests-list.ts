import type { Run } from '../command.ts';
import { inboxOf } from '../inbox.ts';
import { REQUEST_COLUMNS, requestRow } from '../request-view.ts';
import { printTable } from '../table.ts';

export const list: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const requests = await inboxOf(invocation).list();
  if (options.flag('json')) terminal.json({ version: 1, requests });
  else if (requests.length === 0) terminal.progress('No statement waits for approval.');
  else {
    const now = Date.now();
    printTable(
      terminal,
      REQUEST_COLUMNS,
      requests.map((request) => requestRow(request, now)),
    );
  }
  return 0;
};
