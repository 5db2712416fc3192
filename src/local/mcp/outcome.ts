import type { Remark, Reply, Table } from '../../core/conversation.ts';
import type { Refusal } from '../../core/decision.ts';
import { HoopError } from '../../core/errors.ts';
import { type Answer, answered, failed } from './answer.ts';
import type { Call, Ending } from './call.ts';

const STOP = 'This is policy, not a fault: do not retry variants.';

/** What is told of a statement that has ended. */
export function outcomeOf(call: Call, ending: Ending): Answer {
  if (call.withdrawn && !('reply' in ending && ending.reply.error === null)) return WITHDRAWN;
  if ('failure' in ending) return failureAnswer(ending.failure);
  const { reply, refusal } = ending;
  const { tables, moreTables, error } = reply;
  const aside = asides(reply, call.requests);
  if (error === null)
    return answered({ status: 'done', results: tables.map(shownTable), ...leftOut(moreTables), ...aside });
  const why = refusal === null ? null : REASONS[refusal.cause];
  if (why === null) return failed({ status: 'failed', denied: false, ...fault(error), ...before(reply), ...aside });
  const { hint } = error;
  return failed({
    status: 'denied',
    denied: true,
    reason: why,
    ...said(error),
    hint: hint?.includes(STOP) === true ? hint : `${STOP} ${hint ?? ''}`.trim(),
    ...before(reply),
  });
}

const WITHDRAWN = failed({
  status: 'withdrawn',
  denied: false,
  message: 'the statement was taken back: one that was held was not sent, one that ran was cancelled',
  hint: 'Send it again if it is wanted after all.',
});

/** What a statement was refused for, where that is a no; null where it is a fault. */
const REASONS: Readonly<Record<Refusal['cause'], string | null>> = {
  denied: 'policy',
  unintelligible: 'policy',
  rejected: 'person',
  expired: 'nobody approved it',
  ended: null,
  syntax: null,
  unrecorded: null,
  cancelled: null,
  unconfirmed: null,
};

/** What is told of a statement that people are asked about, or that still runs. */
export function underWay(call: Call): Answer {
  const waitsFor = call.waitsFor;
  const request = waitsFor ?? call.requests.at(-1) ?? null;
  if (waitsFor === null) return answered({ status: 'running', request });
  return answered({
    status: 'waiting',
    request,
    approve_with: `hoopctl approve ${waitsFor}`,
    hint: 'A person has to approve it in a terminal of their own: tell them. Then ask request_status; do not send it again.',
  });
}

/** What is told of what went wrong around a statement. A foreign error's words may quote anything. */
export function failureAnswer(error: unknown): Answer {
  if (!(error instanceof HoopError)) {
    return failed({ status: 'error', denied: false, code: 'cli.bug', message: 'this is a bug in hoopctl' });
  }
  const { code, message } = error;
  return failed({ status: 'error', denied: code === 'policy.denied', code, message, hint: hintOf(error) });
}

function hintOf({ code, hint }: HoopError): string {
  if (code === 'session.reason') {
    return 'A person has to add --reason "why" to the arguments of hoopctl mcp in the MCP client, and start it again.';
  }
  if (code === 'wire.closed') return UNSURE;
  if (code === 'config.secret') {
    return `A person has to do this: ${hint ?? 'hoopctl doctor'}. Agents’ programs hand few variables on to this server: see env in their configuration.`;
  }
  if (code === 'policy.denied') return `${STOP} ${hint ?? ''}`.trim();
  if (code.startsWith('identity.')) return `A person has to do this, then try again: ${hint ?? 'hoopctl login'}`;
  return hint ?? 'Ask a person to run: hoopctl doctor';
}

/** SQLSTATEs after which the connection is gone, and with it the word of what was done. */
const LOST = /^(?:08|57P0)/;
const UNSURE = 'The connection ended: whether it was done is not known. Look before you send it again.';

/** What a server, or the guard, said against it. */
function fault(error: Remark): Answer['content'] {
  return LOST.test(error.sqlstate) ? { ...said(error), hint: UNSURE } : said(error);
}

function said({ sqlstate, message, detail, hint, position }: Remark): Answer['content'] {
  return { sqlstate, message, detail, hint, ...(position === null ? {} : { position }) };
}

/** Of several statements those that had ended: only what was committed among them is not undone. */
function before({ tables, moreTables }: Reply): Answer['content'] {
  return tables.length === 0 ? {} : { ended_before: tables.map(({ tag }) => tag ?? ''), ...leftOut(moreTables) };
}

function leftOut(tables: number): Answer['content'] {
  return tables === 0 ? {} : { results_left_out: tables };
}

function asides({ notices, moreNotices, open }: Reply, requests: readonly string[]): Answer['content'] {
  // What was said while it was held is of no use any more.
  const held = requests.map((id) => `held for approval: request ${id}`);
  const others = notices.filter(({ message }) => !held.includes(message));
  return {
    ...(others.length === 0 ? {} : { notices: others.map(said) }),
    ...(moreNotices === 0 ? {} : { notices_left_out: moreNotices }),
    ...(open
      ? { transaction: 'rolled back: a transaction ends with its call. Write BEGIN … COMMIT in one call.' }
      : {}),
  };
}

function shownTable({ columns, rows, cut, tag }: Table): Answer['content'] {
  const command = tag === null ? {} : { command: tag };
  if (columns === null) return command;
  return {
    ...command,
    columns,
    rows,
    row_count: rows.length,
    truncated: cut !== null,
    ...(cut === null ? {} : { truncated_because: tag === null ? CUT[cut] : `${CUT[cut]}. ${OVER}` }),
  };
}

const CUT = {
  rows: 'there are more rows: narrow the statement, or raise max_rows',
  bytes: 'the next row does not fit: select fewer or shorter columns, or raise max_bytes',
} as const;

const OVER = 'It has run to its end: do not send it again if it changes anything.';
