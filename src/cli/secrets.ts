import { type Config, targetNamed } from '../config/load.ts';
import { stateDirectory } from '../config/paths.ts';
import type { SecretSources } from '../config/secrets.ts';
import type { TargetConfig } from '../config/target-shape.ts';
import { HoopError } from '../core/errors.ts';
import type { KeptSecrets } from '../local/secrets/kept-secrets.ts';
import type { SecretKind } from '../local/secrets/files.ts';
import { targetSources } from '../local/secrets/sources.ts';
import { openSecretStore } from '../local/secrets/store.ts';
import { readConfig } from './configuration.ts';
import type { Invocation } from './invocation.ts';

/** The secrets of this user on this machine. @throws HoopError `config.invalid` */
export function secretStoreOf({ env, home, terminal }: Invocation, kind: SecretKind): KeptSecrets {
  return openSecretStore({
    kind,
    state: stateDirectory(env, home),
    env,
    home,
    waiting: (text) => terminal.progress(text),
  });
}

/** The places that a configuration's secrets come from. @throws HoopError `config.invalid` */
export function secretSourcesOf({ env, home, terminal }: Invocation, config: Config): SecretSources {
  const state = stateDirectory(env, home);
  return targetSources({ config, state, env, home, waiting: (text) => terminal.progress(text) });
}

/** A target whose password hoopctl keeps, and the names of the others that share it. */
export interface KeptPassword {
  readonly target: TargetConfig;
  /** What the configuration calls it. */
  readonly name: string;
  readonly sharedWith: readonly string[];
}

/** @throws HoopError `config.target` when there is no such target, or when its password comes from elsewhere */
export async function keptPasswordOf(invocation: Invocation): Promise<KeptPassword> {
  const config = await readConfig(invocation);
  const target = targetNamed(config, invocation.arguments[0] ?? '');
  const { password } = target;
  if (password?.from !== 'keychain') {
    const from = password === null ? 'has no password' : `takes its password from ${password.from}`;
    throw new HoopError('config.target', `${target.name} ${from}: there is nothing that hoopctl keeps for it`, {
      hint: `write \`password: { keychain: ${target.name} }\` in ${config.path}, and the same command again`,
    });
  }
  const others = [...config.targets.values()].filter((one) => one !== target && one.password?.from === 'keychain');
  const sharing = others.filter((one) => one.password?.from === 'keychain' && one.password.name === password.name);
  return { target, name: password.name, sharedWith: sharing.map(({ name }) => name) };
}
