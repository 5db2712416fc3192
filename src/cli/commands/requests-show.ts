import type { Run } from '../command.ts';
import { inboxOf, requestNamed } from '../inbox.ts';
import { requestLines } from '../request-view.ts';

export const show: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const request = await requestNamed(inboxOf(invocation), invocation.arguments[0] ?? '');
  if (options.flag('json')) terminal.json({ version: 1, request });
  else for (const line of requestLines(request, Date.now())) terminal.line(line);
  return 0;
};
