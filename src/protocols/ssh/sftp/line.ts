import type { Clearance } from '../../../core/guard.ts';
import type { PathRequest } from './requests.ts';
import type { Deed } from './statements.ts';
import type { Subjects } from './subjects.ts';
import type { Turn, Turns } from './turns.ts';

/** A request on a path, on its way to the server. */
export interface Entry {
  readonly request: PathRequest;
  readonly message: Buffer;
  /** Where its paths lead, as soon as that is being found out. */
  subjects: Promise<Subjects> | null;
  /** What it was approved for, after it was held. */
  readonly approved: { readonly deed: Deed; readonly clearance: Extract<Clearance, { outcome: 'cleared' }> } | null;
}

/** Something else, which waits only for what came before it. */
export interface Passage {
  readonly request: null;
  readonly message: Buffer;
  readonly pass: () => void;
}

export interface LineOptions {
  /** Shared with whoever else may change where paths lead. */
  readonly turns: Turns;
  readonly find: (request: PathRequest) => Promise<Subjects>;
  /** Decides, and sends or refuses it. When it waits for people it is done here, and comes again. */
  readonly decide: (entry: Entry, subjects: Subjects) => Promise<void>;
  /** Until a question of the proxy's own by this id is answered; null when there is none. */
  readonly free: (message: Buffer) => Promise<void> | null;
  readonly failed: (error: unknown) => void;
}

/** Requests that wait in line. A client that sends more is not read from. */
const MOST_ENTRIES = 256;
const MOST_BYTES = 4 * 1024 * 1024;
/** Bytes of requests that are found out about ahead of their turn: each may be a hundred times as many in questions. */
const MOST_AHEAD = 16 * 1024;

/**
 * Keeps requests in the client's order, and no check apart from its use: where a path leads is found out when every
 * change that came before it has been made, and a change waits until all that was checked before it is done.
 */
export class Line {
  readonly #options: LineOptions;
  #queue: (Entry | Passage)[] = [];
  #bytes = 0;
  #isRunning = false;
  /** Requests whose turn it is: their paths are being looked at, or the server has not answered them. */
  readonly #inside = new Set<PathRequest>();
  /** Those among them that the server has. */
  readonly #sent = new Set<PathRequest>();
  #wake: (() => void)[] = [];
  #isClosed = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  add(one: Entry | Passage): void {
    this.#queue.push(one);
    this.#bytes += one.message.length;
    if (!this.#isRunning) void this.#run();
  }

  /** A request on a path was sent. */
  sent(request: PathRequest): void {
    this.#sent.add(request);
  }

  /** It was answered. */
  settled(request: PathRequest): void {
    this.#sent.delete(request);
    this.#leave(request);
  }

  /** Null when there is room for more, else a promise of that. */
  room(): Promise<void> | null {
    return this.#isFull() ? this.#until(() => !this.#isFull()) : null;
  }

  /** Resolves when nothing waits. */
  drained(): Promise<void> {
    return this.#until(() => this.isEmpty);
  }

  close(): void {
    this.#isClosed = true;
    this.#queue = [];
    for (const request of this.#inside) this.#leave(request);
    this.#stir();
  }

  #isFull(): boolean {
    return this.#queue.length > MOST_ENTRIES || this.#bytes > MOST_BYTES;
  }

  #stir(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds() && !this.#isClosed) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
        await this.#handle(head);
        this.#queue.shift();
        this.#bytes -= head.message.length;
        this.#stir();
      }
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#isRunning = false;
    }
  }

  async #handle(head: Entry | Passage): Promise<void> {
    await this.#options.free(head.message);
    if (head.request === null) {
      head.pass();
      return;
    }
    const { request } = head;
    if (!this.#inside.has(request)) await this.#enter(request);
    if (this.#isClosed) return this.#leave(request);
    this.#look(head);
    const subjects = await (head.subjects ?? this.#options.find(request));
    if (!this.#isClosed) await this.#options.decide(head, subjects);
    // It was refused, or waits for people, and comes again.
    if (!this.#sent.has(request)) this.#leave(request);
  }

  /** Finds out about all that comes before the next change at once. */
  #look(head: Entry): void {
    head.subjects ??= this.#options.find(head.request);
    if (turnOf(head.request) === 'change') return;
    let ahead = 0;
    for (const entry of this.#queue) {
      if (entry.request === null) continue;
      ahead += entry.message.length;
      if (ahead > MOST_AHEAD) return;
      if (this.#inside.has(entry.request)) continue;
      if (turnOf(entry.request) === 'change' || !this.#options.turns.try('use')) return;
      this.#inside.add(entry.request);
      entry.subjects = this.#options.find(entry.request);
    }
  }

  async #enter(request: PathRequest): Promise<void> {
    await this.#options.turns.enter(turnOf(request));
    this.#inside.add(request);
  }

  #leave(request: PathRequest): void {
    if (this.#inside.delete(request)) this.#options.turns.leave(turnOf(request));
  }
}

function turnOf({ kind }: PathRequest): Turn {
  return kind === 'change' || kind === 'rename' || kind === 'symlink' || kind === 'hardlink' ? 'change' : 'use';
}
