import { onTestFinished } from 'vitest';
import { recordingOf } from '../../../src/cli/recording.ts';
import { openSessionSource } from '../../../src/record/source.ts';
import { Player } from '../../../src/tui/model/replay/player.ts';
import type { Recording } from '../../../src/tui/model/replay/recording.ts';
import { Script } from '../../../src/tui/model/replay/script.ts';

/** A record of the store, for replaying; closed with the test. */
export async function recordingIn(state: string, session: string): Promise<Recording> {
  const source = await openSessionSource(state, session);
  onTestFinished(() => source.close());
  return recordingOf(source);
}

/** A player that shows the record's first step, and so many at once. */
export async function playerIn(state: string, session: string, height = 8): Promise<Player> {
  const player = new Player(new Script(await recordingIn(state, session)));
  await player.setHeight(height);
  await player.open();
  return player;
}
