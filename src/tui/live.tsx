import type { Clock } from '../core/clock.ts';
import type { Inbox } from '../core/inbox.ts';
import { InboxStore } from './model/approve/store.ts';
import { sizeOf } from './drawable.ts';
import { runScreen, type ScreenOptions } from './screen.tsx';
import type { LiveFeed } from './model/connect/feed.ts';
import { LiveStore } from './model/connect/store.ts';
import { LiveScreen } from './views/connect/live-screen.tsx';

export interface LiveOptions extends ScreenOptions {
  readonly clock: Clock;
  /** Requests that can be answered in place; null: none. */
  readonly inbox: Inbox | null;
  /** The login that was named to answer them by; null: whichever fits. */
  readonly profile: string | null;
}

export interface LiveView {
  readonly feed: LiveFeed;
  /**
   * Resolves when the terminal is as it was before: with true when whoever looked had enough of the doors, with false
   * when Ctrl-C or the signal ended the view. Rejects with what went wrong while it was drawn.
   */
  readonly ended: Promise<boolean>;
}

/** Shows on the whole terminal what happens while doors are open. */
export function openLive({ clock, inbox, profile, ...screen }: LiveOptions): LiveView {
  const size = sizeOf(screen.stdout);
  let leave = (): void => undefined;
  const store = new LiveStore({ clock, size, asks: inbox !== null, leave: () => leave() });
  const requests = inbox === null ? null : new InboxStore({ inbox, clock, profile, size, quit: () => store.back() });
  requests?.subscribe(() => store.wait(requests.state().board.waiting.length));
  const run = async (): Promise<boolean> => {
    try {
      const left = await runScreen<true>((done) => {
        leave = () => done(true);
        return <LiveScreen store={store} inbox={requests} />;
      }, screen);
      return left ?? false;
    } finally {
      store.close();
      requests?.close();
    }
  };
  return { feed: store, ended: run() };
}
