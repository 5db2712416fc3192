import { placeName } from '../../core/shown-place.ts';
import { isOfTerminal, type RecordedEntry } from '../model/replay/recording.ts';
import type { Line } from '../safe-text.ts';
import { DrawnTerminal } from './drawn-terminal.ts';
import type { Keyframe } from './keyframe.ts';

/** Keyframes kept of a terminal; of more, every other one goes. */
const MAX_KEYFRAMES = 128;
/** Terminals drawn in memory at a time. */
const MAX_TERMINALS = 4;

interface Reel {
  /** By number. */
  keyframes: Keyframe[];
  /** Draws ahead, to leave keyframes behind. */
  readonly ahead: DrawnTerminal;
  /** Chapters from one keyframe to the next. */
  stride: number;
  since: number;
}

export interface Screen {
  readonly lines: readonly Line[];
  readonly columns: number;
}

/** Where events are read from. */
export interface Chapters {
  chapterOf(place: { readonly number: number }): number;
  scene(chapter: number): Promise<{ readonly entries: readonly RecordedEntry[] }>;
}

/** What the terminals of a recording showed, at any event. */
export class Screens {
  readonly #chapters: Chapters;
  readonly #reels = new Map<string, Reel>();
  readonly #shown = new Map<string, DrawnTerminal>();

  constructor(chapters: Chapters) {
    this.#chapters = chapters;
  }

  /** Draws a chapter ahead and keeps where that led to. Called with every chapter that has terminal output, in order. */
  async learn(entries: readonly RecordedEntry[]): Promise<void> {
    for (const name of terminalsIn(entries)) {
      const reel = this.#reels.get(name) ?? { keyframes: [], ahead: DrawnTerminal.blank(), stride: 1, since: 0 };
      this.#reels.set(name, reel);
      await reel.ahead.draw(entries, name);
      reel.since += 1;
      if (reel.since < reel.stride) continue;
      reel.since = 0;
      reel.keyframes.push(reel.ahead.keyframe());
      if (reel.keyframes.length <= MAX_KEYFRAMES) continue;
      reel.keyframes = reel.keyframes.filter((_, index) => index % 2 === 1);
      reel.stride *= 2;
    }
  }

  /** What the terminal of a name showed after an event. */
  async at(name: string, number: number): Promise<Screen> {
    const keyframe = this.#reels.get(name)?.keyframes.findLast((one) => one.number <= number) ?? null;
    const terminal = await this.#terminal(name, number, keyframe);
    const last = this.#chapters.chapterOf({ number });
    for (let chapter = this.#chapters.chapterOf({ number: terminal.number + 1 }); chapter <= last; chapter += 1) {
      const { entries } = await this.#chapters.scene(chapter);
      await terminal.draw(
        entries.filter((entry) => entry.number <= number),
        name,
      );
    }
    return { lines: terminal.lines(), columns: terminal.columns };
  }

  /** The terminal to go on from: the one that is shown, unless that is too far, or not far enough. */
  async #terminal(name: string, number: number, keyframe: Keyframe | null): Promise<DrawnTerminal> {
    const shown = this.#shown.get(name);
    if (shown !== undefined && shown.number <= number && shown.number >= (keyframe?.number ?? -1)) return shown;
    shown?.dispose();
    this.#shown.delete(name);
    for (const [other, terminal] of this.#shown) {
      if (this.#shown.size < MAX_TERMINALS) break;
      terminal.dispose();
      this.#shown.delete(other);
    }
    const terminal = keyframe === null ? DrawnTerminal.blank() : await DrawnTerminal.at(keyframe);
    this.#shown.set(name, terminal);
    return terminal;
  }
}

function terminalsIn(entries: readonly RecordedEntry[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { event } of entries) if (isOfTerminal(event)) found.add(placeName(event));
  return found;
}
