import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex, duplexPair } from 'node:stream';
import type { Guard } from '../../../../src/core/guard.ts';
import type { SessionEvent } from '../../../../src/core/recorder.ts';
import type { Policy } from '../../../../src/policy/rules.ts';
import { relaySftp, type SftpEnd } from '../../../../src/protocols/ssh/sftp/relay.ts';
import { Turns } from '../../../../src/protocols/ssh/sftp/turns.ts';
import { openGuard } from '../../../../src/session/guard.ts';
import { openBench } from '../../../../src/session/judge.ts';
import { Masks } from '../../../../src/session/masks.ts';
import { person } from '../../../policy/examples.ts';
import { ORIGIN, openRegister } from '../../../session/asking.ts';
import { CountingGrammar, HandClock, ScriptedRecorder, TestStanding } from '../../../session/bench.ts';
import { Asker } from './asker.ts';

/** OpenSSH's own server, which needs no connection. */
const SERVER = '/usr/lib/openssh/sftp-server';

export interface Stage extends AsyncDisposable {
  readonly recorder: ScriptedRecorder;
  readonly register: ReturnType<typeof openRegister>;
  /** What the user was told beside the protocol. */
  readonly told: string[];
  readonly lost: unknown[];
  readonly standing: TestStanding;
  /** A conversation with OpenSSH's server, or with `upstream`. */
  converse(upstream?: Duplex): Conversing;
  /** Ends the session. */
  expire(): void;
}

export interface Conversing {
  /** The client's end. */
  readonly client: Duplex;
  readonly end: Promise<SftpEnd>;
}

/** `directory`: where the server begins. */
export function openStage(policy: Policy, directory: string): Stage {
  const recorder = new ScriptedRecorder();
  const clock = new HandClock();
  const register = openRegister(clock);
  const standing = new TestStanding(person);
  const told: string[] = [];
  const lost: unknown[] = [];
  const over = new AbortController();
  const children: ChildProcess[] = [];
  const ends: Promise<SftpEnd>[] = [];
  const turns = new Turns();
  const guard = (): Guard =>
    openGuard({
      results: 'full',
      input: 'none',
      connection: 1,
      bench: openBench({ identity: person, policies: [policy], grammar: new CountingGrammar(), clock }),
      standing,
      database: null,
      masks: new Masks(Buffer.alloc(32), [[policy]]),
      masked: () => undefined,
      recorder,
      approver: register.approver(ORIGIN, async () => true),
      key: Buffer.alloc(32),
      keepUndo: null,
      held: () => undefined,
      observe: () => undefined,
      lost: (error) => void lost.push(error),
    });
  return {
    recorder,
    register,
    told,
    lost,
    standing,
    expire: () => over.abort(),
    converse(upstream = serverIn(directory, children)) {
      const [client, door] = duplexPair();
      const end = relaySftp({
        client: door,
        upstream,
        guard: guard(),
        turns,
        connection: 1,
        signal: over.signal,
        tell: (text) => void told.push(text),
        over: () => undefined,
      });
      ends.push(end);
      return { client, end };
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await Promise.all(ends);
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

function serverIn(directory: string, children: ChildProcess[]): Duplex {
  const child = spawn(SERVER, ['-d', directory], { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  return Duplex.from({ readable: child.stdout, writable: child.stdin });
}

/** A directory that goes when it is disposed of. Its path has no link in it. */
export function scratch(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-sftp-')));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A client that has been greeted. */
export async function openAsker(stage: Stage): Promise<Asker> {
  const asker = new Asker(stage.converse().client);
  await asker.greet();
  return asker;
}

type Kind<K extends SessionEvent['type']> = Extract<SessionEvent, { readonly type: K }>;

export function eventsOf<K extends SessionEvent['type']>({ recorder }: Stage, type: K): readonly Kind<K>[] {
  return recorder.events.filter((event): event is Kind<K> => event.type === type);
}

/** What was put before the guard, and what became of it. */
export function statementsOf(stage: Stage): readonly string[] {
  return eventsOf(stage, 'statement').map(({ text, decision }) => `${decision.verdict}: ${text}`);
}
