import type { Guard } from '../../../core/guard.ts';
import { HoopError } from '../../../core/errors.ts';

/** Why a channel is not opened (RFC 4254, 5.1), and words for whoever wanted it. */
export interface NotOpened {
  readonly reason: number;
  readonly words: string;
}

export const PROHIBITED = 1;
export const UNCONNECTED = 2;
const SHORT = 4;

export const SHORTAGE: NotOpened = { reason: SHORT, words: 'too many connections at once' };
export const UNREADABLE: NotOpened = {
  reason: PROHIBITED,
  words: 'this is no plain name, address or absolute path: write it in full, in its usual form',
};

/** The other side's no, in its own words. */
class Unopened extends Error {
  readonly reason: number;

  constructor({ reason, words }: NotOpened) {
    super(words);
    this.reason = reason;
  }
}

/** Opens a channel by one of ssh2's methods. @throws what `notOpened` makes words of */
export function opened<Channel>(
  open: (done: (error: Error | undefined, channel: Channel) => void) => unknown,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    try {
      open((error, channel) => {
        if (error === undefined) resolve(channel);
        else reject(unopened(error));
      });
    } catch {
      reject(new Unopened({ reason: UNCONNECTED, words: 'the connection is closed' }));
    }
  });
}

/** ssh2 puts its own words before the other side's. */
function unopened(error: Error & { readonly reason?: unknown }): Unopened {
  const words = error.message.replace('(SSH) Channel open failure: ', '');
  return new Unopened({ reason: typeof error.reason === 'number' ? error.reason : UNCONNECTED, words });
}

/** What whoever wanted the channel is told; null when the failure is a bug. */
export function notOpened(error: unknown, guard: Pick<Guard, 'words'>): NotOpened | null {
  if (error instanceof Unopened) return { reason: error.reason, words: guard.words(error.message) };
  if (error instanceof HoopError) return { reason: UNCONNECTED, words: error.message };
  return null;
}
