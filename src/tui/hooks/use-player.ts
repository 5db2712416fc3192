import { useEffect, useState, useSyncExternalStore } from 'react';
import { setTimeout } from 'node:timers/promises';
import { pause } from '../model/replay/script.ts';
import type { Player, PlayerState } from '../model/replay/player.ts';

/** Frames of a recording that plays, and looks at one that grows, in milliseconds. */
const TICK = 66;
const LOOK = 250;

export interface PlayerHook {
  readonly state: PlayerState;
  /** Has the player do something; what fails takes the screen down. */
  readonly run: (action: Promise<void>) => void;
}

/** A player that was opened, drawn: kept going while it plays, and told of what the record gains. */
export function usePlayer(player: Player): PlayerHook {
  const state = useSyncExternalStore(player.subscribe, player.state);
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
  const run = (action: Promise<void>): void => {
    action.catch((error: unknown) => setFailure({ error }));
  };
  useEffect(() => {
    const controller = new AbortController();
    const { recording } = player.script;
    const wait = async (): Promise<void> => {
      await pause();
      if (recording.live && player.state().learned > 0) await setTimeout(LOOK, undefined, { ref: false });
    };
    run(player.learn(controller.signal, wait));
    return () => controller.abort();
  }, [player]);
  useEffect(() => {
    if (!state.playing) return;
    let last = performance.now();
    let ticking = false;
    const timer = setInterval(() => {
      // A slow frame is made up for by the next one, and never queued behind others.
      if (ticking) return;
      const now = performance.now();
      ticking = true;
      run(player.tick((now - last) * 1000).finally(() => (ticking = false)));
      last = now;
    }, TICK);
    return () => clearInterval(timer);
  }, [player, state.playing]);
  // Errors of the record end the screen, where whoever opened it says what to try.
  if (failure !== null) throw failure.error;
  return { state, run };
}
