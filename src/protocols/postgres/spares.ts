import type { Clock } from '../../core/clock.ts';
import type { Limits } from '../../core/limits.ts';
import { Spare } from './spare.ts';
import { LoginRefused, type Upstream } from './upstream.ts';

/** What a connection to the target is asked for, beside user and database: names and values. */
type Settings = ReadonlyMap<string, string>;

export interface SparesOptions {
  readonly limits: Pick<Limits, 'spares' | 'spareAge'>;
  readonly clock: Clock;
  /** Logs in to the target. @throws HoopError */
  readonly login: (settings: Settings, gone: AbortSignal) => Promise<Upstream>;
  /** Does ahead of a client what takes longest when it is done first. @throws HoopError */
  readonly prepare: (upstream: Upstream) => Promise<unknown>;
  /** Whether the target may be held that many connections for which there is no client. */
  readonly room: (spares: number) => boolean;
}

/** Microseconds: where two clients with the same start-up come within this time of each other, a third is expected. */
const SOON = 10_000_000;
/** Microseconds for which a target that had no place for somebody is asked for no more than its clients need. */
const RESPITE = 60_000_000;

/**
 * Connections to the target that are logged in before their client comes, one for each start-up that comes again and
 * again. None is made for whoever has not proven the session's secret, and each goes to one client at most.
 */
export class Spares {
  readonly #options: SparesOptions;
  /** By start-up, the oldest first. */
  readonly #spares = new Map<string, Spare>();
  /** When a client with this start-up came last, the one that did so longest ago first. */
  readonly #seen = new Map<string, number>();
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: SparesOptions) {
    this.#options = options;
  }

  /**
   * A connection with these settings that no other client ever had: one that is there already, or a new one. It stops
   * waiting when `gone` aborts.
   * @throws HoopError what `login` throws
   */
  async connect(settings: Settings, gone: AbortSignal): Promise<Upstream> {
    const spare = this.#spares.get(startupOf(settings));
    const upstream = spare?.free === true ? await spare.claim(gone) : null;
    return upstream ?? this.#login(settings, gone);
  }

  /** A client with these settings, let in here and by the target, has got what it came for: the next may be on its way. */
  expect(settings: Settings): void {
    const startup = startupOf(settings);
    const { limits, room, clock } = this.#options;
    const now = clock.monotonic();
    const again = now - (this.#seen.get(startup) ?? Number.NEGATIVE_INFINITY) <= SOON;
    this.#remember(startup, now);
    for (const spare of this.#spares.values()) if (!room(this.#spares.size)) void spare.close();
    if (this.#closed || !again || now < this.#pausedUntil || this.#spares.has(startup)) return;
    if (this.#spares.size < limits.spares && room(this.#spares.size + 1)) this.#make(startup, settings);
  }

  /** Closes all of them, and makes no more. */
  close(): void {
    this.#closed = true;
    for (const spare of this.#spares.values()) void spare.close();
  }

  #remember(startup: string, now: number): void {
    this.#seen.delete(startup);
    this.#seen.set(startup, now);
    for (const [other, then] of this.#seen) {
      if (now - then <= SOON) break;
      this.#seen.delete(other);
    }
  }

  #make(startup: string, settings: Settings): void {
    const { limits, login, prepare } = this.#options;
    const spare = new Spare({
      login: (gone) => login(settings, gone),
      prepare,
      age: limits.spareAge,
      over: (failure) => {
        this.#spares.delete(startup);
        // Whoever needs a connection will be told what is wrong by a login of its own.
        if (failure !== null) this.#pause();
      },
    });
    this.#spares.set(startup, spare);
  }

  async #login(settings: Settings, gone: AbortSignal): Promise<Upstream> {
    const { login } = this.#options;
    try {
      return await login(settings, gone);
    } catch (error) {
      if (isShort(error) && (await this.#giveWay())) return login(settings, gone);
      throw error;
    }
  }

  /** The target has no place for a client: spares give up theirs. Resolves with whether there were any. */
  async #giveWay(): Promise<boolean> {
    this.#pause();
    const spares = [...this.#spares.values()];
    await Promise.all(spares.map((spare) => spare.close()));
    return spares.length > 0;
  }

  #pause(): void {
    this.#pausedUntil = this.#options.clock.monotonic() + RESPITE;
  }
}

/** Equal for those, and only those, that the target is told the same. */
function startupOf(settings: Settings): string {
  return JSON.stringify([...settings].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** too_many_connections: of the target, or of its role or database. */
function isShort(error: unknown): boolean {
  return error instanceof LoginRefused && error.sqlstate === '53300';
}
