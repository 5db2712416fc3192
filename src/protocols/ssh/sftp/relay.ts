import type { Duplex } from 'node:stream';
import { HoopError } from '../../../core/errors.ts';
import type { SessionEnd } from '../../../core/protocol.ts';
import { Framer } from '../../../wire/framer.ts';
import { Inbound } from '../../../wire/inbound.ts';
import { doneWith } from '../arrivals.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { framing } from './frames.ts';

export interface SftpOptions extends Omit<ConversationOptions, 'end' | 'failed'> {
  /** Aborts when the session ends. */
  readonly signal: AbortSignal;
  /** It is over, and both sides are about to be ended: the last moment to say how. */
  readonly over: (end: SftpEnd) => void;
}

/** Why a conversation ended. */
export type SftpEnd = SessionEnd;

/**
 * Leads one SFTP conversation between a client and a target, and has every operation decided by what it does to which
 * path. Resolves when it is over; never rejects. Ends both sides, and waits for neither to close.
 */
export async function relaySftp(options: SftpOptions): Promise<SftpEnd> {
  const { client, upstream, signal } = options;
  const { promise: ended, resolve: end } = Promise.withResolvers<SftpEnd>();
  const conversation = new Conversation({ ...options, end, failed: (error) => end(endOf(error, 'target')) });
  const expire = (): void => end(EXPIRED);
  signal.addEventListener('abort', expire, { once: true });
  if (signal.aborted) expire();
  client.once('close', () => end(GONE));
  taken(client, 'the client', {
    take: (message) => conversation.ask(message),
    turn: () => conversation.asked(),
  })
    .then(() => conversation.clientLeft())
    .catch((error: unknown) => end(endOf(error, 'client')));
  taken(upstream, 'the server', {
    take: (message) => conversation.answer(message),
    turn: () => conversation.answers(),
  })
    .then(() => end(conversation.targetLeft()))
    .catch((error: unknown) => end(endOf(error, 'target')));
  const why = await ended;
  signal.removeEventListener('abort', expire);
  const last = await conversation
    .close()
    .then(() => why)
    .catch((error: unknown) => endOf(error, 'target'));
  options.over(last);
  client.end();
  upstream.end();
  return last;
}

const GONE: SftpEnd = { cause: 'client', message: 'the client has closed the transfer' };
const EXPIRED: SftpEnd = { cause: 'expired', message: 'the session has ended' };

interface Taker {
  readonly take: (message: Buffer) => void;
  /** All that came together was taken. Null when there is nothing to wait for. */
  readonly turn: () => Promise<void> | null;
}

/** Takes messages from a stream until it ends. @throws HoopError */
function taken(stream: Duplex, sender: 'the client' | 'the server', { take, turn }: Taker): Promise<void> {
  const framer = new Framer(framing(sender));
  return new Inbound(stream).flow((chunk) => {
    framer.feed(chunk);
    let isKept = false;
    for (let message = framer.next(); message !== null; message = framer.next()) {
      isKept ||= message.buffer === chunk.buffer;
      take(message);
    }
    // All of it is in messages that are put together from several such pieces.
    if (!isKept) doneWith(chunk);
    return turn();
  });
}

function endOf(error: unknown, side: 'client' | 'target'): SftpEnd {
  if (!(error instanceof HoopError)) return { cause: 'failure', message: 'the conversation failed' };
  if (error.code === 'record.append') return { cause: 'record', message: error.message };
  if (error.code === 'session.unconfirmed') return { cause: 'refused', message: error.message };
  return { cause: 'protocol', message: `${side}: ${error.message}` };
}
