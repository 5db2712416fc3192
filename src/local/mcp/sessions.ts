import type { Conversation } from '../../core/conversation.ts';
import { HoopError } from '../../core/errors.ts';
import type { Consultation } from '../../core/protocol.ts';
import type { Policy } from '../../policy/rules.ts';
import { openBehind, type OpenedSession, type SessionRequest, type Surroundings } from '../guarded-session.ts';
import { type Entered, openInnerDoor } from '../inner-door.ts';

/** Whoever asks, and what their sessions share. */
export interface Opened {
  readonly around: Surroundings;
  close(): Promise<void>;
}

/** A session of one target that nobody but this process comes into. */
export interface InnerSession {
  readonly id: string;
  /** Those it is judged by. */
  readonly policies: readonly Policy[];
  readonly around: Surroundings;
  /** @throws HoopError `session.expired` when it is over */
  enter(): Entered;
  converse(entered: Entered): Promise<Conversation>;
  /** Asks the target about itself, on a connection of its own. The caller closes it. */
  consult(signal: AbortSignal): Promise<Consultation>;
}

export interface SessionsOptions {
  /** Finds out who asks. @throws HoopError when nobody is logged in, and whenever else that cannot be said */
  readonly open: () => Promise<Opened>;
  readonly ttl: number | null;
  readonly reason: string | null;
  readonly warn: (message: string) => void;
}

interface Held {
  readonly inner: InnerSession;
  readonly opened: OpenedSession;
}

/** The sessions of one server: each is opened when its target is first asked for. */
export class Sessions {
  readonly #options: SessionsOptions;
  #asking: Promise<Opened> | null = null;
  readonly #open = new Map<string, Promise<Held>>();
  /** Targets whose time is up: that is for a person to prolong. */
  readonly #expired = new Set<string>();
  #closed = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Who asks. What has failed is tried again by the next one who wants to know. @throws HoopError */
  asking(): Promise<Opened> {
    const asking = (this.#asking ??= this.#options.open());
    asking.catch(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    return asking;
  }

  /** @throws HoopError what keeps it from being opened; `session.expired` when its time is up */
  async of(target: string): Promise<InnerSession> {
    if (this.#closed) throw over('this server is ending');
    if (this.#expired.has(target)) throw over(timeIsUp(target));
    let held = this.#open.get(target);
    if (held === undefined) {
      const opening = this.#start(target);
      this.#open.set(target, opening);
      opening.catch(() => this.#forget(target, opening));
      held = opening;
    }
    return (await held).inner;
  }

  #forget(target: string, held: Promise<Held>): void {
    if (this.#open.get(target) === held) this.#open.delete(target);
  }

  async #start(target: string): Promise<Held> {
    const asking = this.asking();
    const { around } = await asking;
    const { ttl, reason } = this.#options;
    const held = await openInner(around, { target, ttl, reason });
    const { opened } = held;
    void opened.ended.then((cause) => this.#ended(target, { opened, cause, asking }));
    // The server may have ended meanwhile.
    if (this.#closed) await opened.end('client');
    return held;
  }

  #ended(target: string, end: { opened: OpenedSession; cause: string; asking: Promise<Opened> }): void {
    this.#open.delete(target);
    if (this.#closed) return;
    const { opened, cause, asking } = end;
    if (cause === 'expired') this.#expired.add(target);
    const why = opened.why();
    this.#options.warn(`the session of ${target} has ended (${why ?? cause}); it is on record as ${opened.id}`);
    if (cause !== 'identity' || this.#asking !== asking) return;
    // Whoever asks next has to show again who they are.
    this.#asking = null;
    void this.#leave(asking, [...this.#open.values()], 'identity').catch(() => undefined);
    this.#open.clear();
  }

  /** Ends all sessions and seals their records. Idempotent. @throws HoopError when a record cannot be sealed */
  async close(cause: string): Promise<void> {
    this.#closed = true;
    const asking = this.#asking;
    this.#asking = null;
    if (asking !== null) await this.#leave(asking, [...this.#open.values()], cause);
  }

  async #leave(asking: Promise<Opened>, all: readonly Promise<Held>[], cause: string): Promise<void> {
    try {
      const ends = await Promise.allSettled(all.map(async (held) => (await opening(held))?.opened.end(cause)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    } finally {
      await (await opening(asking))?.close();
    }
  }
}

/** What comes of it; null when it could not be opened, which was told to whoever wanted it. */
function opening<T>(one: Promise<T>): Promise<T | null> {
  return one.catch(() => null);
}

function timeIsUp(target: string): string {
  return `the time of ${target} is up`;
}

function over(message: string): HoopError {
  return new HoopError('session.expired', message, {
    hint: 'A person has to start this server again (reconnect it in the MCP client) to open a new session.',
  });
}

async function openInner(around: Surroundings, request: Omit<SessionRequest, 'place'>): Promise<Held> {
  const { opened, way, protocol, credential } = await openBehind(around, request, async ({ session }) =>
    openInnerDoor(session),
  );
  // The door is closed before the record is sealed: whoever asks meanwhile is told the same as whoever asks later.
  const endOf = ({ expires }: OpenedSession): string =>
    around.clock.now() < expires ? `the session of ${request.target} has ended` : timeIsUp(request.target);
  const inner: InnerSession = {
    id: opened.id,
    policies: opened.terms.policies,
    around,
    enter() {
      const entered = way.enter();
      if (entered === null) throw over(endOf(opened));
      return entered;
    },
    converse: ({ stream }) => protocol.converse(stream, credential, opened.target),
    consult: (signal) => protocol.consult(opened.target, signal),
  };
  return { inner, opened };
}
