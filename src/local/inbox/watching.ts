import { setTimeout } from 'node:timers/promises';
import type { InboxEvent } from '../../core/inbox.ts';
import { socketPaths } from './sockets.ts';
import { lines } from './wire.ts';

/** Milliseconds after which a hoopctl that has just been started is noticed. */
const LOOK = 300;

/** Everything that happens on all control sockets, those of processes that start later included. */
export async function* watchSockets(runtime: string, until: AbortSignal): AsyncGenerator<InboxEvent> {
  // Whoever stops taking events stops watching, too.
  const left = new AbortController();
  const signal = AbortSignal.any([until, left.signal]);
  const events = new Events();
  const watched = new Map<string, Promise<void>>();
  const look = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const socket of await socketPaths(runtime)) {
        if (watched.has(socket)) continue;
        const following = follow(socket, events, signal).finally(() => watched.delete(socket));
        following.catch(() => events.end(following));
        watched.set(socket, following);
      }
      await setTimeout(LOOK, undefined, { signal }).catch(() => undefined);
    }
  };
  const looking = look();
  void looking.then(
    () => events.end(looking),
    () => events.end(looking),
  );
  try {
    yield* events.all();
  } finally {
    left.abort();
    await Promise.allSettled([looking, ...watched.values()]);
  }
}

/**
 * When a process is gone, so is all that waited there. One that only broke the connection, since it was not read from in
 * time, is asked again: what waits there still is not over.
 */
async function follow(socket: string, events: Events, signal: AbortSignal): Promise<void> {
  let waiting: ReadonlySet<string> = new Set();
  for (;;) {
    const there = await followOnce(socket, events, { signal, before: waiting });
    if (signal.aborted) return;
    if (there === null) break;
    waiting = there;
    await setTimeout(LOOK, undefined, { signal }).catch(() => undefined);
  }
  for (const request of waiting) events.add({ type: 'settled', request, outcome: 'ended' });
}

/** What still waited when the connection ended; null when nobody was there. `before`: what waited the last time. */
async function followOnce(
  socket: string,
  events: Events,
  { signal, before }: { readonly signal: AbortSignal; readonly before: ReadonlySet<string> },
): Promise<ReadonlySet<string> | null> {
  const waiting = new Set<string>();
  let current = false;
  for await (const line of lines(socket, '/v1/events', signal)) {
    const event = line as InboxEvent | { readonly type: 'current' };
    if (event.type === 'request') waiting.add(event.request.id);
    if (event.type === 'settled') waiting.delete(event.request);
    if (event.type !== 'current') events.add(event);
    else {
      current = true;
      // How these ended nobody has heard.
      for (const request of before)
        if (!waiting.has(request)) events.add({ type: 'settled', request, outcome: 'ended' });
    }
  }
  return current ? waiting : null;
}

/** A queue between what happens and who takes it. */
class Events {
  #queue: InboxEvent[] = [];
  #wake: () => void = () => undefined;
  #over: Promise<void> | null = null;

  add(event: InboxEvent): void {
    this.#queue.push(event);
    this.#wake();
  }

  /** With nothing, or with why it cannot go on. */
  end(failure: Promise<void>): void {
    this.#over ??= failure;
    this.#over.catch(() => undefined);
    this.#wake();
  }

  async *all(): AsyncGenerator<InboxEvent> {
    for (;;) {
      const batch = this.#queue;
      this.#queue = [];
      yield* batch;
      if (this.#queue.length > 0) continue;
      if (this.#over !== null) {
        await this.#over;
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
