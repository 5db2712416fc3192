import type { Screens } from '../../terminal/screens.ts';
import { MARKS, Timeline } from './marks.ts';
import type { RecordedChapter, RecordedEntry, Recording } from './recording.ts';
import { type Step, stepsOf } from './step.ts';

/** Chapters kept at hand, each of about a megabyte at most. */
const MAX_CHAPTERS = 16;
/** Texts of prepared statements kept at hand, characters. */
const MAX_TEXTS = 4 * 1024 * 1024;

/** A chapter that was read, and its steps. */
export interface Scene {
  readonly entries: readonly RecordedEntry[];
  readonly steps: readonly Step[];
  readonly damage: string | null;
}

const NOTHING: Scene = { entries: [], steps: [], damage: null };

/** Goes through a recording in any direction; keeps a bounded part of it at hand. */
export class Script {
  readonly recording: Recording;
  readonly timeline = new Timeline();
  readonly #scenes = new Map<number, { readonly events: number; readonly scene: Promise<Scene> }>();
  readonly #texts = new Map<number, string>();
  #size = 0;
  #screens: Promise<Screens> | null = null;

  constructor(recording: Recording) {
    this.recording = recording;
  }

  get chapters(): number {
    return this.recording.places.length;
  }

  /** A chapter, from what is at hand or from the record; an empty one where there is none. */
  scene(chapter: number): Promise<Scene> {
    if (chapter < 0 || chapter >= this.chapters) return Promise.resolve(NOTHING);
    // The last one grows with its session.
    const events = chapter === this.chapters - 1 ? this.recording.extent.events : 0;
    const kept = this.#scenes.get(chapter);
    this.#scenes.delete(chapter);
    const scene = kept !== undefined && kept.events === events ? kept.scene : this.#load(chapter);
    this.#scenes.set(chapter, { events, scene });
    for (const oldest of this.#scenes.keys()) {
      if (this.#scenes.size <= MAX_CHAPTERS) break;
      this.#scenes.delete(oldest);
    }
    return scene;
  }

  async #load(chapter: number): Promise<Scene> {
    return this.#sceneOf(chapter, await this.recording.read(chapter));
  }

  #sceneOf(chapter: number, { entries, damage }: RecordedChapter): Scene {
    this.timeline.add(chapter, entries);
    return { entries, steps: stepsOf(chapter, entries), damage };
  }

  /** What terminals showed; only a record that has any needs what draws them. */
  screens(): Promise<Screens> {
    this.#screens ??= import('../../terminal/screens.ts').then((loaded) => new loaded.Screens(this));
    return this.#screens;
  }

  /** Notes what is in a chapter, without keeping it. Called with each of them, in order; again with the last as it grows. */
  async survey(chapter: number): Promise<void> {
    const known = this.timeline.inChapter(chapter);
    if (known !== null && (known & MARKS.terminal) === 0 && chapter < this.chapters - 1) return;
    const { entries } = await this.recording.read(chapter);
    this.timeline.add(chapter, entries);
    const marks = this.timeline.inChapter(chapter) ?? 0;
    if ((marks & MARKS.terminal) !== 0) await (await this.screens()).learn(entries);
  }

  /** The chapter that holds an event, or a moment: the last that starts no later. */
  chapterOf(place: { readonly number: number } | { readonly offsetMicros: number }): number {
    const { places } = this.recording;
    let [low, high] = [0, places.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const start = places[middle];
      const later =
        start === undefined ||
        ('number' in place ? start.number > place.number : start.offsetMicros > place.offsetMicros);
      if (later) high = middle - 1;
      else low = middle;
    }
    return Math.max(0, low);
  }

  /** The last step that starts no later than a moment, or the first of all. Null when there is none. */
  async stepAt(offsetMicros: number): Promise<Step | null> {
    const from = this.chapterOf({ offsetMicros });
    for (let chapter = from; chapter >= 0; chapter -= 1) {
      const step = (await this.scene(chapter)).steps.findLast((one) => one.offsetMicros <= offsetMicros);
      if (step !== undefined) return step;
    }
    return this.first();
  }

  /** The step that starts with an event, or the last one before it. */
  async stepOf(number: number): Promise<Step | null> {
    for (let chapter = this.chapterOf({ number }); chapter >= 0; chapter -= 1) {
      const step = (await this.scene(chapter)).steps.findLast((one) => one.number <= number);
      if (step !== undefined) return step;
    }
    return this.first();
  }

  async first(): Promise<Step | null> {
    for (let chapter = 0; chapter < this.chapters; chapter += 1) {
      const [step] = (await this.scene(chapter)).steps;
      if (step !== undefined) return step;
    }
    return null;
  }

  async last(): Promise<Step | null> {
    for (let chapter = this.chapters - 1; chapter >= 0; chapter -= 1) {
      const step = (await this.scene(chapter)).steps.at(-1);
      if (step !== undefined) return step;
    }
    return null;
  }

  /** Up to `count` steps right after one, or before it, in order. */
  async beside(step: Step, direction: 1 | -1, count: number): Promise<readonly Step[]> {
    const found: Step[] = [];
    for await (const one of this.walk(step, direction)) {
      if (found.length >= count) break;
      found.push(one);
    }
    return direction === 1 ? found : found.reverse();
  }

  /**
   * The steps after one, or before it. `marks`: chapters that are known to hold nothing of the kind are stepped over.
   * It lets other work be done between chapters.
   */
  async *walk(from: Step, direction: 1 | -1, marks = 0): AsyncGenerator<Step> {
    for (let chapter = from.chapter; chapter >= 0 && chapter < this.chapters; chapter += direction) {
      const known = this.timeline.inChapter(chapter);
      if (marks !== 0 && known !== null && (known & marks) === 0) continue;
      const { steps } = await this.scene(chapter);
      const after = steps.filter(({ number }) => (direction === 1 ? number > from.number : number < from.number));
      yield* direction === 1 ? after : after.reverse();
      if (chapter !== from.chapter) await pause();
    }
  }

  /** The text of a statement, which may stand in an earlier event; null when that is not there. */
  async textOf(step: Step): Promise<string | null> {
    const { event } = step;
    if (event.type !== 'statement') return null;
    if (event.text !== null || event.prepared === null) return event.text;
    const kept = this.#texts.get(event.prepared);
    if (kept !== undefined) return kept;
    const number = event.prepared;
    const { entries } = await this.scene(this.chapterOf({ number }));
    const found = entries.find((entry) => entry.number === number)?.event;
    if (found?.type !== 'statement' || found.text === null) return null;
    this.#keep(number, found.text);
    return found.text;
  }

  #keep(number: number, text: string): void {
    this.#texts.set(number, text);
    this.#size += text.length;
    for (const [oldest, dropped] of this.#texts) {
      if (this.#size <= MAX_TEXTS || oldest === number) return;
      this.#texts.delete(oldest);
      this.#size -= dropped.length;
    }
  }
}

/** Lets keys and frames through before more is done. */
export function pause(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
