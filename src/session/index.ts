import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Approver } from '../core/approver.ts';
import type { Clock } from '../core/clock.ts';
import type { Grammar } from '../core/grammar.ts';
import { HoopError } from '../core/errors.ts';
import type { DoorCredential, Protocol, SessionContext, SessionEnd } from '../core/protocol.ts';
import type { Recorder } from '../core/recorder.ts';
import type { ApprovalRequest } from '../core/request.ts';
import type { Standing } from '../core/standing.ts';
import type { Target } from '../core/target.ts';
import { layersFor } from '../policy/applies.ts';
import type { Policy } from '../policy/rules.ts';
import { programsNamed, readLine } from '../policy/shell/line.ts';
import { type Observed, openGuard } from './guard.ts';
import { openBench } from './judge.ts';
import { Masks } from './masks.ts';
import type { KeepUndo } from './preview/previewer.ts';
import { RecordedTerminal, type TerminalRecord } from './terminal.ts';

export { Register } from './approvals/register.ts';
export type { Observed } from './guard.ts';
export { openGrammar } from './grammar.ts';
export type { TerminalRecord } from './terminal.ts';

export interface SessionOptions {
  /** The record's id. */
  readonly id: string;
  readonly target: Target;
  readonly protocol: Protocol;
  /** Who asks. Their identity as it is now is judged by for as long as it lasts: what else holds for them later is for another session. */
  readonly standing: Standing;
  /** The policies that apply; none only for a target that is said to be `unguarded`. */
  readonly policies: readonly Policy[];
  readonly recorder: Recorder;
  readonly grammar: Grammar;
  readonly door: DoorCredential;
  readonly clock: Clock;
  readonly approver: Approver;
  /** Every decision, as it is laid down in the record. Must not throw. */
  readonly observe: (observed: Observed) => void;
  /** So many values were masked in what a client is about to be shown. Must not throw. */
  readonly masked: (values: number) => void;
  /** A statement waits for people. Must not throw. */
  readonly held: (request: ApprovalRequest) => void;
  /** Puts a script away that undoes what a request's statement does; null: none is kept. */
  readonly keepUndo: KeepUndo | null;
  /** What the operator should see: never statement text. */
  readonly warn: (message: string) => void;
}

export interface Session {
  readonly context: SessionContext;
  /** Serves one client that came through the door. Never rejects. */
  serve(client: Duplex): Promise<SessionEnd>;
  /** Where a program that runs against the session has its terminal written down. */
  readonly terminal: TerminalRecord;
  /** Resolves with the cause when the session has ended: `end` was called, or the record was lost. */
  readonly ended: Promise<string>;
  /** Closes every connection and seals the record. Idempotent; the first cause counts. */
  end(cause: string): Promise<void>;
}

/** Bytes of the keys that hashes and tokens, and what stands for effects, are made with. */
const KEY = 32;
/** Milliseconds that connections get to note their end before the record is sealed. */
const CLOSING = 500;

/** One asker, one target, one record: everything that its connections share. The caller closes the grammar. */
export function openSession(options: SessionOptions): Session {
  const { id, target, door, clock, recorder, standing, warn } = options;
  const { identity } = standing;
  const bench = openBench({ ...options, identity });
  // Of this session alone: what stands for a value here says nothing of it elsewhere.
  const masks = new Masks(randomBytes(KEY), layersFor(options.policies, identity));
  const key = randomBytes(KEY);
  const abort = new AbortController();
  const over = Promise.withResolvers<string>();
  let sealing: Promise<void> | null = null;

  const serving = new Set<Promise<SessionEnd>>();

  const end = (cause: string): Promise<void> => {
    sealing ??= (async () => {
      abort.abort(cause);
      terminal.end();
      over.resolve(cause);
      await Promise.race([Promise.allSettled(serving), setTimeout(CLOSING, undefined, { ref: false })]);
      await recorder.close(cause);
    })();
    return sealing;
  };

  const lost = (error: unknown): void => {
    // Whoever writes after the end, or is the second to notice, has nothing new to tell.
    if (sealing !== null) return;
    // The record's own errors say that it cannot be written.
    const told = error instanceof Error ? error.message : 'unknown failure';
    warn(error instanceof HoopError ? told : `the record cannot be written: ${told}`);
    // The record is broken already: sealing it may fail too, and has been reported.
    end('record').catch(() => undefined);
  };

  const results = options.policies.some(({ record }) => record.results === 'full') ? 'full' : 'summary';
  const input = options.policies.some(({ record }) => record.input === 'full') ? 'full' : 'none';
  const terminal = new RecordedTerminal({ recorder, results, detection: masks.detection, lost });
  const context: SessionContext = {
    id,
    target,
    door,
    clock,
    readOnly: options.policies.some((policy) => policy.access === 'read-only'),
    lines: options.policies.some(({ shell }) => shell === 'guarded')
      ? { read: readLine, programs: programsNamed(options.policies) }
      : null,
    signal: abort.signal,
    guard: (connection, database) =>
      openGuard({
        connection,
        bench,
        standing,
        database,
        masks,
        recorder,
        approver: options.approver,
        key,
        results,
        input,
        keepUndo: options.keepUndo,
        observe: options.observe,
        masked: options.masked,
        held: options.held,
        lost,
      }),
    warn,
  };
  const serve = async (client: Duplex): Promise<SessionEnd> => {
    const service = options.protocol.serve(client, context);
    serving.add(service);
    try {
      return await service;
    } finally {
      serving.delete(service);
    }
  };
  return { context, serve, terminal, ended: over.promise, end };
}
