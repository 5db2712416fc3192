import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** A command line of OpenSSH's own programs. */
export interface Command {
  readonly program: 'ssh' | 'scp' | 'sftp';
  readonly args: readonly string[];
  /** A file that it reads; nothing when null. */
  readonly input: string | null;
}

/** Milliseconds after which it has failed: somebody may be waiting for an answer. */
const PATIENCE = 60_000;

/** Seconds it takes, all that it says going to /dev/null. @throws when it fails, with what it said */
export async function timed({ program, args, input }: Command): Promise<number> {
  const stdin = openSync(input ?? '/dev/null', 'r');
  const started = performance.now();
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
  const child = spawn(program, args, { env, stdio: [stdin, 'ignore', 'pipe'], timeout: PATIENCE });
  closeSync(stdin);
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${errors.trim()}`);
  return seconds;
}
