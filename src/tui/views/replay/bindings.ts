import type { Binding } from '../../model/keys.ts';
import type { Wanted } from '../../model/replay/find.ts';
import type { Player } from '../../model/replay/player.ts';
import type { ScrollMove } from '../../model/scroll.ts';

/** What the keys of a replay act on. */
export interface ReplayKeys {
  readonly player: Player;
  readonly run: (action: Promise<void>) => void;
  /** True when arrows move what a step holds, not the step. */
  readonly inDetail: boolean;
  /** Steps that a page is. */
  readonly page: number;
  readonly scroll: (move: ScrollMove) => void;
  readonly toggleFocus: () => void;
  readonly toggleZoom: () => void;
  readonly toggleWide: () => void;
  readonly ask: (what: 'search' | 'goto') => void;
  readonly findAgain: (direction: 1 | -1) => void;
  readonly leave: () => void;
}

/** Microseconds that an arrow moves, and one with Shift. */
const SEEK = { short: 5_000_000, long: 60_000_000 } as const;

/** Every key of a replay, in the order of the help. */
export function replayBindings(keys: ReplayKeys): readonly Binding[] {
  return [...playing(keys), ...stepping(keys), ...moving(keys), ...looking(keys)];
}

function playing({ player, run }: ReplayKeys): readonly Binding[] {
  return [
    { keys: ['space'], hint: 'play', help: 'play, and hold', run: () => run(player.toggle()) },
    { keys: ['+', '='], help: 'play faster', run: () => player.hurry(1) },
    { keys: ['-'], help: 'play slower', run: () => player.hurry(-1) },
  ];
}

function stepping({ player, run }: ReplayKeys): readonly Binding[] {
  const jump = (kind: Exclude<Wanted['kind'], 'text'>, direction: 1 | -1) => (): void =>
    run(player.find({ kind }, direction));
  return [
    { keys: ['n'], hint: 'next', help: 'the next statement', run: jump('statement', 1) },
    { keys: ['p'], help: 'the statement before', run: jump('statement', -1) },
    { keys: ['d'], hint: 'denial', help: 'the next denial', run: jump('refusal', 1) },
    { keys: ['D'], help: 'the denial before', run: jump('refusal', -1) },
    { keys: ['r'], help: 'the next request for approval', run: jump('request', 1) },
    { keys: ['R'], help: 'the request before', run: jump('request', -1) },
    { keys: ['e'], help: 'the next error', run: jump('error', 1) },
    { keys: ['E'], help: 'the error before', run: jump('error', -1) },
  ];
}

function moving({ player, run, inDetail, page, scroll }: ReplayKeys): readonly Binding[] {
  const seek = (by: number): void => run(player.seekBy(by));
  const either = (move: ScrollMove, otherwise: () => void) => (): void => (inDetail ? scroll(move) : otherwise());
  const step = (by: number) => (): void => run(player.move(by));
  return [
    { keys: ['down', 'j'], help: 'the next step, or down in what a step holds', run: either('down', step(1)) },
    { keys: ['up', 'k'], help: 'the step before, or up', run: either('up', step(-1)) },
    { keys: ['right', 'l'], help: 'on by 5 seconds, or to the right', run: either('right', () => seek(SEEK.short)) },
    { keys: ['left', 'h'], help: 'back by 5 seconds, or to the left', run: either('left', () => seek(-SEEK.short)) },
    { keys: ['shift-right', 'L'], help: 'on by a minute', run: () => seek(SEEK.long) },
    { keys: ['shift-left', 'H'], help: 'back by a minute', run: () => seek(-SEEK.long) },
    { keys: ['page-down', 'ctrl-f'], help: 'a page down', run: either('page-down', step(page)) },
    { keys: ['page-up', 'ctrl-b'], help: 'a page up', run: either('page-up', step(-page)) },
    { keys: ['home', 'g'], help: 'to the start', run: either('first', () => run(player.toFirst())) },
    { keys: ['end', 'G'], help: 'to the end', run: either('last', () => run(player.toLast())) },
    { keys: ['J'], help: 'down in what the step holds, from anywhere', run: () => scroll('down') },
    { keys: ['K'], help: 'up in what the step holds, from anywhere', run: () => scroll('up') },
  ];
}

function looking(keys: ReplayKeys): readonly Binding[] {
  return [
    { keys: ['/'], hint: 'search', help: 'search statements, results, outcomes', run: () => keys.ask('search') },
    { keys: ['f'], help: 'search on', run: () => keys.findAgain(1) },
    { keys: ['F'], help: 'search back', run: () => keys.findAgain(-1) },
    { keys: ['t', ':'], help: 'go to a time (1:23, 90s, 50%) or an event (#12)', run: () => keys.ask('goto') },
    { keys: ['tab'], help: 'from the steps to what one holds, and back', run: keys.toggleFocus },
    { keys: ['enter', 'z'], hint: 'zoom', help: 'what a step holds on the whole screen', run: keys.toggleZoom },
    { keys: ['w'], help: 'values at full length, or cut', run: keys.toggleWide },
    { keys: ['q', 'escape'], hint: 'quit', help: 'back', run: keys.leave },
  ];
}
