import { type Archive, type Kind, selected } from '../model/archive.ts';
import { searching } from '../model/search.ts';
import { byId, element } from './element.ts';

/** Milliseconds: after the last letter, and of searching before the page may draw again. */
const PATIENCE = 150;
const SLICE = 12;
/** Connections that can be chosen among. */
const MOST_CONNECTIONS = 1000;

/** What is looked for; finds it in the page. */
export class Filters {
  readonly #archive: Archive;
  readonly #found: (positions: readonly number[], query: string) => void;
  readonly #query = byId('query', HTMLInputElement);
  readonly #kind = byId('kind', HTMLSelectElement);
  readonly #connection = byId('connection', HTMLSelectElement);
  readonly #count = byId('count', HTMLElement);
  /** Counts searches: one that is overtaken ends. */
  #search = 0;
  #timer = 0;

  constructor(archive: Archive, found: (positions: readonly number[], query: string) => void) {
    this.#archive = archive;
    this.#found = found;
    const connections = [...new Set(archive.connections)].filter((number) => number >= 0).toSorted((a, b) => a - b);
    for (const number of connections.slice(0, MOST_CONNECTIONS))
      this.#connection.append(element('option', { value: String(number) }, String(number)));
    if (connections.length > MOST_CONNECTIONS)
      this.#connection.append(element('option', { disabled: '' }, `${connections.length - MOST_CONNECTIONS} more`));
    this.#query.addEventListener('input', () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.apply(), PATIENCE);
    });
    this.#kind.addEventListener('change', () => this.apply());
    this.#connection.addEventListener('change', () => this.apply());
    byId('filters', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.apply();
    });
  }

  focus(): void {
    this.#query.focus();
    this.#query.select();
  }

  /** Nothing is looked for any longer. */
  clear(): void {
    this.#query.value = '';
    this.#kind.value = 'all';
    this.#connection.value = '';
    this.apply();
  }

  apply(): void {
    clearTimeout(this.#timer);
    this.#search += 1;
    const kind = KINDS.find((known) => known === this.#kind.value) ?? 'all';
    const connection = this.#connection.value === '' ? null : Number(this.#connection.value);
    const query = this.#query.value.toLowerCase();
    this.#go(this.#search, searching(this.#archive, selected(this.#archive, { kind, connection }), query), query);
  }

  #go(search: number, steps: Generator<number, number[]>, query: string): void {
    if (search !== this.#search) return;
    const until = performance.now() + SLICE;
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        const [found, all] = [step.value.length, this.#archive.count];
        this.#count.textContent = `${found.toLocaleString('en')} of ${all.toLocaleString('en')}`;
        this.#found(step.value, query);
        return;
      }
      if (performance.now() < until) continue;
      this.#count.textContent = `searching, ${Math.floor((step.value / this.#archive.blocks) * 100)} %`;
      setTimeout(() => this.#go(search, steps, query));
      return;
    }
  }
}

const KINDS: readonly Kind[] = ['all', 'statements', 'refused', 'asked', 'errors', 'terminal'];
