import type { Clock } from '../core/clock.ts';
import type { Inbox } from '../core/inbox.ts';
import { sizeOf } from './drawable.ts';
import { runScreen, type ScreenOptions } from './screen.tsx';
import { InboxStore } from './model/approve/store.ts';
import { InboxScreen } from './views/approve/inbox-screen.tsx';

export interface InboxOptions extends ScreenOptions {
  readonly clock: Clock;
  /** The login that was named to answer by; null: whichever fits. */
  readonly profile: string | null;
}

/**
 * Shows an inbox on the whole terminal until whoever looks leaves it. True when they did; false when a signal or Ctrl-C
 * ended it.
 */
export async function inboxScreen(inbox: Inbox, options: InboxOptions): Promise<boolean> {
  const { clock, profile, ...screen } = options;
  let quit = (): void => undefined;
  const store = new InboxStore({ inbox, clock, profile, size: sizeOf(screen.stdout), quit: () => quit() });
  try {
    const left = await runScreen<true>((done) => {
      quit = () => done(true);
      return <InboxScreen store={store} />;
    }, screen);
    return left ?? false;
  } finally {
    store.close();
  }
}
