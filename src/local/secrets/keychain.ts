import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the keychain's process is asked, on its stdin. */
export type KeychainQuestion = { readonly service: string; readonly account: string } & (
  | { readonly does: 'read' | 'remove' }
  | { readonly does: 'write'; readonly value: string }
);

/**
 * Why the keychain was of no use. `absent`: this system has none, or not here. `locked`: it was not unlocked.
 * `unanswered`: it did not answer in time, or before it was interrupted, and may be waiting to be unlocked. `failing`: anything else.
 */
export type Unreachable = 'absent' | 'locked' | 'unanswered' | 'failing';

/** `value` is null but for what was read; `detail` is for whoever debugs. */
export type KeychainReply =
  | { readonly ok: true; readonly found: boolean; readonly value: string | null }
  | { readonly ok: false; readonly why: Unreachable; readonly detail: string };

/** The keychain of the operating system, as far as it concerns one service. Never rejects. */
export interface Keychain {
  read(account: string): Promise<KeychainReply>;
  /** Whole, and read again: what does not read as it was written is `failing`. */
  write(account: string, value: string): Promise<KeychainReply>;
  remove(account: string): Promise<KeychainReply>;
}

export interface KeychainOptions {
  readonly service: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds for an answer: a person may have to type a password first. */
  readonly deadline: number;
  /** Is called when an answer takes longer than it does of a keychain that is open. */
  readonly waiting: () => void;
}

/** What the process needs to find the keychain; nobody's credentials. */
const INHERITED = [
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
  'HOME',
  'PATH',
  'LANG',
  'TMPDIR',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

/** Milliseconds in which a keychain that is open has answered. */
const PROMPT = 2000;

/** What a person ends a program with on the terminal that it shares with its children. */
const INTERRUPTIONS: ReadonlySet<unknown> = new Set(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']);

/** Bounds what is read of an answer: secrets are at most 64 KiB, and JSON may take six bytes for one. */
const LARGEST_ANSWER = 512 * 1024;

export function openKeychain(options: KeychainOptions): Keychain {
  const { service } = options;
  return {
    read: (account) => ask(options, { does: 'read', service, account }),
    write: (account, value) => ask(options, { does: 'write', service, account, value }),
    remove: (account) => ask(options, { does: 'remove', service, account }),
  };
}

function ask({ env, deadline, waiting }: KeychainOptions, question: KeychainQuestion): Promise<KeychainReply> {
  if (!mayExist(env)) return Promise.resolve({ ok: false, why: 'absent', detail: 'there is no session bus' });
  const { promise, resolve } = Promise.withResolvers<KeychainReply>();
  const options = {
    env: Object.fromEntries(INHERITED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    timeout: deadline,
    killSignal: 'SIGKILL' as const,
    maxBuffer: LARGEST_ANSWER,
    windowsHide: true,
  };
  const late = setTimeout(waiting, PROMPT);
  const child = execFile(process.execPath, ['--no-warnings', processFile()], options, (error, stdout) => {
    clearTimeout(late);
    if (error === null) resolve(replyOf(stdout));
    else if (error.killed === true || INTERRUPTIONS.has(error.signal))
      resolve({ ok: false, why: 'unanswered', detail: `ended by ${error.signal}` });
    else resolve({ ok: false, why: 'failing', detail: `its process ended with ${error.code ?? error.signal}` });
  });
  // A process that is gone before it was asked is heard of above.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify(question));
  return promise;
}

function replyOf(stdout: string): KeychainReply {
  try {
    return JSON.parse(stdout) as KeychainReply;
  } catch {
    // The parser's error would quote the answer.
    return { ok: false, why: 'failing', detail: 'its process gave no answer' };
  }
}

/** Spares headless hosts a process: without a session bus nobody on a Linux host keeps secrets. */
function mayExist(env: KeychainOptions['env']): boolean {
  if (process.platform !== 'linux') return true;
  if ((env['DBUS_SESSION_BUS_ADDRESS'] ?? '') !== '') return true;
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  return runtime !== '' && existsSync(join(runtime, 'bus'));
}

/** Beside this module: a bundle keeps its own name for it. */
function processFile(): string {
  const name = import.meta.url.endsWith('.ts') ? './keychain-process.ts' : './keychain-process.js';
  return fileURLToPath(new URL(name, import.meta.url));
}
