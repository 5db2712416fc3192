import { dirname } from 'node:path';
import { resolvePath } from '../../../config/secrets.ts';
import { TOKEN_FILE } from '../../../local/given-token.ts';
import type { Surroundings } from '../../../local/guarded-session.ts';
import { KEY_FILE } from '../../../local/secrets/key.ts';

type Knowing = Pick<Surroundings, 'config' | 'home' | 'env'>;

/** The configuration, and every file that it or the environment says a secret is in. */
export function secretFiles(around: Knowing): readonly string[] {
  const { config, env } = around;
  const references = [...config.targets.values()].flatMap(({ password, tls }) => [
    ...(password?.from === 'file' ? [password.path] : []),
    ...(tls.certificate === null ? [] : [tls.certificate.key]),
  ]);
  const given = [env[TOKEN_FILE], env[KEY_FILE]].filter((path) => path !== undefined);
  return [config.path, ...absolute([...references, ...given], around)];
}

/** What decides which passwords are sent to whom: programs that print one, with files that they are given, and authorities. */
export function reliedFiles(around: Knowing): readonly string[] {
  const files = [...around.config.targets.values()].flatMap(({ password, tls }) => [
    ...(password?.from === 'exec' ? password.command : []),
    ...(tls.ca === null ? [] : [tls.ca]),
  ]);
  return absolute(files, around);
}

function absolute(paths: readonly string[], { config, home }: Knowing): readonly string[] {
  return paths.map((path) => resolvePath(path, { directory: dirname(config.path), home }));
}
