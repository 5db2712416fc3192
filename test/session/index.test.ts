import { Duplex } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../src/core/errors.ts';
import { LIMITS } from '../../src/core/limits.ts';
import type { Protocol, SessionContext, SessionEnd } from '../../src/core/protocol.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { openSession, type Session } from '../../src/session/index.ts';
import { person } from '../policy/examples.ts';
import { ScriptedHold, unanswered } from './asking.ts';
import {
  asked,
  CountingGrammar,
  HandClock,
  NO_TRIALS,
  ScriptedRecorder,
  ScriptedSource,
  TestStanding,
} from './bench.ts';

/** A protocol whose connections end when the test says so, or with the session. */
class ScriptedProtocol implements Pick<Protocol, 'serve'> {
  context: SessionContext | null = null;
  readonly served: PromiseWithResolvers<SessionEnd>[] = [];
  onAbort: () => void = () => undefined;

  serve(_client: Duplex, context: SessionContext): Promise<SessionEnd> {
    this.context = context;
    const service = Promise.withResolvers<SessionEnd>();
    this.served.push(service);
    context.signal.addEventListener('abort', () => this.onAbort());
    return service.promise;
  }
}

let recorder: ScriptedRecorder;
let protocol: ScriptedProtocol;
let warnings: string[];

function session(...policies: readonly Policy[]): Session {
  return openSession({
    keepUndo: null,
    id: 'id',
    target: {
      name: 'pg',
      protocol: 'postgres',
      host: 'localhost',
      port: 5432,
      database: 'db',
      user: 'app',
      password: new Secret('hidden'),
      tls: { mode: 'disable', ca: null, certificate: null },
      limits: LIMITS,
    },
    protocol: protocol as unknown as Protocol,
    standing: new TestStanding(person),
    policies,
    recorder,
    grammar: new CountingGrammar(),
    door: { user: 'visitor', secret: new Secret('of this session') },
    clock: new HandClock(),
    approver: unanswered(new HandClock()),
    observe: () => undefined,
    masked: () => undefined,
    held: () => undefined,
    warn: (message) => void warnings.push(message),
  });
}

const nobody = (): Duplex => new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });

beforeEach(() => {
  recorder = new ScriptedRecorder();
  protocol = new ScriptedProtocol();
  warnings = [];
});

describe('a session', () => {
  it('ends once: the first cause counts, and the record is sealed with it', async () => {
    const one = session(UNGUARDED);
    const ends = [one.end('time limit'), one.end('revoked'), one.end('interrupted')];
    await Promise.all(ends);
    expect(await one.ended).toBe('time limit');
    expect(recorder.closed).toEqual(['time limit']);
    expect(one.context.signal.aborted).toBe(true);
  });

  it('seals the record after its connections have noted their end', async () => {
    const one = session(UNGUARDED);
    void one.serve(nobody());
    protocol.onAbort = () => {
      void one.context
        .guard(1, { catalog: new ScriptedSource(), trials: NO_TRIALS })
        .note({ type: 'close', connection: 1, cause: 'expired' })
        .then(() => protocol.served[0]?.resolve({ cause: 'expired', message: '' }));
    };
    await one.end('time limit');
    expect(recorder.events.map((event) => event.type)).toEqual(['close']);
    expect(recorder.closed).toEqual(['time limit']);
  });

  it('does not wait long for a connection that hangs', async () => {
    const one = session(UNGUARDED);
    void one.serve(nobody());
    const started = performance.now();
    await one.end('time limit');
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(recorder.closed).toEqual(['time limit']);
  });

  it('ends when its record is lost, and says so once', async () => {
    const one = session(UNGUARDED);
    recorder.broken = new HoopError('record.append', 'the disk is full');
    const guards = [1, 2, 3].map((connection) =>
      one.context.guard(connection, { catalog: new ScriptedSource(), trials: NO_TRIALS }),
    );
    const clearances = await Promise.all(
      guards.map(async (guard) => guard.clear(asked('select 1'), new ScriptedHold())),
    );
    expect(clearances.map((clearance) => clearance.outcome)).toEqual(['refused', 'refused', 'refused']);
    expect(await one.ended).toBe('record');
    expect(warnings).toEqual(['the disk is full']);
  });

  it('clears nothing once its record is sealed', async () => {
    const one = session(UNGUARDED);
    const guard = one.context.guard(1, { catalog: new ScriptedSource(), trials: NO_TRIALS });
    await one.end('time limit');
    recorder.broken = new HoopError('record.append', 'the record is closed');
    expect(await guard.clear(asked('select 1'), new ScriptedHold())).toMatchObject({
      outcome: 'refused',
      refusal: { cause: 'unrecorded' },
    });
    expect(warnings).toEqual([]);
  });

  it('is read-only when any of its policies is', () => {
    const reading: Policy = { ...UNGUARDED, access: 'read-only' };
    expect(
      [session(UNGUARDED), session(UNGUARDED, reading), session(reading)].map((one) => one.context.readOnly),
    ).toEqual([false, true, true]);
  });

  it('without a policy lets nothing pass (R3)', async () => {
    const guard = session().context.guard(1, { catalog: new ScriptedSource(), trials: NO_TRIALS });
    for (const text of ['select * from app.users', 'drop table app.users']) {
      expect((await guard.clear(asked(text), new ScriptedHold())).outcome).toBe('refused');
    }
  });

  it('prints none of its secrets', () => {
    const { inspect } = process.getBuiltinModule('node:util');
    const printed = inspect(session(UNGUARDED).context, { depth: 10, showHidden: true });
    expect(printed).not.toMatch(/hidden'|of this session/);
  });
});
