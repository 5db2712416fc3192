import { hash } from 'node:crypto';
import { entryFlags, lineCount } from './index-entry.ts';
import type { RecordEntry, RecordOutline, RecordStop } from '../reader.ts';
import type { RowDecoder } from '../results.ts';
import { visible, visibleJson } from '../../core/visible.ts';
import type { Card, PageEnd } from './card.ts';
import { Cards } from './cards.ts';
import { sessionFacts } from './facts.ts';
import { SCRIPT } from './script.generated.ts';
import { controls } from './controls.ts';
import { STYLE } from './style.ts';

/** Characters of cards in one block: what is parsed at once when one of them is looked at. */
const BLOCK = 256 * 1024;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** JSON that no HTML parser sees an end or a comment in, and without line separators. */
function embedded(value: unknown): string {
  return visibleJson(JSON.stringify(value)).replace(/[<>&]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Nothing is loaded, no script runs but the page's own, and even that cannot make markup out of text. */
function policy(): string {
  const digest = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;
  return [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `style-src ${digest(STYLE)}`,
    `script-src ${digest(SCRIPT)}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

export interface PageOptions {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly decode: RowDecoder;
  /** Rows of one result that the page holds. */
  readonly maxRows: number;
}

/**
 * A record as one HTML page that needs nothing else: a player, and a list of statements with what came of them, to
 * be searched and filtered. Memory is bounded, whatever the record's size. Throws what `entries` throws.
 */
export async function* renderPage(
  entries: AsyncGenerator<RecordEntry, RecordStop>,
  outline: RecordOutline,
  options: PageOptions,
): AsyncGenerator<string> {
  yield head(outline, options);
  const cards = new Cards(options.decode, options.maxRows);
  const block = new Block();
  for (;;) {
    const step = await entries.next();
    for (const card of step.done === true ? cards.finish() : cards.add(step.value)) yield block.add(card);
    if (step.done !== true) continue;
    const { state, events } = step.value;
    yield block.end();
    yield tail({ state, events });
    return;
  }
}

function head(outline: RecordOutline, { title, started, maxRows }: PageOptions): string {
  const facts = sessionFacts(outline).map(([name, value]) => `<div><dt>${name}</dt><dd>${escape(value)}</dd></div>`);
  const about = embedded({ started, maxRows, session: visible(outline.header.header.session) });
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy()}">`,
    '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">',
    `<title>${escape(title)}</title>\n<style>${STYLE}</style></head>`,
    `<body><header><h1>${escape(title)}</h1>`,
    `<details id="facts"><summary>About this session</summary><dl>${facts.join('')}</dl></details></header>`,
    controls(),
    `<script type="application/json" id="about">${about}</script>\n`,
  ].join('\n');
}

function tail(end: PageEnd): string {
  return `<script type="application/json" id="end">${embedded(end)}</script>\n<script>${SCRIPT}</script></body></html>\n`;
}

/** Cards in blocks that are parsed when they are looked at, and beside each block what is known without that. */
class Block {
  #cards: string[] = [];
  #index: number[] = [];
  #size = 0;

  /** What is to be written now. */
  add(card: Card): string {
    const json = embedded(card);
    this.#cards.push(json);
    this.#index.push(card.number, card.at, card.connection ?? -1, entryFlags(card), lineCount(card));
    this.#size += json.length;
    return this.#size < BLOCK ? '' : this.end();
  }

  end(): string {
    if (this.#cards.length === 0) return '';
    const index = `<script type="application/json" class="index">${embedded(this.#index)}</script>`;
    const cards = `<script type="application/json" class="cards">[${this.#cards.join(',\n')}]</script>\n`;
    this.#cards = [];
    this.#index = [];
    this.#size = 0;
    return index + cards;
  }
}
