import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile, Profiles } from '../../../src/core/profile.ts';
import type { TokenSet } from '../../../src/core/provider.ts';
import { openProfiles } from '../../../src/identity/profiles.ts';
import { openSecretStore } from '../../../src/local/secrets/store.ts';
import { Place, type Running } from '../command-line.ts';

const BROWSE = fileURLToPath(new URL('browse.ts', import.meta.url));

/** A home directory in which somebody logs in, on a machine without a keychain. */
export class Home extends Place {
  /** What the browser was asked to open, a JSON array of arguments each time; empty when it was not. */
  get opened(): readonly (readonly string[])[] {
    const log = join(this.directory, 'opened');
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as readonly string[]);
  }

  /** The variables that the browser was started with, by name. */
  get browserVariables(): readonly string[] {
    return readFileSync(join(this.directory, 'opened.environ'), 'utf8').split('\n');
  }

  /** A program to name in BROWSER, which confirms the code that it is shown. */
  browser(): string {
    const path = join(this.directory, 'browser');
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${BROWSE}' '${join(this.directory, 'opened')}' "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** A login and its tokens, as they are kept. @throws when there is none */
  async login(name = 'default'): Promise<{ readonly profile: Profile; readonly tokens: TokenSet }> {
    const profile = await this.#profiles().read(name);
    if (profile === null) throw new Error(`there is no login ${name}`);
    return { profile, tokens: await this.tokensOf(profile) };
  }

  tokensOf(profile: Profile): Promise<TokenSet> {
    return this.#profiles().tokens(profile);
  }

  #profiles(): Profiles {
    const secrets = openSecretStore({ kind: 'login', state: this.state, env: this.env, home: this.directory });
    return openProfiles({ state: this.state, secrets });
  }

  /** Everything in the state directory, by its path there, with its mode; the content of a directory is null. */
  files(): ReadonlyMap<string, { readonly mode: number; readonly content: string | null }> {
    if (!existsSync(this.state)) return new Map();
    const names = ['.', ...readdirSync(this.state, { recursive: true, encoding: 'utf8' })];
    return new Map(
      names.map((name) => {
        const path = join(this.state, name);
        const stat = statSync(path);
        return [name, { mode: stat.mode & 0o777, content: stat.isFile() ? readFileSync(path, 'latin1') : null }];
      }),
    );
  }
}

/** What a running login shows on stderr of the code, as soon as it does. */
export async function shownCode({ child, outcome }: Running): Promise<{ readonly url: string; readonly code: string }> {
  let shown = '';
  const { promise, resolve, reject } = Promise.withResolvers<{ url: string; code: string }>();
  child.stderr?.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8');
    const code = /one-time code: (\S+)/.exec(shown)?.[1];
    const url = /Open (\S+) on any device/.exec(shown)?.[1];
    if (code !== undefined && url !== undefined) resolve({ url, code });
  });
  void outcome.then(({ stderr }) => reject(new Error(`it ended without a code: ${stderr}`)));
  return promise;
}
