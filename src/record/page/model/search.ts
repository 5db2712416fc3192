import type { Card } from '../card.ts';
import type { Archive } from './archive.ts';

/** Fields that are no text of the record's. */
const UNTOLD: ReadonlySet<string> = new Set(['kind', 'role', 'direction', 'stream', 'verdict']);
const SEQUENCES = /\u001b(?:\[[0-9;:?]*[@-~]|[()][AB0]|[@-~])/g;

/** Whether any text of a card contains the query, in lower case. */
export function matches(card: Card, query: string): boolean {
  return card.parts.some((part) => contains(part, query));
}

function contains(value: unknown, query: string): boolean {
  if (typeof value === 'string') return value.replace(SEQUENCES, '').toLowerCase().includes(query);
  if (Array.isArray(value)) return value.some((item) => contains(item, query));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => !UNTOLD.has(name) && contains(inner, query));
}

/**
 * Searches the cards at `positions` (ascending) block by block: yields after each block how many blocks are done, so
 * that whoever draws can draw in between. Returns the positions of those that match.
 */
export function* searching(archive: Archive, positions: readonly number[], text: string): Generator<number, number[]> {
  const query = text.toLowerCase();
  if (query === '') return [...positions];
  const quoted = escaped(query);
  const found: number[] = [];
  let next = 0;
  for (let block = 0; block < archive.blocks; block += 1) {
    const end = archive.start(block + 1);
    const first = next;
    while (next < positions.length && (positions[next] ?? end) < end) next += 1;
    if (next > first && mayHold(archive.text(block), quoted)) {
      const cards = archive.cardsOf(block);
      for (const position of positions.slice(first, next)) {
        const card = cards[position - archive.start(block)];
        if (card !== undefined && matches(card, query)) found.push(position);
      }
    }
    yield block + 1;
  }
  return found;
}

/** Parsing costs ten times as much as looking. Sequences of terminals stand between letters: then it is parsed. */
function mayHold(json: string, quoted: string): boolean {
  return json.includes('\\u001b') || json.toLowerCase().includes(quoted);
}

/** As it would stand in the page's JSON. */
function escaped(query: string): string {
  return JSON.stringify(query)
    .slice(1, -1)
    .replace(/[<>&]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
