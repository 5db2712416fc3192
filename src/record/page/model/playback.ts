export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const;

/** A moment that moves with the clock while it plays. Microseconds of what is played; the clock's milliseconds. */
export class Playback {
  #length: number;
  #position = 0;
  #speed = 1;
  /** The clock's time of `#position`; null while it stands still. */
  #since: number | null = null;

  constructor(length: number) {
    this.#length = length;
  }

  get playing(): boolean {
    return this.#since !== null;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Where it is now. At the end it stops. */
  at(now: number): number {
    if (this.#since === null) return this.#position;
    this.#position = Math.min(this.#length, this.#position + (now - this.#since) * 1000 * this.#speed);
    this.#since = this.#position >= this.#length ? null : now;
    return this.#position;
  }

  /** From the start when it was at the end. */
  play(now: number): void {
    if (this.#since !== null || this.#length <= 0) return;
    if (this.#position >= this.#length) this.#position = 0;
    this.#since = now;
  }

  pause(now: number): void {
    this.at(now);
    this.#since = null;
  }

  seek(position: number, now: number): void {
    this.#position = Math.min(this.#length, Math.max(0, position));
    if (this.#since !== null) this.#since = now;
  }

  setSpeed(speed: number, now: number): void {
    this.at(now);
    this.#speed = speed;
  }

  /** The next faster or slower speed. */
  shift(steps: 1 | -1, now: number): void {
    const index = SPEEDS.findIndex((speed) => speed === this.#speed) + steps;
    this.setSpeed(SPEEDS[index] ?? this.#speed, now);
  }

  /** What is played is counted in another way: it goes on at `position` of `length`. */
  rescale(length: number, position: number, now: number): void {
    this.#length = length;
    this.seek(position, now);
  }
}
