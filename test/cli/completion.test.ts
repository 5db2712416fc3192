import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { completionNodes } from '../../src/cli/completion/model.ts';
import { SHELLS } from '../../src/cli/completion/scripts.ts';
import { openProfiles } from '../../src/identity/profiles.ts';
import { login, Pocket, tokens } from '../identity/people.ts';
import { Place, root } from './command-line.ts';

const target = (name: string): string =>
  `  ${name}: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: unguarded }\n`;
const place = new Place(`version: 1\ntargets:\n${target('pg-prod')}${target('pg-stage')}`);
afterAll(() => place.remove());

describe('the completion scripts', () => {
  it.each(Object.entries(SHELLS))(
    'of %s in completions/ are those of the commands as they are',
    (_, { file, script }) => {
      expect(readFileSync(join(root, 'completions', file), 'utf8'), 'npm run completions').toBe(script());
    },
  );

  it('in completions/ are all there are', () => {
    const known = Object.values(SHELLS).map(({ file }) => file);
    expect(readdirSync(join(root, 'completions')).sort()).toEqual(known.sort());
  });

  it('are what the command prints and writes', async () => {
    for (const [shell, { script }] of Object.entries(SHELLS)) {
      expect((await place.run('completion', shell)).stdout).toBe(script());
    }
    await place.run('completion', '--write', 'out');
    for (const { file, script } of Object.values(SHELLS)) {
      expect(readFileSync(join(place.directory, 'out', file), 'utf8')).toBe(script());
    }
  });

  it('treat an option alike in every command, so that it can be looked up by its name', () => {
    const values = new Map<string, string>();
    for (const { word, value } of completionNodes().flatMap(({ options }) => options)) {
      const text = JSON.stringify(value);
      expect(values.get(word) ?? text, word).toBe(text);
      values.set(word, text);
    }
  });
});

describe('bash', () => {
  const bin = join(place.directory, 'hoopctl');
  writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src/cli/main.ts')}' "$@"\n`);
  chmodSync(bin, 0o755);

  function offered(...words: readonly string[]): readonly string[] {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `source '${root}/completions/hoopctl.bash'
      COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _hoopctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...place.env, PATH: `${place.directory}:${place.env['PATH']}` };
    const options = { cwd: place.directory, env, encoding: 'utf8' as const };
    return execFileSync('bash', ['--norc', '-c', script], options)
      .split('\n')
      .filter((line) => line !== '');
  }

  it('offers commands, subcommands and options', () => {
    expect(offered('hoopctl', 'se')).toEqual(['sessions']);
    expect(offered('hoopctl', 'sessions', '')).toEqual(['list', 'show', 'search', 'verify', 'export']);
    expect(offered('hoopctl', 'connect', '--t')).toEqual(['--ttl']);
    expect(offered('hoopctl', 'sessions', 'export', '--format', 'h')).toEqual(['html']);
    expect(offered('hoopctl', 'version', '')).toEqual([]);
  });

  it('offers the targets of the configuration, as it is now', () => {
    expect(offered('hoopctl', 'connect', '')).toEqual(['pg-prod', 'pg-stage']);
    expect(offered('hoopctl', 'connect', '--reason', 'x', 'pg-s')).toEqual(['pg-stage']);
    expect(offered('hoopctl', 'policy', 'explain', '--target', 'pg-p')).toEqual(['pg-prod']);
  });

  it('offers the logins that are kept, by name', async () => {
    const profiles = openProfiles({ state: place.state, secrets: new Pocket() });
    for (const name of ['work', 'stage']) {
      await profiles.exclusively(name, () => profiles.keep(login({ name }), tokens(name)));
    }
    expect(offered('hoopctl', 'logout', '--profile', '')).toEqual(['stage', 'work']);
    expect(offered('hoopctl', 'login', '--profile', 'w')).toEqual(['work']);
  });

  it('offers nothing, and says nothing, where the configuration is broken', async () => {
    writeFileSync(join(place.directory, 'hoopctl.yaml'), 'version: 1\ntargets: $(touch pwned)\n');
    expect(offered('hoopctl', 'connect', '')).toEqual([]);
    expect(readdirSync(place.directory)).not.toContain('pwned');
  });
});
