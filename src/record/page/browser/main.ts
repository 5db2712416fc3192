import type { PageEnd } from '../card.ts';
import { Archive } from '../model/archive.ts';
import { commandOf } from '../model/keys.ts';
import { Showing } from '../model/showing.ts';
import { byId } from './element.ts';
import { Filters } from './filters.ts';
import { List } from './list.ts';
import { Transport } from './transport.ts';

/** What the page says of itself. */
interface About {
  readonly started: number;
  readonly maxRows: number;
  readonly session: string;
}

function texts(kind: 'index' | 'cards'): Element[] {
  return [...document.querySelectorAll(`script.${kind}`)];
}

function json(of: Element | null): unknown {
  return JSON.parse(of?.textContent ?? 'null');
}

const about = json(document.getElementById('about')) as About;
const end = json(document.getElementById('end')) as PageEnd;
const blocks = texts('cards');
const archive = new Archive(
  texts('index').map((index) => json(index) as number[]),
  (block) => blocks[block]?.textContent ?? '[]',
);
const showing = new Showing(archive);
const cells = byId('cells', HTMLElement);

const list = new List(archive, {
  started: about.started,
  unfolded: new Set(),
  seek: (at) => transport.seekTo(at),
  show: (number) => {
    const position = archive.positionOf(number);
    if (list.reveal(position)) return;
    filters.clear();
    list.reveal(position);
  },
});
const filters = new Filters(archive, (positions, query) => list.set(positions, query));
const transport = new Transport(archive, archive.at.at(-1) ?? 0, (move) => {
  list.follow(move);
  if (!showing.any) return;
  const lines = showing.linesAt(move.at);
  byId('screen', HTMLElement).hidden = lines.length === 0;
  cells.textContent = lines.join('\n');
});

function help(): void {
  const keys = byId('keys', HTMLElement);
  keys.hidden = !keys.hidden;
  byId('help', HTMLButtonElement).setAttribute('aria-expanded', String(!keys.hidden));
}

byId('help', HTMLButtonElement).addEventListener('click', help);
document.addEventListener('keydown', (event) => {
  const within = event.target instanceof Element ? event.target : null;
  if (event.key === 'Escape' && within instanceof HTMLElement) within.blur();
  const command = commandOf(event, within?.tagName ?? '');
  if (command === null) return;
  event.preventDefault();
  if (command === 'search') filters.focus();
  else if (command === 'keys') help();
  else transport.obey(command);
});

byId('cut', HTMLElement).textContent = [
  ...(end.state === 'sealed' ? [] : ['The record goes no further: the session is running, or was cut.']),
  `${end.events.toLocaleString('en')} events. Of a result, at most ${about.maxRows.toLocaleString('en')} rows are here (sessions export --rows);`,
  'everything is in sessions export --format ndjson. This page proves nothing by itself:',
  `hoopctl sessions verify ${about.session}`,
].join(' ');
for (const id of ['player', 'filters']) byId(id, HTMLElement).hidden = false;
filters.apply();
