import { type ErrorCode, HoopError } from '../../core/errors.ts';
import type { SessionEnd } from '../../core/protocol.ts';
import type { Fault } from './refuse.ts';
import { Unrecorded } from './clearances.ts';
import { LoginRefused } from './upstream.ts';

/** How a connection ended that failed, and what its client is told of it; null when it has been told something else. */
export interface Failure {
  readonly end: SessionEnd;
  readonly fault: Fault | null;
}

const SQLSTATE: Readonly<Record<string, string | undefined>> = {
  // sqlclient_unable_to_establish_sqlconnection
  'postgres.unreachable': '08001',
  'postgres.tls': '08001',
  // invalid_authorization_specification
  'postgres.login': '28000',
  // connection_failure
  'postgres.closed': '08006',
  'postgres.catalog': '08006',
  'postgres.trial': '08006',
  'wire.closed': '08006',
  'wire.deadline': '08006',
  // program_limit_exceeded
  'wire.limit': '54000',
  // io_error
  'record.append': '58030',
  // invalid_authorization_specification
  'session.unconfirmed': '28000',
};
const PROTOCOL_VIOLATION = '08P01';

const CAUSES: Readonly<Record<string, SessionEnd['cause'] | undefined>> = { postgres: 'target', record: 'record' };

function causeOf(code: ErrorCode): SessionEnd['cause'] {
  // What the target closes has a code of its own.
  if (code === 'wire.closed') return 'client';
  if (code === 'session.unconfirmed') return 'refused';
  return CAUSES[code.split('.')[0] ?? ''] ?? 'protocol';
}

const BUG: Failure = {
  end: { cause: 'failure', message: 'internal failure' },
  fault: { severity: 'FATAL', code: 'XX000', message: 'hoopctl failed; the connection was closed' },
};

export function failureOf(error: unknown): Failure {
  if (error instanceof Unrecorded) return { end: { cause: 'record', message: error.message }, fault: error.fault };
  if (!(error instanceof HoopError)) return BUG;
  const { code, message, hint } = error;
  const sqlstate = error instanceof LoginRefused ? error.sqlstate : (SQLSTATE[code] ?? PROTOCOL_VIOLATION);
  const fault: Fault = { severity: 'FATAL', code: sqlstate, message, ...(hint === null ? {} : { hint }) };
  return { end: { cause: causeOf(code), message }, fault };
}

/** What names mean is not known in time. */
export const unheard = (): HoopError =>
  new HoopError('postgres.catalog', 'the target did not say in time what the statement’s names mean', {
    hint: 'Connect again; if it goes on, raise limits.catalog_wait of the target.',
  });

/** What was tried may not be undone but by closing the connection. */
export const untaken = (): HoopError =>
  new HoopError('postgres.trial', 'the target did not say that what was tried is undone: the connection was closed', {
    hint: 'Connect again, and ask again.',
  });
