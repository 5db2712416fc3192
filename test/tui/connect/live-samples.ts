import type { Refusal } from '../../../src/core/decision.ts';
import type { LiveDoor, LiveEvent, LiveStatement } from '../../../src/tui/model/connect/feed.ts';
import { ALICE, PURGE, READ, START } from '../approve/samples.ts';

export const SECRET = 'kx0Y3J8s-1fP0aQh2n9ZrT4vB6mC5dLw';

export const REFUSAL: Refusal = {
  message: 'deletes without a condition are refused',
  detail: 'delete table app.customers is denied under policy production.',
  hint: 'This is policy, not a fault: do not retry variants.',
  cause: 'denied',
};

export function door(change: Partial<LiveDoor> = {}): LiveEvent {
  const base: LiveDoor = {
    session: '01jdkzsession',
    target: 'pg-prod',
    protocol: 'postgres',
    address: '127.0.0.1:49211',
    variables: [
      { name: 'PGHOST', value: '127.0.0.1', secret: false },
      { name: 'PGPASSWORD', value: SECRET, secret: true },
    ],
    identity: { ...ALICE, verified: false },
    reason: 'ticket 4711',
    expires: START + 1_800_000,
  };
  return { type: 'door', door: { ...base, ...change } };
}

export function ran(change: Partial<LiveStatement> = {}): LiveEvent {
  const base: LiveStatement = {
    session: '01jdkzsession',
    target: 'pg-prod',
    connection: 1,
    phase: 'query',
    text: 'select * from app.orders',
    effects: [READ],
    rule: 'production default',
    refusal: null,
    masked: 0,
  };
  return { type: 'statement', statement: { ...base, ...change } };
}

export function refused(change: Partial<LiveStatement> = {}): LiveEvent {
  return ran({
    text: 'delete from app.customers',
    effects: [PURGE],
    rule: 'production deny[0]',
    refusal: REFUSAL,
    ...change,
  });
}
