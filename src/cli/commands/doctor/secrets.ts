import type { Config } from '../../../config/load.ts';
import { HoopError } from '../../../core/errors.ts';
import { keptLabel } from '../../../core/secret-store.ts';
import { encryptionKey, HOW_TO_ENCRYPT } from '../../../local/secrets/key.ts';
import type { KeptSecrets } from '../../../local/secrets/kept-secrets.ts';
import type { Invocation } from '../../invocation.ts';
import { keptOf, type KeptSecret } from '../../secrets.ts';
import { type Finding, found } from './machine.ts';

/** Where secrets are kept on this machine, and each secret that the configuration takes from there. */
export async function checkSecrets(
  invocation: Invocation,
  config: Config | null,
  store: KeptSecrets,
): Promise<readonly Finding[]> {
  const findings = [await checkKeychain(store), await checkKey(invocation)];
  for (const target of config?.targets.values() ?? []) {
    for (const kept of keptOf(target)) findings.push(await checkKept(store, target.name, kept));
  }
  return findings;
}

/** A machine without a keychain is no failure: there are files. */
async function checkKeychain(store: KeptSecrets): Promise<Finding> {
  switch (await store.keychain()) {
    case 'answers':
      return found('keychain', 'ok', 'the system’s keychain answers');
    case 'absent':
      return found('keychain', 'ok', 'none here: secrets are kept in files');
    case 'locked':
      return { ...found('keychain', 'warning', 'the system’s keychain is locked'), hint: 'unlock it' };
    case 'unanswered':
      return {
        ...found('keychain', 'warning', 'the system’s keychain does not answer; it may be waiting to be unlocked'),
        hint: 'unlock it',
      };
    case 'failing':
      return {
        ...found('keychain', 'warning', 'the system’s keychain fails: secrets are kept in files'),
        hint: 'start the service that keeps them again',
      };
  }
}

async function checkKey({ env, home }: Invocation): Promise<Finding> {
  const what = 'secrets in files';
  try {
    const key = await encryptionKey(env, home);
    return found(what, 'ok', key === null ? `not encrypted: ${HOW_TO_ENCRYPT}` : 'encrypted');
  } catch (error) {
    return failed(what, error);
  }
}

async function checkKept(
  store: KeptSecrets,
  target: string,
  { key, name }: Pick<KeptSecret, 'key' | 'name'>,
): Promise<Finding> {
  const what = `${key} of ${target}`;
  try {
    const kept = await store.where(name);
    if (kept === null) {
      const command = `hoopctl targets secret set ${target}${key === 'password' ? '' : ` ${key}`}`;
      return { ...found(what, 'failed', `"${name}" is kept nowhere`), hint: command };
    }
    if (kept !== 'file') return found(what, 'ok', `in ${keptLabel(kept)}`);
    return { ...found(what, 'warning', `in ${keptLabel(kept)}`), hint: HOW_TO_ENCRYPT };
  } catch (error) {
    return failed(what, error);
  }
}

function failed(what: string, error: unknown): Finding {
  if (!(error instanceof HoopError)) throw error;
  return { ...found(what, 'failed', error.message), hint: error.hint };
}
