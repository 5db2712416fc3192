import { isAbsolute, join } from 'node:path';
import { Secret } from '../../core/secret.ts';
import { fault } from './fault.ts';
import { readPrivate } from './private-file.ts';

export const KEY_FILE = 'HOOPCTL_KEY_FILE';
const PASSPHRASE = 'HOOPCTL_PASSPHRASE';

/** Fewer bytes can be guessed. */
const SHORTEST = 16;
const LARGEST = 64 * 1024;

/** What to do to have secrets encrypted. */
export const HOW_TO_ENCRYPT = `set ${KEY_FILE} to the path of a file that only you may read, or ${PASSPHRASE}`;

/**
 * The key that files are encrypted with; null when there is none.
 * @throws HoopError `local.secrets` when one is named and is not fit: going on without would write in the clear
 */
export async function encryptionKey(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<Secret | null> {
  const [path, passphrase] = [env[KEY_FILE], env[PASSPHRASE]];
  if (path !== undefined && passphrase !== undefined) {
    throw fault(
      `both ${KEY_FILE} and ${PASSPHRASE} are set`,
      `unset one of them: secrets are encrypted with the other`,
    );
  }
  if (passphrase !== undefined) {
    if (passphrase === '') throw fault(`${PASSPHRASE} is empty`, 'give it a value, or unset it');
    // One passphrase may be typed in several forms of Unicode.
    return new Secret(passphrase.normalize('NFC'));
  }
  return path === undefined ? null : readKeyFile(path, home);
}

async function readKeyFile(path: string, home: string): Promise<Secret> {
  const full = path.startsWith('~/') ? join(home, path.slice(2)) : path;
  if (!isAbsolute(full)) throw fault(`${KEY_FILE} is not an absolute path`, 'give it an absolute path, or unset it');
  const bytes = await readPrivate('the key file', full, LARGEST);
  if (bytes === null)
    throw fault(`the key file ${full} does not exist`, `(umask 077; head -c 32 /dev/urandom > ${full})`);
  if (bytes.length < SHORTEST) {
    throw fault(`the key file ${full} has fewer than ${SHORTEST} bytes`, 'put 32 random bytes there');
  }
  return new Secret(bytes.toString('base64'));
}
