import { type Config, targetNamed } from '../config/load.ts';
import { stateDirectory } from '../config/paths.ts';
import type { SecretSources } from '../config/secrets.ts';
import type { TargetConfig } from '../config/target-shape.ts';
import { SECRET_KEYS, type SecretKey, secretsOf } from '../config/target/secrets.ts';
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

/** One of a target's secrets that hoopctl keeps, and the targets that share it. */
export interface KeptSecret {
  readonly target: TargetConfig;
  /** `password`, `key`, `passphrase`. */
  readonly key: SecretKey;
  /** What the configuration calls it. */
  readonly name: string;
  readonly sharedWith: readonly string[];
}

/**
 * The secret that a command is about: of a target, and of its keys where it has several that hoopctl keeps.
 * @throws HoopError `config.target` when there is no such target, or hoopctl keeps none of its secrets; `cli.usage` when
 * several could be meant
 */
export async function keptSecretOf(invocation: Invocation): Promise<KeptSecret> {
  const config = await readConfig(invocation);
  const [wanted = '', word] = invocation.arguments;
  const target = targetNamed(config, wanted);
  const key = SECRET_KEYS.find((one) => one === word) ?? null;
  if (word !== undefined && key === null) throw noSuchKey(target);
  const kept = keptOf(target).filter((one) => key === null || one.key === key);
  const [only, ...others] = kept;
  if (only === undefined) throw notKept(config, target, key);
  if (others.length > 0) throw whichOne(target, kept);
  const sharing = [...config.targets.values()].filter(
    (one) => one !== target && keptOf(one).some(({ name }) => name === only.name),
  );
  return { target, ...only, sharedWith: sharing.map(({ name }) => name) };
}

/** The word is not repeated: it may be the secret itself, typed where it must not be. */
function noSuchKey({ name }: TargetConfig): HoopError {
  return new HoopError('cli.usage', `behind ${name} stands one of ${SECRET_KEYS.join(', ')}, never a secret itself`, {
    hint: `hoopctl targets secret set ${name} < FILE`,
  });
}

type Kept = Pick<KeptSecret, 'key' | 'name'>;

/** What hoopctl keeps for a target. */
export function keptOf(target: TargetConfig): readonly Kept[] {
  return secretsOf(target).flatMap(({ key, reference }) =>
    reference.from === 'keychain' ? [{ key, name: reference.name }] : [],
  );
}

/** `wanted`: null for any of them. */
function notKept(config: Config, target: TargetConfig, wanted: SecretKey | null): HoopError {
  const [elsewhere] = secretsOf(target).filter(({ key }) => wanted === null || key === wanted);
  const key = wanted ?? elsewhere?.key ?? 'password';
  const from = elsewhere === undefined ? `has no ${key}` : `takes its ${key} from ${elsewhere.reference.from}`;
  return new HoopError('config.target', `${target.name} ${from}: there is nothing that hoopctl keeps for it`, {
    hint: `write \`${key}: { keychain: ${target.name} }\` in ${config.path}, and the same command again`,
  });
}

function whichOne({ name }: TargetConfig, kept: readonly Kept[]): HoopError {
  const keys = kept.map(({ key }) => key);
  return new HoopError('cli.usage', `hoopctl keeps several secrets of ${name}: ${keys.join(', ')}`, {
    hint: `the same command with one of them behind: ${name} ${keys[0] ?? ''}`,
  });
}
