import type { Clearance } from '../../../core/guard.ts';
import type { PathRequest } from './requests.ts';
import type { Deed } from './statements.ts';
import type { Subjects } from './subjects.ts';

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

/**
 * Keeps requests in the client's order, and no check apart from its use: where a path leads is found out when every
 * change that came before it has been made, and a change waits until all that was checked before it is done.
 */
export class Line {
  readonly #options: LineOptions;
  #queue: (Entry | Passage)[] = [];
  #bytes = 0;
  #isRunning = false;
  /** Requests on paths that the server has not answered, and those among them that may change where paths lead. */
  #paths = 0;
  #changes = 0;
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
    this.#paths += 1;
    if (changes(request)) this.#changes += 1;
  }

  /** It was answered. */
  settled(request: PathRequest): void {
    this.#paths -= 1;
    if (changes(request)) this.#changes -= 1;
    this.#stir();
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
    await this.#until(changes(request) ? () => this.#paths === 0 : () => this.#changes === 0);
    if (this.#isClosed) return;
    this.#look();
    const subjects = await (head.subjects ?? this.#options.find(request));
    if (!this.#isClosed) await this.#options.decide(head, subjects);
  }

  /** Finds out about all that comes before the next change at once. */
  #look(): void {
    for (const [index, entry] of this.#queue.entries()) {
      if (entry.request === null) continue;
      if (index > 0 && changes(entry.request)) return;
      entry.subjects ??= this.#options.find(entry.request);
      if (changes(entry.request)) return;
    }
  }
}

/** True for what may change where paths lead, or whether it can be told where. */
function changes({ kind }: PathRequest): boolean {
  return kind === 'change' || kind === 'rename' || kind === 'symlink' || kind === 'hardlink';
}
