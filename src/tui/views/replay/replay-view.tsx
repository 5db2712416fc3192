import { type ReactNode, useRef, useState } from 'react';
import { useField } from '../../hooks/use-field.ts';
import { usePlayer } from '../../hooks/use-player.ts';
import { fieldLine } from '../../model/field-line.ts';
import { placeOf } from '../../model/replay/goto.ts';
import type { Player } from '../../model/replay/player.ts';
import { scroll, type ScrollArea, type ScrollMove, UNSCROLLED } from '../../model/scroll.ts';
import { Frame } from '../frame.tsx';
import { replayBindings } from './bindings.ts';
import { statusLine, titleLine, whereLine } from './labels.ts';
import { ReplayBody } from './replay-body.tsx';

export interface ReplayViewProps {
  readonly player: Player;
  readonly onLeave: () => void;
}

/** A record, replayed: its steps, what the chosen one holds, and a timeline. */
export function ReplayView({ player, onLeave }: ReplayViewProps): ReactNode {
  const { state, run } = usePlayer(player);
  const [inDetail, setInDetail] = useState(false);
  const [zoomed, setZoomed] = useState(false);
  const [wide, setWide] = useState(false);
  const { at, move, area } = useScroll(state.rows[state.chosen]?.step.number ?? 0);
  const prompt = usePrompt(player, run);
  const leave = (): void => {
    if (state.busy !== null || state.message !== null || prompt.complaint !== null) {
      prompt.dismiss();
      player.giveUp();
    } else if (zoomed) setZoomed(false);
    else onLeave();
  };
  const bindings = replayBindings({
    player,
    run,
    inDetail: inDetail || zoomed,
    page: Math.max(1, state.rows.length - 1),
    scroll: move,
    toggleFocus: () => setInDetail((before) => !before),
    toggleZoom: () => setZoomed((before) => !before),
    toggleWide: () => setWide((before) => !before),
    ask: prompt.ask,
    findAgain: prompt.findAgain,
    leave,
  });
  return (
    <Frame
      title={titleLine(player.script.recording)}
      aside={whereLine(player.script.recording, state)}
      status={prompt.line ?? statusLine(state, prompt.complaint)}
      bindings={bindings}
      active={prompt.line === null}
      hasty
    >
      {(whole) => (
        <ReplayBody
          area={whole}
          player={player}
          state={state}
          run={run}
          zoomed={zoomed}
          wide={wide}
          inDetail={inDetail || zoomed}
          scroll={at}
          scrolled={area}
        />
      )}
    </Frame>
  );
}

/** Scrolling that starts over with every step. */
function useScroll(number: number) {
  const [kept, setKept] = useState({ number, at: UNSCROLLED });
  const area = useRef<ScrollArea>({ rows: 0, columns: 0, height: 0, width: 0 });
  const at = kept.number === number ? kept.at : UNSCROLLED;
  const move = (by: ScrollMove): void =>
    setKept((before) => {
      const from = before.number === number ? before.at : UNSCROLLED;
      return { number, at: scroll(from, by, area.current) };
    });
  return { at, move, area };
}

/** What is asked for in the last row: something to look for, or where to go. */
function usePrompt(player: Player, run: (action: Promise<void>) => void) {
  const [asked, setAsked] = useState<'search' | 'goto' | null>(null);
  const [searched, setSearched] = useState('');
  const [complaint, setComplaint] = useState<string | null>(null);
  const find = (text: string, direction: 1 | -1): void => {
    if (text !== '') run(player.find({ kind: 'text', text }, direction));
  };
  const go = (typed: string): void => {
    const place = placeOf(typed, player.script.recording.extent.offsetMicros);
    if (place === null) setComplaint(`“${typed}” is no time and no event: 1:23, 90s, 50%, #12`);
    else run('micros' in place ? player.seek(place.micros) : player.toEvent(place.number));
  };
  const field = useField({
    active: asked !== null,
    hasty: true,
    onCancel: () => setAsked(null),
    onSubmit: (text) => {
      setAsked(null);
      if (asked === 'goto') return go(text);
      setSearched(text);
      find(text, 1);
    },
  });
  const label = asked === 'goto' ? ' go to (1:23, 90s, 50%, #12):' : ' search:';
  return {
    /** Null when nothing is asked. */
    line: asked === null ? null : (width: number) => fieldLine(label, field.state, width),
    complaint,
    dismiss: () => setComplaint(null),
    ask: (what: 'search' | 'goto'): void => {
      setComplaint(null);
      field.set('');
      setAsked(what);
    },
    findAgain: (direction: 1 | -1): void => find(searched, direction),
  };
}
