import type { RecordHeader, SessionEvent } from '../core/recorder.ts';
import { HoopError } from '../core/errors.ts';
import { readIdentity } from '../core/read-identity.ts';
import { FRAME_TYPE } from './format.ts';
import { count, either, fields, flag, list, nullable, oneOf, optional, text } from './shape.ts';
import type { Shape } from './shape.ts';

/** The process that writes a record: how a reader tells a running session from one that was cut. */
export interface WriterProcess {
  readonly pid: number;
  readonly host: string;
  /** Tells this process from a later one with the same number; null where the system does not say. */
  readonly birth: string | null;
}

/** What a session came to, as its last event says. */
export interface SessionTotals {
  readonly connections: number;
  readonly statements: number;
  /** Statements that were not let through. */
  readonly refused: number;
  readonly errors: number;
  readonly rows: number;
}

/** Rows as they stand in a record: `bytes` were masked before they were written. */
export interface StoredRows {
  readonly type: 'rows';
  readonly connection: number;
  readonly statement: number | null;
  readonly direction: 'in' | 'out';
  readonly bytes: Buffer;
  /** True when the next rows event of the connection goes on within the same protocol frame. */
  readonly partial: boolean;
}

export interface StoredHeader {
  readonly type: 'header';
  readonly header: RecordHeader;
  readonly writer: WriterProcess;
}

export interface StoredEnd {
  readonly type: 'end';
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly ended: number;
  readonly totals: SessionTotals;
}

type StatementEvent = Extract<SessionEvent, { type: 'statement' }>;

/** What was decided of a statement, and on what grounds. */
export type Verdict = Pick<StatementEvent, 'decision' | 'effects'>;

/** A statement of which the same was decided as of an earlier one: `as` is that one's number. */
export type AbridgedStatement = Omit<StatementEvent, keyof Verdict> & { readonly as: number };

/** What a record holds: its header, the session's events, and its end. */
export type StoredEvent = StoredHeader | Exclude<SessionEvent, { type: 'rows' }> | StoredRows | StoredEnd;

/** Before the bytes of a rows payload: `flags:u8 connection:u32 statement:u48`. */
export const ROWS_PREFIX = 11;
const ROWS_IN = 1;
const ROWS_PARTIAL = 2;
const ROWS_STATEMENT = 4;

export function writeRowsPrefix(target: Buffer, at: number, rows: Omit<StoredRows, 'type' | 'bytes'>): void {
  target[at] =
    (rows.direction === 'in' ? ROWS_IN : 0) |
    (rows.partial ? ROWS_PARTIAL : 0) |
    (rows.statement === null ? 0 : ROWS_STATEMENT);
  target.writeUInt32BE(rows.connection, at + 1);
  target.writeUIntBE(rows.statement ?? 0, at + 5, 6);
}

const identity: Shape = (value) => readIdentity(value) !== null;

const header = fields({
  header: fields({
    session: text,
    started: text,
    identity,
    target: fields({ name: text, protocol: text, address: text, database: text, user: text }),
    policies: list(text),
    policyHash: text,
    reason: nullable(text),
    results: oneOf('full', 'summary'),
    version: text,
  }),
  writer: fields({ pid: count, host: text, birth: nullable(text) }),
});

/** Milliseconds that a Date can hold. */
const moment: Shape = (value) => count(value) && Number(value) <= 8.64e15;

const end = fields({
  cause: text,
  ended: moment,
  totals: fields({ connections: count, statements: count, refused: count, errors: count, rows: count }),
});

const effect = fields({
  action: text,
  object: nullable(text),
  schema: nullable(text),
  name: nullable(text),
  columns: nullable(either(oneOf('all'), list(text))),
  where: oneOf('present', 'absent', null),
  opaque: flag,
  certain: flag,
  via: list(text),
});

const decision = fields({
  verdict: oneOf('allow', 'deny', 'ask'),
  rule: fields({ policy: text, clause: text, index: nullable(count) }),
  effect: nullable(effect),
  refusal: nullable(fields({ message: text, detail: text, hint: text, cause: text })),
});

const connection = count;
const statement = nullable(count);
const stream = oneOf('output', 'input', 'errors');

const approvers = either(
  oneOf('self'),
  fields({ groups: list(text), subjects: list(text), emails: list(text), count }),
);

const answer = fields({
  request: text,
  digest: text,
  verdict: oneOf('approve', 'deny'),
  reason: nullable(text),
  by: identity,
  at: text,
  uses: count,
  until: nullable(text),
  effect: nullable(text),
  breakGlass: flag,
  key: text,
  signature: text,
});

const cells = nullable(list(nullable(text)));

const dryRun = fields({
  rows: count,
  effect: text,
  tables: list(fields({ schema: text, name: text, inserted: count, updated: count, deleted: count })),
  sample: nullable(fields({ columns: list(text), rows: list(fields({ before: cells, after: cells })) })),
  undoable: flag,
  repeatable: flag,
});

const preview = fields({ estimate: nullable(count), dryRun: nullable(dryRun), withheld: nullable(text) });

const said = {
  connection,
  phase: oneOf('query', 'prepare', 'bind', 'execute'),
  text: nullable(text),
  prepared: nullable(count),
  parameters: nullable(list(nullable(either(text, fields({ base64: text }))))),
};

const EVENT_SHAPES: Readonly<Record<Exclude<SessionEvent['type'], 'rows'>, Shape>> = {
  open: fields({ connection, application: nullable(text), peer: text }),
  statement: either(fields({ ...said, decision, effects: list(effect) }), fields({ ...said, as: count })),
  columns: fields({
    connection,
    statement,
    columns: list(
      fields({
        name: text,
        table: count,
        attribute: Number.isSafeInteger,
        type: count,
        format: oneOf('text', 'binary'),
      }),
    ),
  }),
  complete: fields({ connection, statement, tag: text, rows: count, bytes: count }),
  error: fields({ connection, statement, code: text, message: text, severity: text }),
  notice: fields({ connection, code: text, message: text }),
  request: fields({
    connection,
    statement: count,
    request: text,
    digest: text,
    terms: list(
      fields({
        policy: text,
        index: nullable(count),
        opaque: optional(oneOf(true)),
        approvers,
        within: count,
        stepUp: flag,
        breakGlass: nullable(approvers),
        preview: oneOf('trial', 'estimate', 'none'),
        message: nullable(text),
      }),
    ),
    expires: text,
  }),
  preview: fields({ connection, request: text, preview }),
  answer: fields({ connection, answer }),
  settled: fields({
    connection,
    statement: count,
    request: text,
    outcome: oneOf(
      'approved',
      'denied',
      'expired',
      'cancelled',
      'disconnected',
      'ended',
      'changed',
      'crowded',
      'unconfirmed',
    ),
  }),
  granted: fields({ connection, statement: count, request: text, use: count }),
  revoked: fields({ request: text, by: identity, reason: nullable(text) }),
  terminal: fields({ connection, statement: optional(count), stream, piped: optional(oneOf(true)), text }),
  resize: fields({ connection, statement: optional(count), columns: count, rows: count }),
  transfer: fields({
    connection,
    statement: optional(count),
    direction: oneOf('in', 'out'),
    path: nullable(text),
    stream: optional(stream),
    bytes: count,
    sha256: nullable(text),
    complete: flag,
  }),
  cancel: fields({ connection }),
  close: fields({ connection, cause: text }),
};
const SHAPES_BY_TYPE: ReadonlyMap<unknown, Shape> = new Map(Object.entries(EVENT_SHAPES));

export function unreadable(what: string): HoopError {
  return new HoopError('record.unreadable', `the record holds ${what}`, {
    hint: 'a newer hoopctl may have written it',
  });
}

function decodeRows(payload: Buffer): StoredRows {
  if (payload.length < ROWS_PREFIX) throw unreadable('a block of rows that is too short');
  const flags = payload.readUInt8(0);
  return {
    type: 'rows',
    connection: payload.readUInt32BE(1),
    statement: flags & ROWS_STATEMENT ? payload.readUIntBE(5, 6) : null,
    direction: flags & ROWS_IN ? 'in' : 'out',
    bytes: payload.subarray(ROWS_PREFIX),
    partial: (flags & ROWS_PARTIAL) !== 0,
  };
}

function parse(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw unreadable('an event that is not JSON');
}

/**
 * The event in an event frame's payload, as it stands there. Of rows, `bytes` share the payload's memory.
 * @throws HoopError `record.unreadable` when it is none that this version knows
 */
export function decodeEvent(type: number, payload: Buffer): StoredEvent | AbridgedStatement {
  if (type === FRAME_TYPE.rows) return decodeRows(payload);
  const value = parse(payload);
  if (type === FRAME_TYPE.header && header(value)) return { ...value, type: 'header' } as StoredHeader;
  if (type === FRAME_TYPE.end && end(value)) return { ...value, type: 'end' } as StoredEnd;
  const shape = type === FRAME_TYPE.event ? SHAPES_BY_TYPE.get(value['type']) : undefined;
  if (shape?.(value) === true) return value as StoredEvent | AbridgedStatement;
  throw unreadable('an event of an unknown kind or shape');
}

/**
 * The JSON of parts that come again and again as the very same object: a verdict is given many times, and a prepared
 * statement's columns are described once.
 */
const RECURRING = new WeakMap<object, string>();

function recurring(part: object): string {
  let json = RECURRING.get(part);
  if (json === undefined) {
    json = JSON.stringify(part);
    RECURRING.set(part, json);
  }
  return json;
}

/** As `JSON.stringify` gives it. `as`: the number of an event with the same verdict, instead of that. */
function encodeStatement(event: StatementEvent, as: number | null): string {
  const { connection, phase, text: sql, prepared, parameters } = event;
  const what = `"phase":"${phase}","text":${JSON.stringify(sql)},"prepared":${prepared}`;
  const values = parameters === null ? 'null' : JSON.stringify(parameters);
  const verdict =
    as === null ? `"decision":${recurring(event.decision)},"effects":${recurring(event.effects)}` : `"as":${as}`;
  return `{"type":"statement","connection":${connection},${what},"parameters":${values},${verdict}}`;
}

/** The payload of every event but rows. `as`: see `VerdictsWritten`. */
export function encodeEvent(
  event: Exclude<SessionEvent, { type: 'rows' }> | StoredHeader | StoredEnd,
  as: number | null = null,
): string {
  switch (event.type) {
    case 'header':
      return JSON.stringify({ header: event.header, writer: event.writer });
    case 'end':
      return JSON.stringify({ cause: event.cause, ended: event.ended, totals: event.totals });
    case 'statement':
      return encodeStatement(event, as);
    case 'columns': {
      const { connection, statement: number, columns } = event;
      return `{"type":"columns","connection":${connection},"statement":${number},"columns":${recurring(columns)}}`;
    }
    default:
      return JSON.stringify(event);
  }
}
