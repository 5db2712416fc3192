import type { Clock } from '../../core/clock.ts';
import type { Inbox } from '../../core/inbox.ts';
import { sizeOf } from '../drawable.ts';
import { runScreen, type ScreenOptions } from '../screen.tsx';
import { InboxStore } from './store.ts';
import { InboxScreen } from './views/inbox-screen.tsx';

export interface InboxOptions extends ScreenOptions {
  readonly inbox: Inbox;
  /** Id of a request to open at once; null: none. */
  readonly focus: string | null;
  readonly clock: Clock;
}

/** 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** Shows the inbox on the whole terminal until whoever looks leaves, or the signal aborts. Resolves with the exit code: 130
 * where Ctrl-C or the signal ended it. */
export async function openInbox({ inbox, focus, clock, ...screen }: InboxOptions): Promise<number> {
  let quit = (): void => undefined;
  const store = new InboxStore({ inbox, clock, focus, size: sizeOf(screen.stdout), quit: () => quit() });
  try {
    const code = await runScreen<number>((done) => {
      quit = () => done(0);
      return <InboxScreen store={store} />;
    }, screen);
    return code ?? INTERRUPTED;
  } finally {
    store.close();
  }
}
