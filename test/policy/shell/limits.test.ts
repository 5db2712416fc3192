import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hoopctl-limits-'));
  mkdirSync(join(folder, 'secret'));
  writeFileSync(join(folder, 'secret', 'key'), 'key');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function outputOf(text: string, env: Readonly<Record<string, string>> = {}): string {
  return spawnSync('/bin/sh', ['-c', text], { cwd: folder, env: { PATH: '/usr/bin:/bin', ...env }, encoding: 'utf8' })
    .stdout;
}

/** Denies reading the secret. */
function verdict(text: string): string {
  const policy = { ...SENSIBLE, deny: [rule({ path: [`${folder}/secret/**`], operation: ['read'] })] };
  return verdictOn(text, policy, folder);
}

describe('what judging a command line cannot know (docs/limits.md)', () => {
  it('is where a symbolic link leads', () => {
    symlinkSync(join(folder, 'secret'), join(folder, 'link'));
    expect(verdict('cat secret/key')).toBe('deny');
    expect([verdict('cat link/key'), outputOf('cat link/key')]).toEqual(['allow', 'key']);
  });

  it('is what CDPATH on the server makes of cd', () => {
    mkdirSync(join(folder, 'elsewhere'));
    const text = 'cd secret >/dev/null && cat key';
    expect(verdictOn(text, { ...SENSIBLE, deny: [rule({ path: [`${folder}/secret/**`] })] }, '/nowhere')).toBe('allow');
    expect(outputOf(`cd elsewhere >/dev/null; ${text}`, { CDPATH: folder })).toBe('key');
  });

  it('is what a function on the server makes of a name', () => {
    expect([verdict('ls'), outputOf('ls() { cat secret/key; }; ls')]).toEqual(['allow', 'key']);
  });

  it('is what a program is by another name: it is opaque', () => {
    expect(verdict('./copy-of-cat secret/key')).toBe('ask');
    expect(verdictOn('./copy-of-sftp-server', { ...SENSIBLE, opaque: 'allow' })).toBe('allow');
  });
});
