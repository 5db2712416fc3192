import { Player } from './model/replay/player.ts';
import type { Recording } from './model/replay/recording.ts';
import { Script } from './model/replay/script.ts';
import { runScreen, type ScreenOptions } from './screen.tsx';
import { ReplayView } from './views/replay/replay-view.tsx';

export type { Recording } from './model/replay/recording.ts';

/**
 * Replays a recording on the whole terminal until whoever watches leaves it. True when they did; false when a signal
 * or Ctrl-C ended it. The recording stays open.
 * @throws what the recording throws
 */
export async function replayScreen(
  recording: Recording,
  options: ScreenOptions & { readonly speed: number },
): Promise<boolean> {
  const player = new Player(new Script(recording), options.speed);
  // Before anything is drawn, so that the first frame is not an empty one.
  await player.open();
  const left = await runScreen<true>((done) => <ReplayView player={player} onLeave={() => done(true)} />, options);
  return left ?? false;
}
