import type { Effect } from '../../../src/core/action.ts';
import type { Identity } from '../../../src/core/identity.ts';
import type { ApprovalRequest, AskTerms, DryRun, Grant, Preview, SignedAnswer } from '../../../src/core/request.ts';

export const START = Date.parse('2026-11-26T10:00:00.000Z');

export function iso(offset: number): string {
  return new Date(START + offset).toISOString();
}

export const ALICE: Identity = {
  kind: 'person',
  subject: 'alice-1',
  issuer: 'https://idp.example.com',
  display: 'Alice Adler',
  email: null,
  service: null,
  groups: ['engineering'],
  verified: true,
  actsFor: null,
};

export const AGENT: Identity = {
  ...ALICE,
  kind: 'agent',
  subject: 'agent-7',
  display: 'agent-7',
  email: null,
  service: null,
  actsFor: ALICE,
};

export const PURGE: Effect = {
  action: 'delete',
  object: 'table',
  schema: 'app',
  name: 'customers',
  columns: null,
  where: 'absent',
  opaque: false,
  certain: true,
  via: [],
};

export const READ: Effect = {
  ...PURGE,
  action: 'select',
  name: 'orders',
  columns: ['id', 'customer_id'],
  where: null,
  via: ['view app.open_orders'],
};

export const TERMS: AskTerms = {
  policy: 'production',
  index: 0,
  approvers: { groups: ['dba'], subjects: [], emails: [], count: 1 },
  within: 600_000,
  stepUp: false,
  breakGlass: null,
  preview: 'trial',
  message: 'writes are looked at by a second person',
};

export const DRY_RUN: DryRun = {
  rows: 3,
  effect: 'e'.repeat(64),
  tables: [
    { schema: 'app', name: 'customers', inserted: 0, updated: 0, deleted: 3 },
    { schema: 'app', name: 'orders', inserted: 0, updated: 0, deleted: 17 },
    { schema: 'app', name: 'audit', inserted: 3, updated: 0, deleted: 0 },
  ],
  sample: {
    columns: ['id', 'name', 'email'],
    rows: [
      { before: ['1', 'Ada', '***@example.com'], after: null },
      { before: ['2', 'Bob', '***@example.org'], after: null },
      { before: ['3', null, '***@example.net'], after: null },
    ],
  },
  undoable: true,
  repeatable: true,
};

export const PREVIEW: Preview = { estimate: 3, dryRun: DRY_RUN, withheld: null };

/** A request that was made `asked` milliseconds after the start and waits ten minutes. */
export function request(id: string, change: Partial<ApprovalRequest> = {}, asked = 0): ApprovalRequest {
  return {
    id,
    session: '01jdkzsession',
    connection: 1,
    statement: 12,
    identity: AGENT,
    reason: 'clean up after the import',
    target: { name: 'pg-prod', protocol: 'postgres', address: 'db.internal:5432', database: 'app', user: 'app_rw' },
    phase: 'query',
    text: 'DELETE FROM app.customers',
    parameters: null,
    effects: [PURGE],
    masked: ['app.customers.email'],
    terms: [TERMS],
    issuer: 'https://idp.example.com',
    policyHash: 'a'.repeat(64),
    digest: 'd'.repeat(64),
    asked: iso(asked),
    expires: iso(asked + 600_000),
    inTransaction: false,
    prepared: [],
    preview: null,
    ...change,
  };
}

export function grant(id: string, change: Partial<Grant> = {}): Grant {
  return {
    id,
    target: 'pg-prod',
    session: '01jdkzsession',
    shape: 'DELETE FROM app.customers WHERE id = $1',
    by: [ALICE],
    uses: 5,
    used: 1,
    until: iso(1_800_000),
    effect: null,
    breakGlass: false,
    revoked: false,
    ...change,
  };
}

export function answer(id: string, change: Partial<SignedAnswer> = {}): SignedAnswer {
  return {
    request: id,
    digest: 'd'.repeat(64),
    verdict: 'approve',
    reason: null,
    by: ALICE,
    at: iso(5000),
    uses: 1,
    until: null,
    effect: null,
    breakGlass: false,
    key: 'key',
    signature: 'signature',
    ...change,
  };
}
