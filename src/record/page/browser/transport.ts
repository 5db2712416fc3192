import { FLAG } from '../card.ts';
import type { Archive } from '../model/archive.ts';
import { clock } from '../model/clock.ts';
import type { Command } from '../model/keys.ts';
import { Playback, SPEEDS } from '../model/playback.ts';
import { Timeline } from '../model/timeline.ts';
import { byId, element } from './element.ts';

const IDLE_LIMIT = 2_000_000;
const STEP = 5_000_000;
const MARKED = FLAG.refused | FLAG.asked | FLAG.error;
/** What is drawn over the others comes last. */
const COLOURS = [
  [FLAG.error, '--error'],
  [FLAG.asked, '--asked'],
  [FLAG.refused, '--refused'],
] as const;

export interface Move {
  readonly at: number;
  /** The last one that has begun. */
  readonly card: number;
  /** The list is to follow. */
  readonly following: boolean;
  readonly playing: boolean;
}

/** The player: a moment, what it moves by, and what shows it. */
export class Transport {
  readonly #archive: Archive;
  readonly #end: number;
  readonly #moved: (move: Move) => void;
  readonly #marks: readonly number[];
  readonly #position = byId('position', HTMLInputElement);
  readonly #play = byId('play', HTMLButtonElement);
  readonly #speed = byId('speed', HTMLSelectElement);
  readonly #skip = byId('skip', HTMLInputElement);
  readonly #canvas = byId('marks', HTMLCanvasElement);
  #timeline: Timeline;
  #playback: Playback;
  #used = false;
  /** The card that was asked for, where several begin at the same moment; null once the moment moved. */
  #asked: number | null = null;

  constructor(archive: Archive, end: number, moved: (move: Move) => void) {
    this.#archive = archive;
    this.#end = end;
    this.#moved = moved;
    this.#marks = archive.flags.flatMap((flags, card) => ((flags & MARKED) === 0 ? [] : [card]));
    this.#timeline = new Timeline(archive.at, end, IDLE_LIMIT);
    this.#playback = new Playback(this.#timeline.length);
    this.#listen();
    this.#drawMarks();
    this.#show();
  }

  /** What a key or a button asks for. */
  obey(command: Exclude<Command, 'search' | 'keys'>): void {
    const now = performance.now();
    const at = this.#playback.at(now);
    const current = this.#asked ?? this.#timeline.cardAt(at);
    switch (command) {
      case 'play':
        return this.#toggle(now);
      case 'back':
        return this.#seek(at - STEP);
      case 'on':
        return this.#seek(at + STEP);
      case 'previous':
        return this.#seekCard(current - 1);
      case 'next':
        return this.#seekCard(current + 1);
      case 'previous-mark':
        return this.#seekCard(this.#marks.findLast((card) => card < current));
      case 'next-mark':
        return this.#seekCard(this.#marks.find((card) => card > current));
      case 'slower':
      case 'faster':
        this.#playback.shift(command === 'faster' ? 1 : -1, now);
        return this.#show();
      case 'start':
        return this.#seek(0);
      case 'end':
        return this.#seek(this.#timeline.length);
    }
  }

  /** To a moment of the session. */
  seekTo(at: number): void {
    this.#seek(this.#timeline.played(at));
  }

  #listen(): void {
    for (const speed of SPEEDS) this.#speed.append(element('option', { value: String(speed) }, `${speed}×`));
    const press = (id: string, command: 'play' | 'previous-mark' | 'next-mark'): void =>
      byId(id, HTMLButtonElement).addEventListener('click', () => this.obey(command));
    press('play', 'play');
    press('back', 'previous-mark');
    press('on', 'next-mark');
    this.#speed.addEventListener('change', () => this.#playback.setSpeed(Number(this.#speed.value), performance.now()));
    this.#position.addEventListener('input', () => {
      this.#seek((Number(this.#position.value) / 1000) * this.#timeline.length);
    });
    this.#skip.addEventListener('change', () => {
      const now = performance.now();
      const at = this.#timeline.passed(this.#playback.at(now));
      this.#timeline = new Timeline(this.#archive.at, this.#end, this.#skip.checked ? IDLE_LIMIT : Infinity);
      this.#playback.rescale(this.#timeline.length, this.#timeline.played(at), now);
      this.#drawMarks();
      this.#show();
    });
    new ResizeObserver(() => this.#drawMarks()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#drawMarks());
  }

  #toggle(now: number): void {
    if (this.#playback.playing) this.#playback.pause(now);
    else this.#playback.play(now);
    this.#used = true;
    this.#asked = null;
    this.#frame();
  }

  #frame(): void {
    this.#show();
    if (this.#playback.playing) requestAnimationFrame(() => this.#frame());
  }

  #seek(position: number): void {
    this.#used = true;
    this.#asked = null;
    this.#playback.seek(position, performance.now());
    this.#show();
  }

  #seekCard(card: number | undefined): void {
    if (card === undefined || card < 0 || card >= this.#archive.count) return;
    this.#used = true;
    this.#asked = this.#playback.playing ? null : card;
    this.#playback.seek(this.#timeline.playedOf(card), performance.now());
    this.#show();
  }

  #show(): void {
    const at = this.#playback.at(performance.now());
    const { playing, speed } = this.#playback;
    const current = this.#asked ?? this.#timeline.cardAt(at);
    const passed = this.#timeline.passed(at);
    const length = this.#timeline.length;
    this.#position.value = String(length === 0 ? 0 : (at / length) * 1000);
    const number = this.#archive.numbers[current];
    const text = `${clock(passed)} of ${clock(this.#end)}${number === undefined ? '' : `, #${number}`}`;
    this.#position.setAttribute('aria-valuetext', text);
    byId('clock', HTMLElement).textContent = text;
    this.#play.textContent = playing ? 'Pause' : 'Play';
    this.#play.setAttribute('aria-pressed', String(playing));
    this.#speed.value = String(speed);
    this.#moved({ at: passed, card: current, following: this.#used, playing });
  }

  #drawMarks(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const ratio = devicePixelRatio;
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    const context = this.#canvas.getContext('2d');
    if (context === null || this.#timeline.length === 0) return;
    const style = getComputedStyle(this.#canvas);
    // A slider's knob is never half outside: its ends are half a knob away from the edges.
    const [edge, width] = [8 * ratio, this.#canvas.width - 16 * ratio];
    for (const [flag, name] of COLOURS) {
      // Colours of a scheme are resolved where they are used, not where they are named.
      this.#canvas.style.color = `var(${name})`;
      context.fillStyle = style.color;
      const done = new Set<number>();
      for (const card of this.#marks) {
        if (((this.#archive.flags[card] ?? 0) & flag) === 0) continue;
        const x = Math.round(edge + (this.#timeline.playedOf(card) / this.#timeline.length) * width);
        if (done.has(x)) continue;
        done.add(x);
        context.fillRect(x - ratio, 0, 2 * ratio, this.#canvas.height);
      }
    }
  }
}
