import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { SecretStore } from '../core/secret-store.ts';
import { Secret } from '../core/secret.ts';
import type { SecretReference } from './reference.ts';

/** Where secrets are looked up. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Directory that relative paths start from: the configuration file's own. */
  readonly directory: string;
  /** Milliseconds that a command may take before it is killed. */
  readonly commandDeadline: number;
  /** What `{ keychain: NAME }` names: kept in the system's keychain, or in a file where there is none. */
  readonly kept: Pick<SecretStore, 'get'>;
}

/** A longer secret is a mistake: a whole file or a program's log. */
const LARGEST = 64 * 1024;

/**
 * Fetches a secret. One line break at the end is taken off; an empty secret is an error.
 * @param what names the secret in messages: `the password of pg-prod`
 * @throws HoopError `config.secret`, never with any part of the secret
 */
export async function resolveSecret(what: string, reference: SecretReference, sources: SecretSources): Promise<Secret> {
  const value = withoutLineBreak(await fetchValue(what, reference, sources));
  if (value === '') throw fault(what, 'is empty', 'put the secret there, or leave the key out');
  if (value.includes('\0')) throw fault(what, 'holds a NUL character', 'check what is kept there');
  return new Secret(value);
}

/** A path of the configuration, made absolute. */
export function resolvePath(path: string, sources: Pick<SecretSources, 'home' | 'directory'>): string {
  if (path.startsWith('~/')) return join(sources.home, path.slice(2));
  return isAbsolute(path) ? path : resolve(sources.directory, path);
}

/**
 * Reads a file that only its owner may read, as text.
 * @throws HoopError `config.secret`
 */
export async function readPrivateFile(what: string, path: string): Promise<string> {
  try {
    // A pipe that nobody writes to would be waited for for good, and keep the program from ending.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) throw fault(what, `is to come from ${path}, which is not a file`, 'name a file');
    const uid = process.getuid?.();
    if (uid !== undefined && stat.uid !== uid && stat.uid !== 0) {
      throw fault(what, `is to come from ${path}, which belongs to another user`, 'keep it in a file of your own');
    }
    if (uid !== undefined && (stat.mode & 0o077) !== 0) {
      throw fault(what, `is to come from ${path}, which others may read`, `chmod 600 ${path}`);
    }
    if (stat.size > LARGEST)
      throw fault(what, `is to come from ${path}, which is larger than 64 KiB`, 'check the path');
    return decode(what, await handle.readFile());
  } catch (error) {
    if (error instanceof HoopError) throw error;
    const why = errnoOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${errnoOf(error) ?? 'unknown'})`;
    throw fault(what, `is to come from ${path}, which ${why}`, 'check the path and its permissions', error);
  }
}

async function fetchValue(what: string, reference: SecretReference, sources: SecretSources): Promise<string> {
  switch (reference.from) {
    case 'env':
      return fromEnvironment(what, reference.variable, sources);
    case 'file':
      return readPrivateFile(what, resolvePath(reference.path, sources));
    case 'exec':
      return fromCommand(what, reference.command, sources);
    case 'keychain':
      return fromStore(what, reference.name, sources);
  }
}

function fromEnvironment(what: string, variable: string, sources: SecretSources): string {
  const value = sources.env[variable];
  if (value === undefined || value === '') {
    throw fault(what, `is to come from the variable ${variable}, which is not set`, `export ${variable} first`);
  }
  return value;
}

async function fromStore(what: string, name: string, sources: SecretSources): Promise<string> {
  let value: Secret | null;
  try {
    value = await sources.kept.get(name);
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    throw fault(what, `cannot be fetched: ${error.message}`, error.hint ?? 'hoopctl doctor', error);
  }
  if (value !== null) return value.reveal();
  throw fault(
    what,
    `is to come from the keychain, and neither it nor a file holds "${name}"`,
    'hoopctl targets secret set TARGET',
  );
}

/** What a command needs to run at all and to find its own sign-in; credentials of others stay out. */
const INHERITED = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'SystemRoot',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
];

function fromCommand(what: string, command: readonly string[], sources: SecretSources): Promise<string> {
  const [program = '', ...args] = command;
  const path = program.includes('/') ? resolvePath(program, sources) : program;
  const env = Object.fromEntries(
    INHERITED.flatMap((name) => (sources.env[name] === undefined ? [] : [[name, sources.env[name]]])),
  );
  const { promise, resolve: done, reject } = Promise.withResolvers<string>();
  const options = {
    env,
    cwd: sources.directory,
    timeout: sources.commandDeadline,
    killSignal: 'SIGKILL' as const,
    maxBuffer: LARGEST,
    encoding: 'buffer' as const,
    windowsHide: true,
  };
  const child = execFile(path, args, options, (error, stdout) => {
    try {
      if (error !== null) throw commandFault(what, program, error, sources);
      done(decode(what, stdout));
    } catch (failure) {
      reject(failure instanceof Error ? failure : new Error('the command failed', { cause: failure }));
    }
  });
  // A command that asks for something on its input would wait for the deadline.
  child.stdin?.end();
  return promise;
}

/** What the command printed stays out of the message, and so does the error object, which carries it. */
function commandFault(
  what: string,
  program: string,
  error: Error & { killed?: boolean; code?: unknown },
  sources: SecretSources,
): HoopError {
  const from = `is to come from the command ${JSON.stringify(program)}, which`;
  if (error.code === 'ENOENT') return fault(what, `${from} does not exist`, 'check its name and PATH');
  if (error.code === 'EACCES') return fault(what, `${from} may not be run`, 'check its permissions');
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return fault(what, `${from} printed more than 64 KiB`, 'let it print the secret alone');
  }
  if (error.killed === true)
    return fault(
      what,
      `${from} did not end within ${sources.commandDeadline / 1000} seconds`,
      'run it by hand to see why',
    );
  const status = typeof error.code === 'number' ? `failed with status ${error.code}` : 'was ended by a signal';
  return fault(what, `${from} ${status}`, 'run it by hand to see why');
}

function decode(what: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder's error says no more than this.
    throw fault(what, 'is not UTF-8 text', 'check what is kept there');
  }
}

function withoutLineBreak(value: string): string {
  return value.replace(/\r?\n$/u, '');
}

function fault(what: string, message: string, hint: string, cause?: unknown): HoopError {
  return new HoopError('config.secret', `${what} ${message}`, cause === undefined ? { hint } : { hint, cause });
}
