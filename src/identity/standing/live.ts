import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import { type Identity, isSameOne } from '../../core/identity.ts';
import type { Standing } from '../../core/standing.ts';
import { Patience } from './patience.ts';
import { areSameClaims, type Finding, type Known, type Source } from './source.ts';

export interface LiveOptions {
  readonly source: Source;
  /** Milliseconds for which what was confirmed is believed. */
  readonly recheck: number;
  /** What helps when it has ended. */
  readonly again: string;
  readonly clock: Clock;
}

/** The part of the time that is believed after which it is confirmed again: not by all processes at once. */
const RENEWED_AFTER = 0.8;
const SPREAD = 0.1;
/** Milliseconds between two looks, at most: what happens elsewhere takes effect that late. */
const LOOK = 1000;
/** Milliseconds by which the clock may have been set back since somebody else confirmed it. */
const SKEW = 60_000;

/**
 * Somebody who is confirmed again and again. What was known before is believed if it is recent, otherwise it is confirmed
 * first. @throws HoopError `identity.login` when it has ended, or why it could not be confirmed
 */
export async function openStanding(options: LiveOptions, known: Known | null): Promise<Standing> {
  const { source, recheck, clock } = options;
  const now = clock.now();
  if (known !== null && now < endOfBelief(known, recheck, now)) return new LiveStanding(options, known);
  const finding = await source.renew(known);
  if (finding.kind === 'unknown') throw finding.error;
  if (finding.kind === 'ended') throw new HoopError('identity.login', finding.why, { hint: options.again });
  return new LiveStanding(options, finding.known);
}

/** Wall clock, milliseconds since the epoch. */
function endOfBelief({ confirmed, until }: Known, recheck: number, now: number): number {
  // Of a time that is still to come nobody knows how long it is ago.
  return confirmed > now + SKEW ? 0 : Math.min(confirmed + recheck, until);
}

class LiveStanding implements Standing {
  readonly #options: LiveOptions;
  readonly #pause: number;
  readonly #patience: Patience;
  readonly #listeners = new Set<(now: Identity | null) => void>();
  #known: Known;
  /** Wall clock: until when it is believed. The clock may be set back meanwhile: see `#stale`. */
  #believed = 0;
  /** Milliseconds since `#since` after which it is confirmed again, and after which it is not believed any more. */
  #due = 0;
  #life = 0;
  /** Milliseconds, monotonic. */
  #since = 0;
  /** It is not believed any more, by the clock that nobody sets. */
  #stale = false;
  /** Why it could not be confirmed when that was tried last. */
  #trouble: string | null = null;
  #ended: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #step: Promise<void> | null = null;
  #closed = false;

  constructor(options: LiveOptions, known: Known) {
    this.#options = options;
    this.#pause = Math.max(Math.min(LOOK, options.recheck / 20), 50);
    this.#patience = new Patience(this.#pause, options.recheck);
    this.#known = known;
    this.#believe(known);
    this.#wait();
  }

  get identity(): Identity {
    return this.#known.identity;
  }

  doubt(): string | null {
    // Asked for every statement: one look at the clock is all it costs while all is well.
    if (!this.#stale && this.#ended === null && this.#options.clock.now() < this.#believed) return null;
    return this.#ended ?? this.#trouble ?? 'it is being confirmed again';
  }

  listen(listener: (now: Identity | null) => void): () => void {
    this.#listeners.add(listener);
    if (this.#ended !== null) queueMicrotask(() => void (this.#listeners.delete(listener) && listener(null)));
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#step;
  }

  #stop(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#tick(), this.#pause);
    this.#timer.unref();
  }

  /** Time is looked at while the provider is waited for, too. */
  #tick(): void {
    this.#stale = this.#age() >= this.#life;
    this.#step ??= this.#proceed().finally(() => void (this.#step = null));
    this.#wait();
  }

  async #proceed(): Promise<void> {
    const { source } = this.#options;
    const found = await source.look(this.#known);
    if (found !== null) this.#take(found);
    if (this.#closed || !this.#isDue() || !this.#patience.isOver(this.#monotonic())) return;
    this.#take(await source.renew(this.#known));
  }

  #isDue(): boolean {
    // A machine that slept has a wall clock only.
    const left = this.#believed - this.#options.clock.now();
    return this.#age() >= this.#due || left <= this.#life - this.#due;
  }

  #take(finding: Finding): void {
    if (this.#closed) return;
    if (finding.kind === 'unknown') {
      this.#trouble = finding.error.message;
      this.#patience.lose(this.#monotonic());
      return;
    }
    if (finding.kind === 'ended') return this.#end(finding.why);
    const before = this.#known.identity;
    const { identity } = finding.known;
    if (!isSameOne(before, identity)) return this.#end('somebody else has taken its place');
    this.#patience.gain();
    // As it was, where it is as it was: who compares by reference has nothing to do.
    const isSame = areSameClaims(before, identity);
    this.#believe(isSame ? { ...finding.known, identity: before } : finding.known);
    if (!isSame) for (const listener of this.#listeners) listener(identity);
  }

  #believe(known: Known): void {
    const { clock, recheck } = this.#options;
    const now = clock.now();
    this.#known = known;
    this.#believed = endOfBelief(known, recheck, now);
    this.#life = Math.max(0, Math.min(this.#believed - now, recheck));
    // From when it was confirmed, which may be a while ago.
    const whole = Math.max(0, Math.min(recheck, known.until - known.confirmed));
    this.#due = this.#life - whole * (1 - RENEWED_AFTER - Math.random() * SPREAD);
    this.#since = this.#monotonic();
    this.#stale = this.#life === 0;
    this.#trouble = null;
  }

  #end(why: string): void {
    this.#ended = why;
    const listeners = [...this.#listeners];
    this.#stop();
    for (const listener of listeners) listener(null);
  }

  #age(): number {
    return this.#monotonic() - this.#since;
  }

  #monotonic(): number {
    return this.#options.clock.monotonic() / 1000;
  }
}
