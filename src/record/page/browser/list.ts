import type { Archive } from '../model/archive.ts';
import { Heights } from '../model/heights.ts';
import { drawCard, type Drawing } from './draw.ts';
import { byId } from './element.ts';
import type { Move } from './transport.ts';

/** Pixels: of a line and of what is around lines, until a card was measured, and of what is drawn beyond the edges. */
const LINE = 19;
const AROUND = 16;
const BEYOND = 600;
/** Cards on one page of the list: browsers know no longer elements than about 16 million pixels. */
const PAGE = 50_000;
/** Cards that are printed. */
const PRINTED = 2000;

/** The cards that are wanted, of which only those in sight are in the document. */
export class List {
  readonly #archive: Archive;
  readonly #drawing: Omit<Drawing, 'query' | 'resized'>;
  readonly #list = byId('list', HTMLElement);
  readonly #extent = byId('extent', HTMLElement);
  readonly #window = byId('window', HTMLElement);
  #positions: readonly number[] = [];
  #page = 0;
  #heights = new Heights(0, () => 0);
  #drawn = new Map<number, HTMLElement>();
  #query = '';
  #current = -1;
  #following = false;
  #playing = false;

  constructor(archive: Archive, drawing: Omit<Drawing, 'query' | 'resized'>) {
    this.#archive = archive;
    this.#drawing = drawing;
    this.#list.addEventListener('scroll', () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw()).observe(this.#list);
    addEventListener('beforeprint', () => this.#print());
    addEventListener('afterprint', () => this.#show());
    byId('earlier', HTMLButtonElement).addEventListener('click', () => this.#turn(this.#page - 1));
    byId('later', HTMLButtonElement).addEventListener('click', () => this.#turn(this.#page + 1));
  }

  get positions(): readonly number[] {
    return this.#positions;
  }

  /** Shows these, from the first, or from the one that is current. */
  set(positions: readonly number[], query: string): void {
    this.#positions = positions;
    this.#query = query;
    this.#page = 0;
    this.#show();
    if (this.#following && this.#current >= 0) this.#reveal(this.#nearest(this.#current));
    else this.#list.scrollTop = 0;
  }

  /** To the card that is played, or the last one before it that is shown here. What is to come is dim meanwhile. */
  follow({ card, following, playing }: Move): void {
    const changed = card !== this.#current || following !== this.#following || playing !== this.#playing;
    this.#current = card;
    this.#following = following;
    this.#playing = playing;
    if (!changed) return;
    const place = this.#nearest(card);
    if (following && place >= 0) this.#reveal(place);
    this.#mark();
  }

  /** Brings a card into sight. False when it is not among those that are shown. */
  reveal(position: number): boolean {
    const place = this.#nearest(position);
    if (this.#positions[place] !== position) return false;
    this.#reveal(place);
    this.#drawn.get(place)?.focus();
    return true;
  }

  #nearest(position: number): number {
    let low = 0;
    let high = this.#positions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if ((this.#positions[middle] ?? 0) <= position) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  #turn(page: number): void {
    this.#page = page;
    this.#show();
    this.#list.scrollTop = 0;
  }

  #show(): void {
    const first = this.#page * PAGE;
    const count = Math.min(PAGE, this.#positions.length - first);
    const lines = (place: number): number => this.#archive.lines[this.#positions[first + place] ?? -1] ?? 1;
    this.#heights = new Heights(Math.max(0, count), (place) => AROUND + LINE * lines(place));
    this.#window.replaceChildren();
    this.#drawn.clear();
    const pages = byId('pages', HTMLElement);
    pages.hidden = this.#positions.length <= PAGE;
    byId('page', HTMLElement).textContent =
      `${(first + 1).toLocaleString('en')} to ${(first + count).toLocaleString('en')} of ${this.#positions.length.toLocaleString('en')}`;
    byId('earlier', HTMLButtonElement).disabled = this.#page === 0;
    byId('later', HTMLButtonElement).disabled = first + count >= this.#positions.length;
    this.#draw();
  }

  #draw(): void {
    const { count } = this.#heights;
    const height = this.#list.clientHeight;
    // Measuring what is drawn may bring more into sight, or less: a few rounds settle it.
    for (let round = 0; round < 4; round += 1) {
      const top = this.#list.scrollTop;
      const first = this.#heights.indexAt(Math.max(0, top - BEYOND));
      const last = count === 0 ? -1 : this.#heights.indexAt(top + height + BEYOND);
      this.#place(first, last);
      if (!this.#measure(this.#heights.indexAt(top))) break;
    }
    this.#extent.style.height = `${this.#heights.total}px`;
    this.#window.setAttribute('aria-busy', 'false');
  }

  /** Draws the cards of these places, and removes the others. */
  #place(first: number, last: number): void {
    for (const [place, article] of this.#drawn) {
      if (place >= first && place <= last) continue;
      article.remove();
      this.#drawn.delete(place);
    }
    let before: HTMLElement | null = null;
    for (let place = first; place <= last; place += 1) {
      let article = this.#drawn.get(place);
      if (article === undefined) {
        article = this.#article(place);
        if (before === null) this.#window.prepend(article);
        else before.after(article);
        this.#drawn.set(place, article);
      }
      before = article;
    }
    this.#window.style.transform = `translateY(${this.#heights.topOf(first)}px)`;
    this.#mark();
  }

  #article(place: number): HTMLElement {
    const position = this.#positions[this.#page * PAGE + place] ?? -1;
    const card = this.#archive.card(position);
    if (card === null) throw new Error('the page is not whole');
    const resized = (): void => this.#draw();
    const article = drawCard(card, { ...this.#drawing, query: this.#query, resized });
    article.setAttribute('aria-posinset', String(this.#page * PAGE + place + 1));
    article.setAttribute('aria-setsize', String(this.#positions.length));
    return article;
  }

  /** What is in sight stays where it is, whatever is found of the cards above. True when anything changed. */
  #measure(inSight: number): boolean {
    let above = 0;
    let changed = false;
    for (const [place, article] of this.#drawn) {
      const change = this.#heights.set(place, article.getBoundingClientRect().height);
      if (Math.abs(change) > 0.5) changed = true;
      if (place < inSight) above += change;
    }
    if (Math.abs(above) > 0.5) {
      this.#extent.style.height = `${this.#heights.total}px`;
      this.#list.scrollTop += above;
    }
    return changed;
  }

  #mark(): void {
    const current = this.#nearest(this.#current) - this.#page * PAGE;
    for (const [place, article] of this.#drawn) {
      if (this.#following && place === current) article.setAttribute('aria-current', 'true');
      else article.removeAttribute('aria-current');
      article.classList.toggle('ahead', this.#playing && place > current);
    }
  }

  #reveal(place: number): void {
    const page = Math.max(0, Math.floor(place / PAGE));
    if (page !== this.#page) {
      this.#page = page;
      this.#show();
    }
    const local = place - page * PAGE;
    // Guessed heights become known ones on the way: once more, and it is there.
    for (let round = 0; round < 3; round += 1) {
      const [top, bottom] = [this.#heights.topOf(local), this.#heights.topOf(local + 1)];
      const { scrollTop, clientHeight } = this.#list;
      const visible = top >= scrollTop && bottom <= scrollTop + clientHeight;
      if (!visible) this.#list.scrollTop = Math.max(0, top - clientHeight / 4);
      this.#draw();
      if (visible) break;
    }
  }

  #print(): void {
    const first = this.#page * PAGE;
    const count = Math.min(PRINTED, this.#positions.length - first);
    this.#place(0, count - 1);
    const left = this.#positions.length - count;
    if (left > 0)
      this.#window.append(`${left.toLocaleString('en')} more are not printed: filter the list, or export as NDJSON.`);
  }
}
