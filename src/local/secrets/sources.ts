import type { Config } from '../../config/load.ts';
import { secretSources } from '../../config/resolve.ts';
import type { SecretSources } from '../../config/secrets.ts';
import { openSecretStore, type SecretStoreOptions } from './store.ts';

/** The places that a configuration's secrets come from, those that hoopctl keeps among them. */
export function targetSources(
  around: Omit<SecretStoreOptions, 'kind' | 'deadline'> & { readonly config: Config },
): SecretSources {
  const { config, state, env, home, waiting } = around;
  return secretSources(config, env, home, openSecretStore({ kind: 'target', state, env, home, waiting }));
}
