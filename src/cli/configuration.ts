import { type Config, loadConfig } from '../config/load.ts';
import type { Invocation } from './invocation.ts';

/** The configuration in force. @throws HoopError `config.missing`, `config.invalid` */
export function readConfig({ config, env, cwd, home }: Invocation): Promise<Config> {
  return loadConfig({ path: config ?? undefined, env, cwd, home });
}

/** Names of the environment variables that hold targets' credentials: no client may inherit them. */
export function credentialVariables(config: Config): readonly string[] {
  const references = [...config.targets.values()].map(({ password }) => password);
  return references.filter((one) => one?.from === 'env').map(({ variable }) => variable);
}
