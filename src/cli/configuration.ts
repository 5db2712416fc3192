import { type Config, loadConfig } from '../config/load.ts';
import { secretsOf } from '../config/target/secrets.ts';
import type { Invocation } from './invocation.ts';

/** The configuration in force. @throws HoopError `config.missing`, `config.invalid` */
export function readConfig({ config, env, cwd, home }: Invocation): Promise<Config> {
  return loadConfig({ path: config ?? undefined, env, cwd, home });
}

/** Names of the environment variables that hold credentials of targets or of hoopctl itself: no client may inherit them. */
export function credentialVariables(config: Config): readonly string[] {
  const ofTargets = [...config.targets.values()].flatMap(secretsOf).map(({ reference }) => reference);
  const references = [config.identity?.clientSecret, ...ofTargets];
  return references.flatMap((one) => (one?.from === 'env' ? [one.variable] : []));
}
