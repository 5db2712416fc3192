import type { Refusal } from '../../core/decision.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import { BACKEND, cstring, encodeFields, FRONTEND, frame, int16 } from './frames.ts';

/*
 * A refused statement is replaced, at its place in the stream, by one that can only fail: text that is no SQL. The
 * server then does by itself all that an error entails (the transaction is aborted, what follows in the pipeline is
 * skipped until Sync, implicit transactions roll back), and its error is replaced by the refusal on the way back. So
 * client and server always agree, and there is one mechanism for every way of sending a statement.
 *
 * A syntax error is raised before anything is looked up or run, also inside an aborted transaction.
 */
const NO_STATEMENT = 'refused by hoopctl';

/** Stands in for a refused simple query or function call. */
export function poisonQuery(): Buffer {
  return frame(FRONTEND.query, cstring(NO_STATEMENT));
}

/** A name that no client of ours uses. */
export const NOBODY = 'hoopctl refused';

/**
 * Stands in for a refused message of the extended protocol. `name` is that of a refused Parse, since a failed Parse
 * of the unnamed statement drops the one before; for others `NOBODY`.
 */
export function poisonParse(name: string): Buffer {
  return frame(FRONTEND.parse, cstring(name), cstring(NO_STATEMENT), int16(0));
}

/** SQLSTATE, message, detail and hint of an ErrorResponse. */
export interface Fault {
  readonly severity: 'ERROR' | 'FATAL';
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** In characters from 1. */
  readonly position?: number;
}

/** A server's SQLSTATE, or the one for internal errors when it is none: it ends up in messages. */
export function sqlstate(code: string | undefined): string {
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : 'XX000';
}

/** What the client is told when its statement could not be judged because the server would not say what names mean. */
export function unasked(code: string): Fault {
  return {
    severity: 'ERROR',
    code: '42501',
    message: `the server could not be asked what the statement means (SQLSTATE ${code})`,
    hint: 'Try again; if it goes on, end the transaction or connect again.',
  };
}

/** An ErrorResponse in the server's own form. */
export function errorResponse(fault: Fault): Buffer {
  const fields = new Map([
    ['S', fault.severity],
    ['V', fault.severity],
    ['C', fault.code],
    ['M', fault.message],
  ]);
  if (fault.detail !== undefined) fields.set('D', fault.detail);
  if (fault.hint !== undefined) fields.set('H', fault.hint);
  if (fault.position !== undefined) fields.set('P', String(fault.position));
  return encodeFields(BACKEND.errorResponse, fields);
}

/** NoticeResponse: a statement waits for people. */
export function heldNotice({ id, expires, terms }: ApprovalRequest): Buffer {
  const message = terms.find((one) => one.message !== null)?.message ?? null;
  const fields = [
    ['S', 'NOTICE'],
    ['V', 'NOTICE'],
    ['C', '00000'],
    ['M', `held for approval: request ${id}`],
    ['D', `${message === null ? '' : `${message}. `}It is not sent before a person approves it; until ${expires}.`],
    ['H', `Approve it in another terminal with: hoopctl approve ${id}. Cancelling takes it back.`],
  ] as const;
  return encodeFields(BACKEND.noticeResponse, new Map(fields));
}

/** admin_shutdown: the session is over. */
export const OVER: Fault = { severity: 'FATAL', code: '57P01', message: 'the hoopctl session has ended' };

/** The same, since whoever it was opened for is not who they were. */
export const DISOWNED: Fault = {
  ...OVER,
  message: 'the hoopctl session has ended: who asks is not who it was opened for any more',
  detail: 'They have logged out, the identity provider has ended their login, or other policies hold for them now.',
  hint: 'Open a new session with hoopctl; it says when a new login is needed.',
};

/** The leave that something runs under was taken back. */
export const REVOKED: Fault = {
  severity: 'FATAL',
  code: '57P01',
  message: 'what was approved on this connection has been revoked',
  hint: 'Connect again, and ask for approval again.',
};

const SQLSTATE: Readonly<Record<Refusal['cause'], string>> = {
  // insufficient_privilege
  denied: '42501',
  rejected: '42501',
  expired: '42501',
  unintelligible: '42501',
  // syntax_error
  syntax: '42601',
  // io_error
  unrecorded: '58030',
  // query_canceled
  cancelled: '57014',
  ended: '57014',
  // invalid_authorization_specification
  unconfirmed: '28000',
};

/** What the client is told of a refused statement. */
export function refusalFault(refusal: Refusal): Fault {
  const code = SQLSTATE[refusal.cause];
  if (refusal.cause === 'syntax') {
    return { severity: 'ERROR', code, message: refusal.message, position: refusal.position ?? 1 };
  }
  const severity = refusal.cause === 'unrecorded' ? 'FATAL' : 'ERROR';
  // Clients know the server's own words for it.
  const message = refusal.cause === 'cancelled' ? CANCELED : refusal.message;
  return { severity, code, message, detail: refusal.detail, hint: refusal.hint };
}

const CANCELED = 'canceling statement due to user request';

/** What the client is told of a message that is no statement at all. */
export const MALFORMED: Fault = {
  severity: 'ERROR',
  code: '08P01',
  message: 'the message cannot be understood, so it is not sent',
  detail: 'It is malformed, its text is not valid UTF-8, or it names a statement or portal by more than 63 bytes.',
  hint: 'Send the statement as valid UTF-8, under a short name.',
};

export const FUNCTION_CALL: Fault = {
  severity: 'ERROR',
  code: '42501',
  message: 'function calls outside SQL are not let through',
  detail: 'The fast-path protocol names functions by number only.',
  hint: 'Call the function with SELECT.',
};

/** The server’s own words for names that it does not know either. */
export const unknownStatement = (name: string): Fault => ({
  severity: 'ERROR',
  code: '26000',
  message: name === '' ? 'unnamed prepared statement does not exist' : `prepared statement "${name}" does not exist`,
});

export const unknownPortal = (name: string): Fault => ({
  severity: 'ERROR',
  code: '34000',
  message: `portal "${name}" does not exist`,
});

/** What the server reported, as far as it makes sense. */
export function faultOf(fields: ReadonlyMap<string, string> | null): Fault {
  const severity = fields?.get('V') ?? fields?.get('S');
  return {
    severity: severity === 'FATAL' || severity === 'PANIC' ? 'FATAL' : 'ERROR',
    code: sqlstate(fields?.get('C')),
    message: fields?.get('M') ?? 'the server reported an error without a message',
  };
}

/** The plan that the server made when it was bound may be another than the one that was judged now. */
export const CHANGED: Fault = {
  severity: 'ERROR',
  code: '40001',
  message: 'what this statement shows has changed since it was bound',
  hint: 'Bind it again.',
};

/** What the client's statement would have got in the question's place: its cancel request, its failed transaction. */
export const CLIENTS_OWN: ReadonlySet<string> = new Set(['57014', '25P02']);
