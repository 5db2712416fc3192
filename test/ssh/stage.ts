import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { DoorCredential } from '../../src/core/protocol.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import type { ApprovalRequest } from '../../src/core/request.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Target } from '../../src/core/target.ts';
import { type Door, openDoor } from '../../src/local/door.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import { ssh } from '../../src/protocols/ssh/index.ts';
import { type Register, openSession, type Session } from '../../src/session/index.ts';
import { person } from '../policy/examples.ts';
import { ORIGIN, openRegister } from '../session/asking.ts';
import { CountingGrammar, ScriptedRecorder, TestStanding } from '../session/bench.ts';

export { eventually } from '../eventually.ts';

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What it reads; nothing when not given. */
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A session before a real server, behind a real door, and OpenSSH's client to come in with. */
export interface SshStage {
  readonly session: Session;
  readonly door: Door;
  readonly credential: DoorCredential;
  readonly recorder: ScriptedRecorder;
  readonly register: Register;
  readonly held: readonly ApprovalRequest[];
  readonly warnings: readonly string[];
  /** Of the files that clients read. */
  readonly directory: string;
  readonly config: string;
  /** Runs `ssh -F CONFIG …`. */
  ssh(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same for another program. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** What programs have shown, by the record. */
  shown(stream: 'output' | 'errors'): string;
  of<T extends SessionEvent['type']>(type: T): readonly Extract<SessionEvent, { readonly type: T }>[];
  close(): Promise<void>;
}

export async function openSshStage(target: Target, policies: readonly Policy[] = [UNGUARDED]): Promise<SshStage> {
  const recorder = new ScriptedRecorder();
  const protocol = ssh();
  const credential = { user: 'visitor', secret: new Secret(`of this session alone ${Math.random()}`) };
  const warnings: string[] = [];
  const held: ApprovalRequest[] = [];
  const grammar = new CountingGrammar();
  const register = openRegister(systemClock);
  const warn = (message: string): void => void warnings.push(message);
  const session = openSession({
    keepUndo: null,
    masked: () => undefined,
    id: 'session',
    target,
    protocol,
    standing: new TestStanding(person),
    policies,
    recorder,
    grammar,
    door: credential,
    clock: systemClock,
    approver: register.approver(ORIGIN, async () => true),
    observe: () => undefined,
    held: (request) => void held.push(request),
    warn,
  });
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-ssh-'));
  const door = await openDoor({
    target: target.name,
    place: { kind: 'tcp', port: null },
    runtime: directory,
    sockets: 200,
    serve: (client) => session.serve(client),
    warn,
  });
  for (const file of protocol.files(door.address, credential, target)) {
    writeFileSync(join(directory, file.name), file.text(directory), { mode: 0o600 });
  }
  const config = join(directory, 'config');
  const run: SshStage['run'] = (command, args, options) => runProgram(command, args, options);
  return {
    session,
    door,
    credential,
    recorder,
    register,
    held,
    warnings,
    directory,
    config,
    run,
    ssh: (args, options) => run('ssh', ['-F', config, ...args], options),
    shown: (stream) =>
      recorder.events
        .flatMap((event) => (event.type === 'terminal' && event.stream === stream ? [event.text] : []))
        .join(''),
    of: <T extends SessionEvent['type']>(type: T) =>
      recorder.events.filter((event): event is Extract<SessionEvent, { readonly type: T }> => event.type === type),
    close: async () => {
      await session.end('test over');
      await door.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...options.env };
  const child = spawn(command, args, { env, cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => void stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => void stderr.push(bytes));
  // A program that does not read to the end breaks the pipe.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      const [out, err] = [stdout, stderr].map((parts) => Buffer.concat(parts).toString('utf8'));
      resolve({ code, signal, stdout: out ?? '', stderr: err ?? '' });
    });
  });
}
