import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import type { Masked } from '../../src/core/guard.ts';
import type { Recorder, RecordHeader, SessionEvent } from '../../src/core/recorder.ts';
import { newSessionId } from '../../src/record/session-id.ts';
import type { RecordSource } from '../../src/record/source.ts';

/** A state directory that goes with the test. */
export function stateDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'hoopctl-record-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** As `stateDirectory`, for all tests of a file. Called at the top of it. */
export function stateDirectoryOfFile(): string {
  const path = mkdtempSync(join(tmpdir(), 'hoopctl-record-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A clock that moves a millisecond with every look. */
export function testClock(start = Date.UTC(2026, 0, 1)): Clock {
  let ticks = 0;
  return { now: () => start + ticks, monotonic: () => (ticks += 1) * 1000 };
}

export function testHeader(overrides: Partial<RecordHeader> = {}): RecordHeader {
  return {
    session: newSessionId(Date.UTC(2026, 0, 1)),
    started: '2026-01-01T00:00:00.000Z',
    identity: {
      kind: 'person',
      subject: '1000',
      issuer: 'os',
      display: 'ada',
      email: null,
      service: null,
      groups: [],
      verified: false,
      actsFor: null,
    },
    target: { name: 'pg-prod', protocol: 'postgres', address: 'db.internal:5432', database: 'app', user: 'app_rw' },
    policies: ['production'],
    policyHash: 'f'.repeat(64),
    reason: null,
    results: 'full',
    version: '0.1.0',
    ...overrides,
  };
}

type StatementEvent = Extract<SessionEvent, { type: 'statement' }>;

export function statementEvent(text: string, overrides: Partial<StatementEvent> = {}): StatementEvent {
  return {
    type: 'statement',
    connection: 1,
    phase: 'query',
    text,
    prepared: null,
    parameters: null,
    decision: {
      verdict: 'allow',
      rule: { policy: 'production', clause: 'default', index: null },
      effect: null,
      refusal: null,
    },
    effects: [],
    ...overrides,
  };
}

export function refusedEvent(text: string): StatementEvent {
  return statementEvent(text, {
    decision: {
      verdict: 'deny',
      rule: { policy: 'production', clause: 'deny', index: 0 },
      effect: null,
      refusal: {
        message: 'schema changes go through migrations',
        detail: 'drop of a table is denied by policy production',
        hint: 'ask the owners of the schema',
        cause: 'denied',
      },
    },
  });
}

/** Rows as the guard would hand them over. Only tests may say so of bytes that no guard has seen. */
export function rowsEvent(bytes: Buffer, statement: number | null = 1): SessionEvent {
  return { type: 'rows', connection: 1, statement, direction: 'out', bytes: bytes as Masked<Buffer> };
}

/** A record in memory. */
export function memorySource(bytes: Buffer): RecordSource {
  return {
    size: () => Promise.resolve(bytes.length),
    read: (target, position) => Promise.resolve(bytes.copy(target, 0, position)),
    close: () => Promise.resolve(),
  };
}

/** Appends an event and waits until it is on record. */
export async function onRecord(recorder: Pick<Recorder, 'append' | 'flush'>, event: SessionEvent): Promise<number> {
  const number = recorder.append(event);
  await recorder.flush();
  return number;
}
