import type { InboxEvent } from '../../core/inbox.ts';
import { OUTCOME_WORDS } from '../../core/outcome.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { inboxOf } from '../inbox.ts';
import { requestRow } from '../request-view.ts';
import { interruptible } from '../signals.ts';

export const watch: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const json = options.flag('json');
  using interruption = interruptible();
  if (!json) terminal.progress('Watching for statements that wait for approval. Ctrl-C ends it.');
  for await (const event of inboxOf(invocation).watch(interruption.signal)) {
    if (json) terminal.json(documentOf(event));
    else terminal.line(visible(lineOf(event)));
  }
  return interruption.exitCode() ?? 0;
};

function documentOf({ type: event, ...fields }: InboxEvent): Readonly<Record<string, unknown>> {
  return { version: 1, event, ...fields };
}

function lineOf(event: InboxEvent): string {
  switch (event.type) {
    case 'request': {
      const [id, left, target, by, would] = requestRow(event.request, Date.now());
      return `${id}  waits ${left} on ${target} for ${by}: ${would}`;
    }
    case 'answer':
      return `${event.request}  ${event.answer.verdict === 'approve' ? 'approved' : 'denied'} by ${event.answer.by.display}`;
    case 'settled':
      return `${event.request}  settled: ${OUTCOME_WORDS[event.outcome]}`;
    case 'grant': {
      const { id, used, uses, revoked, until } = event.grant;
      return `${id}  ${revoked ? 'revoked' : `granted: ${used} of ${uses} used`}, until ${until}`;
    }
  }
}
