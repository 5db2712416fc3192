import { dirname } from 'node:path';
import { resolvePath } from '../../../config/secrets.ts';
import type { TargetConfig } from '../../../config/target-shape.ts';
import { secretsOf } from '../../../config/target/secrets.ts';
import { TOKEN_FILE } from '../../../local/given-token.ts';
import type { Surroundings } from '../../../local/guarded-session.ts';
import { KEY_FILE } from '../../../local/secrets/key.ts';

type Knowing = Pick<Surroundings, 'config' | 'home' | 'env'>;

/** The configuration, and every file that it or the environment says a secret is in. */
export function secretFiles(around: Knowing): readonly string[] {
  const { config, env } = around;
  const references = [...config.targets.values()].flatMap((target) => [
    ...secretsOf(target).flatMap(({ reference }) => (reference.from === 'file' ? [reference.path] : [])),
    ...(target.protocol === 'postgres' && target.tls.certificate !== null ? [target.tls.certificate.key] : []),
  ]);
  const given = [env[TOKEN_FILE], env[KEY_FILE]].filter((path) => path !== undefined);
  return [config.path, ...absolute([...references, ...given], around)];
}

/**
 * What decides which credentials are sent to whom: programs that print one, with files that they are given, authorities,
 * and the keys that servers are known by.
 */
export function reliedFiles(around: Knowing): readonly string[] {
  const files = [...around.config.targets.values()].flatMap((target) => [
    ...secretsOf(target).flatMap(({ reference }) => (reference.from === 'exec' ? reference.command : [])),
    ...knownBy(target),
  ]);
  return absolute(files, around);
}

function knownBy(target: TargetConfig): readonly string[] {
  if (target.protocol === 'postgres') return target.tls.ca === null ? [] : [target.tls.ca];
  return target.hostKeys.kind === 'known-hosts' ? [target.hostKeys.path] : [];
}

function absolute(paths: readonly string[], { config, home }: Knowing): readonly string[] {
  return paths.map((path) => resolvePath(path, { directory: dirname(config.path), home }));
}
