import type { Masked } from '../../src/core/brand.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import type { AskTerms, DryRun, Outcome, SignedAnswer } from '../../src/core/request.ts';
import { statementEvent } from './fixtures.ts';

export const BOB: Identity = {
  kind: 'person',
  subject: 'bob@example.com',
  issuer: 'https://idp.example.com',
  display: 'Bob',
  email: null,
  service: null,
  groups: ['dba'],
  verified: true,
  actsFor: null,
};

export const TERMS: AskTerms = {
  policy: 'production',
  index: 0,
  approvers: { groups: ['dba', 'leads'], subjects: [], emails: [], count: 2 },
  within: 600_000,
  stepUp: true,
  breakGlass: { groups: ['oncall'], subjects: [], emails: [], count: 1 },
  preview: 'trial',
  message: 'writes want a second pair of eyes',
};

export const DRY_RUN: DryRun = {
  rows: 3,
  effect: 'a'.repeat(64),
  tables: [
    { schema: 'app', name: 'customers', inserted: 0, updated: 3, deleted: 0 },
    { schema: 'app', name: 'audit', inserted: 3, updated: 0, deleted: 1 },
  ],
  sample: {
    columns: ['id', 'plan'],
    rows: [
      { before: ['1', 'free'], after: ['1', 'paid'] },
      { before: null, after: ['4', null] },
      { before: ['9', 'free'], after: null },
    ],
  },
  undoable: true,
  repeatable: true,
};

export const ANSWER: SignedAnswer = {
  request: 'k7m2p9qx',
  digest: 'd'.repeat(64),
  verdict: 'approve',
  reason: 'ticket 4711',
  by: BOB,
  at: '2026-01-01T00:00:30.000Z',
  uses: 5,
  until: '2026-01-01T00:30:00.000Z',
  effect: DRY_RUN.effect,
  breakGlass: false,
  key: 'AAAA',
  signature: 'BBBB',
};

/** What a record holds as it was appended. */
export type PlainEvent = Exclude<SessionEvent, { type: 'rows' }>;

/** A statement that somebody is asked for. */
export function askedEvent(text: string, connection = 1): Extract<SessionEvent, { type: 'statement' }> {
  return statementEvent(text, {
    connection,
    decision: {
      verdict: 'ask',
      rule: { policy: 'production', clause: 'ask', index: 0 },
      effect: null,
      refusal: { message: 'writes are asked for', detail: 'update of app.customers', hint: 'wait', cause: 'rejected' },
    },
  });
}

export function requestEvent(
  statement: number,
  request: string = ANSWER.request,
  terms: readonly AskTerms[] = [TERMS],
): Extract<SessionEvent, { type: 'request' }> {
  const digest = ANSWER.digest;
  return { type: 'request', connection: 1, statement, request, digest, terms, expires: '2026-01-01T00:10:00.000Z' };
}

export function settledEvent(statement: number, outcome: Outcome, request: string = ANSWER.request): PlainEvent {
  return { type: 'settled', connection: 1, statement, request, outcome };
}

/** Only tests may say so of a text that no guard has seen. */
export function terminalEvent(text: string, stream: 'output' | 'input' = 'output', connection = 1): PlainEvent {
  return { type: 'terminal', connection, stream, text: text as Masked<string> };
}

/** What runs on a connection beside others. */
export function shownBy(
  statement: number,
  text: string,
  more: { readonly stream?: 'output' | 'input' | 'errors'; readonly piped?: true } = {},
): PlainEvent {
  return { type: 'terminal', connection: 1, statement, stream: 'output', ...more, text: text as Masked<string> };
}

/** A command without a terminal. */
export function writtenBy(statement: number, text: string, stream: 'output' | 'errors' = 'output'): PlainEvent {
  return shownBy(statement, text, { stream, piped: true });
}

export function endedWith(statement: number, tag: string): PlainEvent {
  return { type: 'complete', connection: 1, statement, tag, rows: 0, bytes: 0 };
}
