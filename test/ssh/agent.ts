import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './stage.ts';

/** OpenSSH's agent with one key of its own. */
export interface SshAgent {
  readonly socket: string;
  /** `SHA256:…` of its key. */
  readonly fingerprint: string;
  /** `ssh-ed25519 AAAA…` of its key. */
  readonly publicKey: string;
  /** `ssh-add …`, at the agent itself. What it prints. */
  add(...args: readonly string[]): string;
  stop(): Promise<void>;
}

/** `args`: more words for `ssh-add` when it is given its key. */
export async function startAgent(...args: readonly string[]): Promise<SshAgent> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-agent-'));
  const [socket, key] = [join(directory, 'agent'), join(directory, 'key')];
  const child = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'of the client', '-f', key]);
  await eventually(() => existsSync(socket), Boolean);
  const add = (...words: readonly string[]): string =>
    execFileSync('ssh-add', words, {
      env: { PATH: process.env['PATH'] ?? '', SSH_AUTH_SOCK: socket },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  add(...args, key);
  return {
    socket,
    fingerprint: /SHA256:\S+/.exec(add('-l'))?.[0] ?? '',
    publicKey: readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2).join(' '),
    add,
    stop: async () => {
      const over = once(child, 'exit');
      child.kill();
      await over;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
