import type { Refusal } from '../../core/decision.ts';
import type { HoopError } from '../../core/errors.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import { visible } from '../../core/visible.ts';

/** What a shell says of a command that it may not run. */
export const REFUSED = 126;

/** What OpenSSH's client says when there is no connection. */
export const UNCONNECTED = 255;

/** Whose words these are: they come between those of a program. */
const BY = 'hoopctl:';

/** What a client is told on its standard error. `terminal`: lines begin where the cursor is not. */
function lines(words: readonly (string | null)[], terminal: boolean): Buffer {
  const end = terminal ? '\r\n' : '\n';
  const said = words.filter((line) => line !== null && line !== '');
  return Buffer.from(said.map((line) => `${BY} ${visible(line ?? '')}${end}`).join(''), 'utf8');
}

export function refusalLines({ message, detail, hint }: Refusal, terminal: boolean): Buffer {
  return lines([message, detail, hint], terminal);
}

export function failureLines({ message, hint }: HoopError, terminal: boolean): Buffer {
  return lines([message, hint === null ? null : `Try: ${hint}`], terminal);
}

export function heldLines(request: ApprovalRequest, terminal: boolean): Buffer {
  return lines([...heldWords(request, 'run'), 'Ctrl-C takes it back.'], terminal);
}

/** What is told of what waits for people, line by line. */
export function heldWords({ id, asked, expires, terms }: ApprovalRequest, done: 'run' | 'done'): readonly string[] {
  const message = terms.find((one) => one.message !== null)?.message ?? null;
  return [
    `held for approval: request ${id}`,
    ...(message === null ? [] : [message]),
    `It is not ${done} before a person approves it, until ${timeOf(expires, asked)}.`,
    `Approve it in another terminal with: hoopctl approve ${id}`,
  ];
}

/** An ISO time for people, to the second: `10:15:00 UTC`, with its date where that is another one than `now`'s. */
function timeOf(time: string, now: string): string {
  const [date, clock] = [time.slice(0, 10), time.slice(11, 19)];
  return `${date === now.slice(0, 10) ? '' : `${date} `}${clock} UTC`;
}

/** Words for what is over. */
export function wordLines(words: readonly string[], terminal: boolean): Buffer {
  return lines(words, terminal);
}
