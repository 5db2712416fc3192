import type { Clock } from '../../../core/clock.ts';
import { HoopError } from '../../../core/errors.ts';
import type { Inbox, InboxEvent, Receipt, Reply } from '../../../core/inbox.ts';
import type { Size } from '../../drawable.ts';
import type { Typing } from '../typing.ts';
import { answered, cutOff, folded, noticed, resized, ticked } from './fold.ts';
import { intentOf } from './keymap.ts';
import { type Intent, pasted, pressed } from './press.ts';
import { typed } from './prompt.ts';
import { witnessed } from './witness.ts';
import { type Command, initialState, type State, type Step } from './state.ts';

/** Milliseconds between two looks at what has come: ten frames a second are enough for anybody. */
const BATCH = 100;
/** Milliseconds between two looks at the clock. */
const TICK = 1000;

const MOVES: ReadonlySet<Intent> = new Set(['up', 'down', 'page-up', 'page-down', 'first', 'last']);

export interface StoreOptions {
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly size: Size;
  /** Called when whoever looks has had enough. */
  readonly quit: () => void;
  /** The login that was named to answer by; null: whichever fits. */
  readonly profile: string | null;
}

/** Holds the state of the screen, tells it what comes, and does what it wants done. Close it when the screen is gone. */
export class InboxStore {
  readonly #options: StoreOptions;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state: State;
  #events: InboxEvent[] = [];
  #batch: NodeJS.Timeout | null = null;
  readonly #tick: NodeJS.Timeout;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#state = initialState(options.size, options.clock.now(), options.profile);
    this.#tick = setInterval(() => this.#set(ticked(this.#state, this.#now())), TICK);
    void this.#watch();
    void this.#grants();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): State => this.#state;

  /** A key, by its name. What has come before it is known before it counts. A key that is held down only moves. */
  key(name: string, held = false): void {
    this.#flush();
    const intent = intentOf(this.#state, name);
    if (intent === null) return;
    if (held && !MOVES.has(intent)) this.paste();
    else this.#step(pressed(this.#state, intent, this.#now()));
  }

  type(typing: Typing): void {
    this.#flush();
    this.#step(typed(this.#state, typing, this.#now()));
  }

  /** Text that was pasted where nothing is typed. */
  paste(): void {
    this.#flush();
    this.#set(pasted(this.#state, this.#now()));
  }

  resize(size: Size): void {
    const { columns, rows } = this.#state.size;
    if (size.columns !== columns || size.rows !== rows) this.#set(resized(this.#state, size));
  }

  close(): void {
    this.#abort.abort();
    clearInterval(this.#tick);
    if (this.#batch !== null) clearTimeout(this.#batch);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#abort;
    let why = 'the inbox has ended: nothing more will come';
    try {
      for await (const event of this.#options.inbox.watch(signal)) {
        this.#events.push(event);
        this.#batch ??= setTimeout(() => this.#flush(), BATCH);
      }
    } catch (error) {
      why = wordsOf(error);
    }
    if (signal.aborted) return;
    this.#flush();
    this.#set(cutOff(this.#state, why));
  }

  async #grants(): Promise<void> {
    try {
      const grants = await this.#options.inbox.grants();
      // What the stream has told since is newer.
      const known = this.#state.board.grants;
      const events = grants.filter(({ id }) => !known.has(id)).map((grant) => ({ type: 'grant', grant }) as const);
      this.#set(folded(this.#state, events, this.#now()));
    } catch (error) {
      this.#notice(wordsOf(error));
    }
  }

  #flush(): void {
    if (this.#batch !== null) clearTimeout(this.#batch);
    this.#batch = null;
    const events = this.#events;
    this.#events = [];
    if (events.length > 0) this.#set(folded(this.#state, events, this.#now()));
  }

  #step({ state, commands }: Step): void {
    this.#set(state);
    for (const command of commands) void this.#run(command);
  }

  async #run(command: Command): Promise<void> {
    switch (command.type) {
      case 'quit':
        return this.#options.quit();
      case 'reply':
        return this.#reply(command.reply);
      case 'revoke':
        return this.#revoke(command.grant, command.reason);
    }
  }

  async #reply(reply: Reply): Promise<void> {
    const receipt = await this.#receipt(reply);
    this.#flush();
    this.#set(answered(this.#state, { reply, receipt }, this.#now()));
  }

  /** An answer that did not arrive did not count, as far as anybody can tell. Without a login none was sent. */
  async #receipt(reply: Reply): Promise<Receipt> {
    try {
      return await this.#options.inbox.reply(reply);
    } catch (error) {
      if (error instanceof HoopError && error.code === 'identity.login') {
        return { accepted: false, reason: error.hint === null ? error.message : `${error.message}: ${error.hint}` };
      }
      return { accepted: false, reason: `whether it arrived is not known: ${wordsOf(error)}` };
    }
  }

  async #revoke(id: string, reason: string | null): Promise<void> {
    try {
      const grant = await this.#options.inbox.revoke(id, reason);
      this.#set(folded(this.#state, [{ type: 'grant', grant }], this.#now()));
      this.#set(noticed(this.#state, { tone: 'good', text: `${id}: what was left of it is taken back` }, this.#now()));
    } catch (error) {
      this.#notice(wordsOf(error));
    }
  }

  #notice(text: string): void {
    this.#set(noticed(this.#state, { tone: 'bad', text }, this.#now()));
  }

  #now(): number {
    return this.#options.clock.now();
  }

  /** What is on the screen from now on counts as seen. */
  #set(state: State): void {
    const next = witnessed(state);
    if (next === this.#state || this.#abort.signal.aborted) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof HoopError) return error.message;
  return error instanceof Error ? `unexpected: ${error.name}` : 'unexpected failure';
}
