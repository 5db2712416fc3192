import { visible } from '../../core/visible.ts';
import { keptLabel } from '../../core/secret-store.ts';
import { HOW_TO_ENCRYPT } from '../../local/secrets/key.ts';
import type { KeptSecrets } from '../../local/secrets/kept-secrets.ts';
import type { Run } from '../command.ts';
import { keptSecretOf, secretStoreOf } from '../secrets.ts';
import { readSecret } from '../typed-secret.ts';

export const set: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const { target, key, name, sharedWith } = await keptSecretOf(invocation);
  const store = secretStoreOf(invocation, 'target');
  const what = `The ${key} of ${visible(target.name)}`;
  const value = await readSecret(
    invocation,
    what,
    `hoopctl targets secret set ${target.name}${key === 'password' ? '' : ` ${key}`}`,
  );
  const kept = await store.set(name, value);
  if (options.flag('json')) terminal.json({ version: 1, target: target.name, key, secret: name, kept });
  else terminal.line(`${what} is kept in ${keptLabel(kept)}.`);
  if (kept === 'file') {
    terminal.warn(`whoever reads this user’s files can read it: ${await whyNotInKeychain(store)}`);
    terminal.progress(`To have it encrypted, ${HOW_TO_ENCRYPT}, and run the same command again.`);
  }
  if (!options.flag('json')) {
    if (sharedWith.length > 0) terminal.progress(`It is the secret of ${visible(sharedWith.join(', '))}, too.`);
    terminal.progress(`Check it with: hoopctl targets test ${visible(target.name)}`);
  }
  return 0;
};

async function whyNotInKeychain(store: KeptSecrets): Promise<string> {
  return (await store.keychain()) === 'absent'
    ? 'there is no system keychain here'
    : 'the system keychain did not take it, or is locked';
}
