import { emptyList, type ListMove, type ListState, moveList, resizeList, select } from '../list.ts';
import { pause } from '../replay/script.ts';
import type { Archive, SessionEntry } from './archive.ts';
import { filterOf, matches, NO_FILTER, type SessionFilter } from './filter.ts';

/** What the list of sessions looks like at one moment. */
export interface BrowserState {
  readonly list: ListState;
  /** As it was typed. */
  readonly typed: string;
  /** Sessions there are. */
  readonly total: number;
  /** Of them, how many were looked at so far. */
  readonly looked: number;
  /** True while statements are searched. */
  readonly searching: boolean;
  /** Counts what was learned: rows may read otherwise. */
  readonly learned: number;
}

/** Looked at between two frames. */
const BATCH = 50;

/** Lists an archive, newest first: what is in sight at once, the rest as it is looked at. */
export class Browser {
  readonly archive: Archive;
  readonly #entries = new Map<string, SessionEntry | null>();
  readonly #listeners = new Set<() => void>();
  #ids: readonly string[] = [];
  #shown: readonly string[] = [];
  #filter: SessionFilter = NO_FILTER;
  /** Sessions whose statements hold the filter's text. */
  #found = new Set<string>();
  #looking = new AbortController();
  #state: BrowserState = { list: emptyList(), typed: '', total: 0, looked: 0, searching: false, learned: 0 };

  constructor(archive: Archive) {
    this.archive = archive;
  }

  readonly state = (): BrowserState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(change: Partial<BrowserState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** The session of a row; null while it was not looked at, or when there is no such row. */
  entry(index: number): SessionEntry | null {
    return this.#entries.get(this.#shown[index] ?? '') ?? null;
  }

  /** The id of a row; null when there is no such row. */
  id(index: number): string | null {
    return this.#shown[index] ?? null;
  }

  /**
   * Lists what there is now, and looks at all of it; what was looked at before is looked at again where it may have
   * changed. Resolves when that is done, or another call began.
   * @throws HoopError `record.unreadable` when the records cannot be listed
   */
  async refresh(): Promise<void> {
    this.#looking.abort();
    const { signal } = (this.#looking = new AbortController());
    this.#ids = await this.archive.ids();
    this.#filterAgain();
    await Promise.all([this.#look(signal), this.#search(signal)]);
  }

  async #look(signal: AbortSignal): Promise<void> {
    for (const [index, id] of this.#ids.entries()) {
      if (signal.aborted) return;
      const known = this.#entries.get(id);
      if (known === undefined || known?.state === 'running') this.#entries.set(id, await this.archive.summarize(id));
      if (index % BATCH !== BATCH - 1 && index !== this.#ids.length - 1) continue;
      this.#set({ looked: index + 1 });
      this.#filterAgain();
      await pause();
    }
  }

  async #search(signal: AbortSignal): Promise<void> {
    const { text } = this.#filter;
    this.#found = new Set();
    this.#set({ searching: text !== null });
    if (text === null) return;
    for await (const id of this.archive.search(text)) {
      if (signal.aborted) return;
      if (this.#found.has(id)) continue;
      this.#found.add(id);
      this.#filterAgain();
      await pause();
    }
    this.#set({ searching: false });
  }

  /** Lists only what a filter lets through, as it was typed; see `filterOf`. Rejects as `refresh` does. */
  async filter(typed: string): Promise<void> {
    const before = this.#filter.text;
    this.#filter = filterOf(typed);
    this.#set({ typed });
    this.#filterAgain();
    if (this.#filter.text !== before) await this.refresh();
  }

  #filterAgain(): void {
    const chosen = this.#shown[this.#state.list.selected];
    const { text } = this.#filter;
    const all =
      this.#filter.words.length === 0 &&
      !this.#filter.refused &&
      this.#filter.target === null &&
      this.#filter.who === null;
    this.#shown = this.#ids.filter((id) => {
      const entry = this.#entries.get(id);
      if (entry === null || (text !== null && !this.#found.has(id))) return false;
      return entry === undefined ? all : matches(this.#filter, entry);
    });
    const list = resizeList(this.#state.list, this.#shown.length, this.#state.list.height);
    const at = chosen === undefined ? -1 : this.#shown.indexOf(chosen);
    this.#set({
      list: at === -1 ? list : select(list, at),
      total: this.#ids.length,
      learned: this.#state.learned + 1,
    });
  }

  move(move: ListMove): void {
    this.#set({ list: moveList(this.#state.list, move) });
  }

  setHeight(height: number): void {
    this.#set({ list: resizeList(this.#state.list, this.#shown.length, height) });
  }

  /** Stops looking. */
  close(): void {
    this.#looking.abort();
  }
}
