import type { Run } from '../command.ts';
import { inboxOf, requestNamed } from '../inbox.ts';
import { requestLines } from '../request-view.ts';
import { rowsOf } from '../../core/rows.ts';

export const show: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const request = await requestNamed(inboxOf(invocation), invocation.arguments[0] ?? '');
  if (options.flag('json')) terminal.json({ version: 1, request });
  else for (const row of rowsOf(requestLines(request, Date.now()), terminal.width)) terminal.line(row);
  return 0;
};
