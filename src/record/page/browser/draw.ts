import type { Card, Part, PreviewPart, RequestPart, ResultPart, StatementPart, TerminalPart } from '../card.ts';
import { entryFlags, FOLDED_LINES } from '../index-entry.ts';
import { FLAG } from '../card.ts';
import { clock, duration, moment } from '../model/clock.ts';
import { outputLines } from '../model/showing.ts';
import { type Child, element, marked } from './element.ts';

/** Characters of a text that are shown before it is asked for all of it. */
const FOLDED = 4000;

export interface Drawing {
  /** In lower case; empty when nothing is searched for. */
  readonly query: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** Texts that were unfolded stay so when they are drawn again. */
  readonly unfolded: Set<string>;
  /** What a button asks for: `seek` to a moment, `show` the card with this number. */
  readonly seek: (at: number) => void;
  readonly show: (number: number) => void;
  /** A card changed its height. */
  readonly resized: () => void;
}

/** A card as an article. */
export function drawCard(card: Card, drawing: Drawing): HTMLElement {
  const flags = entryFlags(card);
  const classes = [
    ...(flags & FLAG.refused ? ['refused'] : []),
    ...(flags & FLAG.asked ? ['asked'] : []),
    ...(flags & FLAG.error ? ['error'] : []),
  ];
  const when = moment(drawing.started, card.at);
  const go = element('button', { type: 'button', title: 'Play from here', 'aria-label': `Play from #${card.number}` });
  go.append(clock(card.at));
  go.addEventListener('click', () => drawing.seek(card.at));
  const place = element(
    'div',
    { class: 'place', id: `place-${card.number}` },
    go,
    element('span', {}, `#${card.number}`),
    card.connection === null ? null : element('span', {}, `connection ${card.connection}`),
    ...words(flags),
    element('time', { datetime: when }, when),
  );
  const article = element('article', { class: classes.join(' '), tabindex: '-1', 'aria-labelledby': place.id }, place);
  card.parts.forEach((part, index) => article.append(...nodes(drawPart(part, `${card.number}.${index}`, drawing))));
  return article;
}

/** Colours alone say nothing to everybody. */
function words(flags: number): Child[] {
  return [
    ...(flags & FLAG.refused ? [element('span', { class: 'bad' }, 'refused')] : []),
    ...(flags & FLAG.asked ? [element('span', {}, 'asked')] : []),
    ...(flags & FLAG.error ? [element('span', { class: 'warn' }, 'error')] : []),
  ];
}

function drawPart(part: Part, name: string, drawing: Drawing): Child[] {
  const text = (value: string): Child[] => marked(value, drawing.query);
  const block = (kind: string, ...lines: readonly Child[][]): Child[] => [
    element('div', { class: `part ${kind}` }, ...lines.map((line) => element('p', {}, ...line))),
  ];
  switch (part.kind) {
    case 'lines':
      return [element('div', { class: 'lines' }, ...part.lines.map((line) => element('div', {}, ...text(line))))];
    case 'statement':
      return drawStatement(part, name, drawing);
    case 'refusal':
      return block('refusal', [`Refused by ${part.rule}`], ...part.reasons.map(text));
    case 'result':
      return [drawResult(part, drawing)];
    case 'outcome':
      return block('dim', [...text(part.tag), part.took === null ? null : ` after ${duration(part.took)}`]);
    case 'error':
      return [
        element(
          'div',
          { class: 'part warn' },
          ...folded(`${part.severity} ${part.code}: ${part.message}`, '', name, drawing),
        ),
      ];
    case 'notice':
      return [
        element('div', { class: 'part notice' }, ...folded(`Notice ${part.code}: ${part.message}`, '', name, drawing)),
      ];
    case 'request':
      return block('request', ...requestLines(part).map(text));
    case 'preview':
      return [drawPreview(part, drawing)];
    case 'answer': {
      const verdict = element('strong', { class: part.verdict === 'approve' ? 'good' : 'bad' });
      verdict.append(`${part.breakGlass ? 'Break-glass: ' : ''}${part.verdict === 'approve' ? 'Approved' : 'Denied'}`);
      const who = [verdict, ' by ', ...text(part.by), ` at ${part.given}`];
      const why = part.reason === null ? ['No reason given'] : ['Reason: ', ...text(part.reason)];
      return block('answer', who, why, ...(part.bounds.length === 0 ? [] : [[`Holds ${part.bounds.join(', ')}`]]));
    }
    case 'settled': {
      const verdict = element('strong', { class: part.approved ? 'good' : 'bad' }, part.words);
      return block('settled', ['Request is over: ', verdict, ` (${clock(part.at)})`]);
    }
    case 'granted':
    case 'revoked':
      return block(part.kind, text(part.words));
    case 'terminal':
      return drawTerminal(part, drawing);
  }
}

function requestLines({ id, expires, terms }: RequestPart): string[] {
  return [`Held: request ${id}, to be answered before ${expires}`, ...terms];
}

function drawStatement(part: StatementPart, name: string, drawing: Drawing): Child[] {
  const phase = part.phase === 'query' ? [] : [element('div', { class: 'dim' }, part.phase)];
  const whole = part.wholeAt === null ? [] : [wholeButton(part, part.wholeAt, drawing)];
  const values = part.values.map((value, index) =>
    element('div', { class: 'dim' }, `$${index + 1} = `, ...marked(value, drawing.query)),
  );
  const effects =
    part.effects.length === 0
      ? []
      : [element('div', { class: 'dim' }, ...marked(part.effects.join(' · '), drawing.query))];
  return [...phase, ...folded(part.text, 'statement', name, drawing), ...whole, ...values, ...effects];
}

function wholeButton({ text, left }: StatementPart, wholeAt: number, drawing: Drawing): HTMLElement {
  const what = text === '' ? `Its text stands with #${wholeAt}` : `${left} more characters, with #${wholeAt}`;
  const button = element('button', { type: 'button' }, what);
  button.addEventListener('click', () => drawing.show(wholeAt));
  return button;
}

/** A text, and a button for the rest of it when it is long. */
function folded(text: string, kind: string, name: string, drawing: Drawing): Child[] {
  const end = foldAt(text);
  const pre = element('pre', { class: kind });
  if (end >= text.length || drawing.unfolded.has(name)) {
    pre.append(...nodes(marked(text, drawing.query)));
    return [pre];
  }
  pre.append(...nodes(marked(text.slice(0, end), drawing.query)), '…');
  const button = element('button', { type: 'button' }, `Show all ${text.length.toLocaleString('en')} characters`);
  button.addEventListener('click', () => {
    drawing.unfolded.add(name);
    pre.replaceChildren(...nodes(marked(text, drawing.query)));
    button.remove();
    drawing.resized();
  });
  return [pre, button];
}

function nodes(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== null);
}

function foldAt(text: string): number {
  let at = -1;
  for (let lines = 0; lines < FOLDED_LINES; lines += 1) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return text.length <= FOLDED ? text.length : FOLDED;
  }
  return Math.min(at, FOLDED);
}

function cell(value: string | null, { query }: Drawing): HTMLElement {
  return value === null ? element('td', { class: 'null' }, 'NULL') : element('td', {}, ...marked(value, query));
}

function drawResult(part: ResultPart, drawing: Drawing): HTMLElement {
  const { columns, rows, left, cutColumns, cutValues, direction } = part;
  if (rows === null) return element('div', { class: 'part dim' }, 'Rows that cannot be decoded');
  const cut = [
    ...(left === null
      ? ['more rows are on record']
      : left > 0
        ? [`${left.toLocaleString('en')} more rows are on record`]
        : []),
    ...(cutColumns > 0 ? [`${cutColumns} more columns`] : []),
    ...(cutValues > 0 ? [`${cutValues} long values are cut`] : []),
  ];
  const what = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${columns === null ? (direction === 'in' ? ' sent' : ' received') : ''}`;
  const body = element(
    'tbody',
    {},
    ...rows.map((row) => element('tr', {}, ...row.map((value) => cell(value, drawing)))),
  );
  const head =
    columns === null
      ? null
      : element('thead', {}, element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name))));
  const table = element('table', {}, element('caption', {}, [what, ...cut].join(', ')), head, body);
  return element('div', { class: 'part scroll', tabindex: '0', role: 'group', 'aria-label': 'Result' }, table);
}

function drawPreview({ lines, tables, sample }: PreviewPart, drawing: Drawing): HTMLElement {
  const changes = tables.map(({ name, inserted, updated, deleted }) =>
    element('tr', {}, ...[name, ...[inserted, updated, deleted].map(String)].map((value) => cell(value, drawing))),
  );
  const heads = (names: readonly string[]): HTMLElement =>
    element('thead', {}, element('tr', {}, ...names.map((name) => element('th', { scope: 'col' }, name))));
  const effects =
    changes.length === 0
      ? null
      : element(
          'div',
          { class: 'scroll' },
          element('table', {}, heads(['table', 'inserted', 'updated', 'deleted']), element('tbody', {}, ...changes)),
        );
  const rows = sample?.rows.flatMap(({ before, after }) => [
    ...(before === null
      ? []
      : [
          element(
            'tr',
            { class: 'before' },
            element('td', {}, 'before'),
            ...before.map((value) => cell(value, drawing)),
          ),
        ]),
    ...(after === null
      ? []
      : [element('tr', { class: 'after' }, element('td', {}, 'after'), ...after.map((value) => cell(value, drawing)))]),
  ]);
  const sampled =
    sample === null || rows === undefined
      ? null
      : element(
          'div',
          { class: 'scroll' },
          element('table', {}, heads(['', ...sample.columns]), element('tbody', {}, ...rows)),
        );
  return element(
    'div',
    { class: 'part preview' },
    ...lines.map((line) => element('p', {}, `Preview: ${line}`)),
    effects,
    sampled,
  );
}

const STREAMS = { input: 'Typed', output: 'Terminal output', errors: 'Errors' } as const;

function drawTerminal({ stream, piped, statement, pieces }: TerminalPart, drawing: Drawing): Child[] {
  const sizes = pieces.flatMap(([, columns, rows]) => (rows === undefined ? [] : [`${columns} by ${rows}`]));
  const { lines, cut } = outputLines(pieces);
  const label = piped && stream === 'output' ? 'Output' : STREAMS[stream];
  const of = piped || statement === null ? '' : ` of #${statement}`;
  const above = `The last ${lines.length} lines: play it for those above, or export as NDJSON`;
  return [
    ...sizes.map((size) => element('div', { class: 'dim' }, `Terminal${of}, ${size}`)),
    cut ? element('div', { class: 'dim' }, above) : null,
    stream === 'output' ? null : element('div', { class: 'dim' }, `${label}${of}`),
    lines.length === 0
      ? null
      : element(
          'pre',
          {
            class: stream === 'errors' ? 'terminal warn' : 'terminal',
            tabindex: '0',
            role: 'group',
            'aria-label': label,
          },
          ...marked(lines.join('\n'), drawing.query),
        ),
  ];
}
