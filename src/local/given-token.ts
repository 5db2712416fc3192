import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { TokenSet } from '../core/provider.ts';
import { MOST_INPUT_CHARACTERS, readTokens } from '../identity/token-input.ts';

export const TOKEN = 'HOOPCTL_TOKEN';
export const TOKEN_FILE = 'HOOPCTL_TOKEN_FILE';

/** A token that somebody else hands to hoopctl: a CI system, Kubernetes. */
export interface GivenToken {
  /** Where it is. */
  readonly variable: string;
  /** There will never be another one. */
  readonly fixed: boolean;
  /** What stands there now. @throws HoopError `identity.login` when it cannot be read, `identity.token` when it is none */
  readonly read: () => Promise<TokenSet>;
}

/**
 * The token in `HOOPCTL_TOKEN`, or in the file that `HOOPCTL_TOKEN_FILE` names; null when neither is set.
 * @throws HoopError `cli.usage` when one is empty, which must not mean that somebody else asks, or both are set
 */
export function givenToken(env: Readonly<NodeJS.ProcessEnv>, clock: Clock): GivenToken | null {
  const { [TOKEN]: token, [TOKEN_FILE]: file } = env;
  if (token !== undefined && file !== undefined) {
    throw new HoopError('cli.usage', `${TOKEN} and ${TOKEN_FILE} are both set`, { hint: `unset one of them` });
  }
  const named = token === undefined ? TOKEN_FILE : TOKEN;
  const value = token ?? file;
  if (value === undefined) return null;
  if (value.trim() === '') {
    throw new HoopError('cli.usage', `${named} is empty`, { hint: `unset it, or put a token there` });
  }
  if (token !== undefined) return { variable: TOKEN, fixed: true, read: async () => readTokens(token, clock) };
  return { variable: TOKEN_FILE, fixed: false, read: async () => readTokens(await textOf(value), clock) };
}

/** Runs what a token is for; that it proves nothing is said of it, and not of a login that it goes before. */
export async function withToken<T>({ variable }: GivenToken, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HoopError) || error.code !== 'identity.token') throw error;
    throw new HoopError(error.code, `${variable}: ${error.message}`, {
      cause: error,
      hint: `a token that holds in ${variable}, or unset it and: hoopctl login`,
    });
  }
}

/** Its mode and owner are for whoever puts it there to choose: it is often mounted, and often a symbolic link. */
async function textOf(path: string): Promise<string> {
  try {
    // A pipe that nobody writes to would be waited for for good, and keep the program from ending.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw unreadable(path, 'is no file');
    // Anything longer is refused as a token, too.
    const buffer = Buffer.alloc(Math.min(found.size, MOST_INPUT_CHARACTERS + 1));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (error instanceof HoopError) throw error;
    const errno = errnoOf(error);
    throw unreadable(path, errno === 'ENOENT' ? 'does not exist' : `cannot be read (${errno ?? 'unknown'})`, error);
  }
}

function unreadable(path: string, why: string, cause?: unknown): HoopError {
  return new HoopError('identity.login', `${TOKEN_FILE} names ${path}, which ${why}`, {
    cause,
    hint: `check ${TOKEN_FILE}, or unset it and: hoopctl login`,
  });
}
