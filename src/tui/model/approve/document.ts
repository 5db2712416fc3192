import { isCommand } from '../../../core/command-words.ts';
import type { ApprovalRequest } from '../../../core/request.ts';
import { visible } from '../../../core/visible.ts';
import { type Line, safeLine, safeLines, type Span, wrapLine } from '../../safe-text.ts';
import { heading, indented, wrapProse } from '../prose.ts';
import { statementRows } from '../statement-rows.ts';
import { approvalSection } from './terms-section.ts';
import { forecast } from './forecast.ts';
import type { Entry } from './board.ts';
import { clipped, count, identityLine, identityNotes, said } from '../words.ts';

type BoundValue = NonNullable<ApprovalRequest['parameters']>[number];

/** A row of the detail. */
export interface DocumentRow {
  readonly line: Line;
  /** How much of what is approved has been seen when this row and all before it have been; null: says nothing of it. */
  readonly end: number | null;
}

/** Everything that is known of a request, in the order in which it has to be known. */
export interface Document {
  readonly rows: readonly DocumentRow[];
  /** Characters of the statement and its parameters: what must have been on the screen. */
  readonly total: number;
}

const KEPT = new WeakMap<Entry, Map<number, Document>>();

/** The detail of a request, `cells` wide. Laying out a long text costs: the same entry gives the same document. */
export function documentOf(entry: Entry, cells: number): Document {
  const known = KEPT.get(entry) ?? new Map<number, Document>();
  KEPT.set(entry, known);
  let document = known.get(cells);
  if (document === undefined) {
    // A window that is dragged has many widths: the last ones are enough.
    if (known.size > 3) known.clear();
    document = laidOut(entry, cells);
    known.set(cells, document);
  }
  return document;
}

/** The statement and its parameters alone, with their headings. */
export function subjectLines(entry: Entry, cells: number): readonly Line[] {
  const { rows } = documentOf(entry, cells);
  const first = rows.findIndex(({ end }) => end !== null);
  const last = rows.findLastIndex(({ end }) => end !== null);
  return rows.slice(Math.max(0, first - 1), last + 1).map(({ line }) => line);
}

function laidOut(entry: Entry, cells: number): Document {
  const { request } = entry;
  const rows: DocumentRow[] = [];
  const add = (lines: readonly Line[]): void => {
    for (const line of lines) for (const row of wrapProse(line, cells)) rows.push({ line: row, end: null });
  };
  const { first, rest } = forecast(request, cells);
  add(who(request));
  add(heading('What will happen'));
  add(first);
  add(heading('Who may approve'));
  add(approvalSection(entry));
  add(heading('Statement', statementNotes(request)));
  const total = subject(request, cells, rows);
  add(why(request));
  add(heading('Request'));
  add(particulars(request));
  if (rest.length > 0) add([...heading('What will happen, the rest'), ...rest]);
  return { rows, total };
}

function who(request: ApprovalRequest): readonly Line[] {
  const { identity, target } = request;
  return [
    [...identityLine(identity), said(' asks '), ...clipped(target.name, 'accent')],
    indented(identityNotes(identity)),
    indented([
      said(`${target.protocol} `, 'dim'),
      ...clipped(target.address, 'dim'),
      ...(target.database === '' ? [] : [said(', database ', 'dim'), ...clipped(target.database, 'dim')]),
      said(', as ', 'dim'),
      ...clipped(target.user, 'dim'),
    ]),
  ];
}

function statementNotes({ text, phase, inTransaction, effects }: ApprovalRequest): string {
  const lines = text.split('\n').length;
  const size = `${count(lines)} ${lines === 1 ? 'line' : 'lines'}, ${count(text.length)} characters`;
  if (isCommand(effects)) return size;
  const run = phase === 'prepare' ? 'to be prepared' : phase === 'bind' ? 'to be bound' : 'to be run';
  return `${size}, ${run} ${inTransaction ? 'inside a transaction' : 'outside of a transaction'}`;
}

/** The statement and its parameters, whole: adds their rows, and says how long they are. */
function subject(request: ApprovalRequest, cells: number, rows: DocumentRow[]): number {
  const { text, directory, variables = [], prepared, effects } = request;
  const where =
    directory === undefined ? [] : wrapProse(indented([said('in ', 'dim'), said(visible(directory), 'strong')]), cells);
  // Above the text, so that nobody gets to its end without having passed them.
  const set = variables.flatMap((one) =>
    wrapLine([said('with ', 'dim'), said(visible(one), 'strong')], cells - 2).map((line) => indented(line)),
  );
  for (const line of [...where, ...set]) rows.push({ line, end: 0 });
  for (const { line, end } of statementRows(text, effects, cells - 2)) rows.push({ line: indented(line), end });
  let total = text.length;
  for (const { name, texts } of prepared) {
    for (const meant of texts) {
      for (const line of heading('It executes')) rows.push({ line, end: null });
      rows.push({ line: indented([said('prepared as ', 'dim'), ...clipped(name, 'strong')]), end: null });
      const from = total;
      for (const { line, end } of statementRows(meant, effects, cells - 2)) {
        rows.push({ line: indented(line), end: from + end });
      }
      total += meant.length;
    }
  }
  return bound(request, cells, { rows, from: total });
}

/** The same for the values of its parameters. */
function bound(
  { parameters }: ApprovalRequest,
  cells: number,
  { rows, from }: { readonly rows: DocumentRow[]; readonly from: number },
): number {
  if (parameters === null || parameters.length === 0) return from;
  for (const line of heading('Parameters')) rows.push({ line, end: null });
  let total = from;
  for (const [index, value] of parameters.entries()) {
    const label = said(`$${index + 1} `, 'accent');
    const wrapped = valueLines(value).flatMap((line, at) =>
      wrapLine([at === 0 ? label : said(' '.repeat(label.text.length)), ...line], cells - 2),
    );
    const length = lengthOf(value);
    wrapped.forEach((line, at) => {
      rows.push({ line: indented(line), end: total + Math.ceil((length * (at + 1)) / wrapped.length) });
    });
    total += length;
  }
  return total;
}

function valueLines(value: BoundValue): readonly Line[] {
  if (value === null) return [[said('NULL', 'keyword')]];
  if (typeof value === 'string') return safeLines(`'${value}'`, 'string');
  return [[said('bytes, in base64: ', 'dim'), ...safeLine(value.base64, 'string')]];
}

function lengthOf(value: BoundValue): number {
  if (value === null) return 1;
  return Math.max(1, typeof value === 'string' ? value.length : value.base64.length);
}

function why({ reason, terms }: ApprovalRequest): readonly Line[] {
  const messages = terms.map(({ message }) => message).filter((message) => message !== null);
  const lines: Line[] = [...heading('Why')];
  if (reason === null) lines.push([said('  The session was opened without a reason.', 'dim')]);
  else lines.push(...quote('Reason of the session: ', reason));
  for (const message of messages) lines.push(...quote('The policy says: ', message));
  return lines;
}

function quote(label: string, text: string): readonly Line[] {
  const [first = [], ...rest] = safeLines(text);
  const head: Span[] = [said(`  ${label}`, 'dim'), ...first];
  return [head, ...rest.map((line) => indented(line, 4))];
}

function particulars(request: ApprovalRequest): readonly Line[] {
  const fields: readonly (readonly [string, string])[] = [
    ['request', request.id],
    ['session', `${request.session}, connection ${request.connection}, statement ${request.statement}`],
    ['asked', request.asked],
    ['expires', request.expires],
    ['policy', request.policyHash],
    ['digest', request.digest],
  ];
  return fields.map(([name, value]) => [said(`  ${name.padEnd(8)} `, 'dim'), ...safeLine(value)]);
}
