import type { Clock } from '../../../src/core/clock.ts';
import type { Masked } from '../../../src/core/guard.ts';
import type { Recorder, RecordHeader, SessionEvent } from '../../../src/core/recorder.ts';
import { newSessionId } from '../../../src/record/session-id.ts';
import { openRecord } from '../../../src/record/writer.ts';

type StatementEvent = Extract<SessionEvent, { type: 'statement' }>;

/** A clock that goes on as it is told. */
export class TaleClock implements Clock {
  readonly #started = Date.UTC(2026, 0, 1, 9);
  micros = 0;

  now(): number {
    return this.#started + this.micros / 1000;
  }

  monotonic(): number {
    return this.micros;
  }

  wait(milliseconds: number): void {
    this.micros += milliseconds * 1000;
  }
}

export function taleHeader(overrides: Partial<RecordHeader> = {}): RecordHeader {
  return {
    session: newSessionId(Date.UTC(2026, 0, 1, 9)),
    started: '2026-01-01T09:00:00.000Z',
    identity: {
      kind: 'agent',
      subject: '1000',
      issuer: 'os',
      display: 'reporting-agent',
      email: null,
      service: null,
      groups: [],
      verified: false,
      actsFor: {
        kind: 'person',
        subject: '7',
        issuer: 'https://idp.example',
        display: 'Ada',
        email: null,
        service: null,
        groups: [],
        verified: true,
        actsFor: null,
      },
    },
    target: { name: 'pg-prod', protocol: 'postgres', address: 'db.internal:5432', database: 'app', user: 'app_rw' },
    policies: ['production'],
    policyHash: 'f'.repeat(64),
    reason: 'ticket 4711: monthly report',
    results: 'full',
    version: '0.1.0',
    ...overrides,
  };
}

export function said(text: string | null, overrides: Partial<StatementEvent> = {}): StatementEvent {
  return {
    type: 'statement',
    connection: 1,
    phase: 'query',
    text,
    prepared: null,
    parameters: null,
    decision: ALLOWED,
    effects: [],
    ...overrides,
  };
}

const ALLOWED: StatementEvent['decision'] = {
  verdict: 'allow',
  rule: { policy: 'production', clause: 'default', index: null },
  effect: null,
  refusal: null,
};

export const DENIED: StatementEvent['decision'] = {
  verdict: 'deny',
  rule: { policy: 'production', clause: 'deny', index: 0 },
  effect: null,
  refusal: {
    message: 'schema changes go through migrations',
    detail: 'drop of table app.customers is denied by policy production',
    hint: 'ask the owners of the schema',
    cause: 'denied',
  },
};

const ASKED: StatementEvent['decision'] = {
  verdict: 'ask',
  rule: { policy: 'production', clause: 'ask', index: 0 },
  effect: null,
  refusal: null,
};

/** A row as PostgreSQL sends it. Only tests may say of bytes that they were masked. */
export function dataRow(values: readonly (string | null)[]): Masked<Buffer> {
  const cells = values.map((value) => {
    const bytes = value === null ? Buffer.alloc(0) : Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeInt32BE(value === null ? -1 : bytes.length);
    return Buffer.concat([length, bytes]);
  });
  const count = Buffer.alloc(2);
  count.writeUInt16BE(values.length);
  const body = Buffer.concat([count, ...cells]);
  const head = Buffer.alloc(5);
  head.write('D', 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]) as Masked<Buffer>;
}

export function columnsOf(statement: number, names: readonly string[], connection = 1): SessionEvent {
  const columns = names.map((name) => ({ name, table: 0, attribute: 0, type: 25, format: 'text' as const }));
  return { type: 'columns', connection, statement, columns };
}

export interface Writing {
  readonly recorder: Recorder;
  readonly clock: TaleClock;
  readonly session: string;
}

/** A record to be written by the real writer. */
export async function begin(state: string, header = taleHeader()): Promise<Writing> {
  const clock = new TaleClock();
  const recorder = await openRecord({ state, header, clock, sync: 'process' });
  return { recorder, clock, session: header.session };
}

/** A statement and its result. */
export async function answered(
  { recorder, clock }: Writing,
  event: StatementEvent,
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
): Promise<number> {
  const statement = recorder.append(event);
  clock.wait(2);
  recorder.append(columnsOf(statement, names));
  const bytes = Buffer.concat(rows.map(dataRow)) as Buffer as Masked<Buffer>;
  await recorder.write({ type: 'rows', connection: 1, statement, direction: 'out', bytes });
  clock.wait(1);
  recorder.append({
    type: 'complete',
    connection: 1,
    statement,
    tag: `SELECT ${rows.length}`,
    rows: rows.length,
    bytes: bytes.length,
  });
  return statement;
}

/** A statement that waited for an answer, and got it. */
export function asked({ recorder, clock }: Writing, text: string, request: string, approve: boolean): number {
  const statement = recorder.append(said(text, { decision: ASKED }));
  const terms = [
    {
      policy: 'production',
      index: 0,
      approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 },
      within: 600_000,
      stepUp: false,
      breakGlass: null,
      preview: 'trial',
      message: 'writes are looked at',
    },
  ] as const;
  recorder.append({
    type: 'request',
    connection: 1,
    statement,
    request,
    digest: 'a'.repeat(64),
    terms,
    expires: '2026-01-01T09:10:00.000Z',
  });
  clock.wait(400);
  const tables = [{ schema: 'app', name: 'customers', inserted: 0, updated: 12, deleted: 0 }];
  recorder.append({
    type: 'preview',
    connection: 1,
    request,
    preview: {
      estimate: 12,
      dryRun: { rows: 12, effect: 'b'.repeat(64), tables, sample: null, undoable: true, repeatable: true },
      withheld: null,
    },
  });
  clock.wait(41_000);
  const by = {
    kind: 'person',
    subject: '9',
    issuer: 'https://idp.example',
    display: 'Grace',
    email: null,
    service: null,
    groups: ['dba'],
    verified: true,
    actsFor: null,
  } as const;
  recorder.append({
    type: 'answer',
    connection: 1,
    answer: {
      request,
      digest: 'a'.repeat(64),
      verdict: approve ? 'approve' : 'deny',
      reason: approve ? null : 'not on a Friday',
      by,
      at: '2026-01-01T09:01:00.000Z',
      uses: 1,
      until: null,
      effect: null,
      breakGlass: false,
      key: 'k',
      signature: 's',
    },
  });
  recorder.append({ type: 'settled', connection: 1, statement, request, outcome: approve ? 'approved' : 'denied' });
  if (approve) {
    clock.wait(8);
    recorder.append({ type: 'complete', connection: 1, statement, tag: 'UPDATE 12', rows: 12, bytes: 0 });
  }
  return statement;
}

/** A session in which a bit of everything happens. Sealed. */
export async function tell(state: string, header = taleHeader()): Promise<string> {
  const writing = await begin(state, header);
  const { recorder, clock } = writing;
  recorder.append({ type: 'open', connection: 1, application: 'psql', peer: '127.0.0.1:50012' });
  clock.wait(1500);
  await answered(
    writing,
    said(
      "SELECT c.id, c.name, c.email, c.city, c.notes FROM app.customers c LEFT JOIN app.orders o ON o.customer = c.id WHERE c.city = 'Łódź' AND o.total BETWEEN 10 AND 200 ORDER BY c.id LIMIT 40",
    ),
    ['id', 'name', 'email', 'city', 'notes'],
    Array.from({ length: 40 }, (_, index) => [
      String(index + 1),
      `Customer ${index + 1}`,
      `c***${index}@example.com`,
      index % 7 === 3 ? null : 'Łódź',
      'prefers to be called in the morning, before nine',
    ]),
  );
  clock.wait(6000);
  recorder.append(said('DROP TABLE app.customers', { decision: DENIED }));
  recorder.append({
    type: 'error',
    connection: 1,
    statement: null,
    code: '42501',
    message: 'schema changes go through migrations',
    severity: 'ERROR',
  });
  clock.wait(9000);
  const prepared = recorder.append(said('SELECT name FROM app.customers WHERE id = $1', { phase: 'prepare' }));
  recorder.append(said(null, { phase: 'bind', prepared, parameters: ['7'] }));
  await answered(writing, said(null, { phase: 'execute', prepared, parameters: ['7'] }), ['name'], [['Customer 7']]);
  clock.wait(3000);
  asked(
    writing,
    "UPDATE app.customers SET city = 'Łódź' WHERE id IN (SELECT customer FROM app.orders WHERE total > 100)",
    'k3m9x2p7',
    true,
  );
  clock.wait(12_000);
  asked(writing, 'DELETE FROM app.orders WHERE total = 0', 'q8w2e4r6', false);
  clock.wait(2000);
  const failed = recorder.append(said('SELECT 1 / 0 AS "the \u202egnp\u202c column"'));
  recorder.append({ type: 'notice', connection: 1, code: '00000', message: 'about to divide' });
  recorder.append({
    type: 'error',
    connection: 1,
    statement: failed,
    code: '22012',
    message: 'division by zero',
    severity: 'ERROR',
  });
  clock.wait(1000);
  recorder.append({ type: 'close', connection: 1, cause: 'client' });
  await recorder.close('client');
  return header.session;
}
