import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Grammar } from '../../../src/core/grammar.ts';
import { type Limits, LIMITS } from '../../../src/core/limits.ts';
import { openGuardedSession } from '../../../src/local/guarded-session.ts';
import type { StoredEvent } from '../../../src/record/event.ts';
import { verificationKeys } from '../../../src/record/key.ts';
import { readEvents } from '../../../src/record/reader.ts';
import { openSessionSource } from '../../../src/record/source.ts';
import { verifyRecord } from '../../../src/record/verify.ts';
import type { Register } from '../../../src/session/approvals/register.ts';
import { openRegister } from '../../session/asking.ts';
import { TestStanding } from '../../session/bench.ts';
import { person } from '../../policy/examples.ts';
import { type WireClient, wireClient, wireOptions, type WireOptions } from '../../postgres/wire-client.ts';

/** A session as `hoopctl connect` opens it: door, policy, grammar and record are the real ones. */
export interface WholeSession {
  readonly wire: WireOptions;
  readonly warnings: readonly string[];
  /** Where its requests are answered. */
  readonly register: Register;
  /** Who asks. */
  readonly standing: TestStanding;
  readonly state: string;
  connect(): Promise<WireClient>;
  /** Ends the session and gives what it left in the record. @throws when that is not sealed and valid */
  sealed(): Promise<readonly StoredEvent[]>;
}

export interface WholeOptions {
  readonly port: number;
  readonly grammar: Grammar;
  readonly limits?: Partial<Limits>;
  /** In YAML's flow style. */
  readonly policy?: string;
}

export async function wholeSession({ port, grammar, limits = {}, policy }: WholeOptions): Promise<WholeSession> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-whole-'));
  const file = `version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${port}", database: app, user: app, tls: disable, policy: [p] }
policies: { p: ${policy ?? '{ default: allow, deny: [{ action: drop }] }'} }
`;
  const path = join(directory, 'hoopctl.yaml');
  // What is approved rests on the file.
  writeFileSync(path, file, { mode: 0o600 });
  const contents = parseConfig(file, 'hoopctl.yaml');
  // Limits of milliseconds cannot be written in the file: nobody needs them but tests.
  const targets = new Map(
    [...contents.targets].map(([name, one]) => [name, { ...one, limits: { ...LIMITS, ...limits } }]),
  );
  const warnings: string[] = [];
  const standing = new TestStanding(person);
  const register = openRegister(systemClock);
  const state = join(directory, 'state');
  const session = await openGuardedSession(
    {
      config: { ...contents, targets, path },
      env: {},
      home: directory,
      state,
      runtime: join(directory, 'run'),
      standing,
      grammar,
      clock: systemClock,
      version: '0.0.0',
      observe: () => undefined,
      masked: () => undefined,
      held: () => undefined,
      register,
      warn: (message) => void warnings.push(message),
    },
    { target: 'pg', ttl: null, reason: 'a test', place: { kind: 'tcp', port: null } },
  );
  const wire = wireOptions(session.environment);
  return {
    wire,
    warnings,
    register,
    standing,
    state,
    connect: () => wireClient(wire),
    sealed: async () => {
      await session.end('test over');
      const events = await readBack(state, session.id);
      rmSync(directory, { recursive: true, force: true });
      return events;
    },
  };
}

async function readBack(state: string, session: string): Promise<StoredEvent[]> {
  const source = await openSessionSource(state, session);
  try {
    const { status } = await verifyRecord(source, await verificationKeys(state), session);
    if (status !== 'valid') throw new Error(`the record is ${status}`);
    const events: StoredEvent[] = [];
    for await (const { event } of readEvents(source)) events.push(event);
    return events;
  } finally {
    await source.close();
  }
}
