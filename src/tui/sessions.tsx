import type { Archive } from './model/sessions/archive.ts';
import { Browser } from './model/sessions/browser.ts';
import { runScreen, type ScreenOptions } from './screen.tsx';
import { SessionsView } from './views/sessions/sessions-view.tsx';

export type { Archive } from './model/sessions/archive.ts';

/**
 * Lists an archive on the whole terminal, and replays what is chosen, until whoever looks leaves it. True when they
 * did; false when a signal or Ctrl-C ended it.
 * @throws what the archive throws when it cannot be listed
 */
export async function sessionsScreen(archive: Archive, options: ScreenOptions): Promise<boolean> {
  const browser = new Browser(archive);
  const left = await runScreen<true>((done) => <SessionsView browser={browser} onLeave={() => done(true)} />, options);
  return left ?? false;
}
