import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STEPS } from '../../src/cli/demo/steps.ts';
import { root } from '../cli/command-line.ts';

let directory: string;
let env: NodeJS.ProcessEnv;

/** What `npm pack` would publish, installed as anybody would install it. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hoopctl-package-'));
  chmodSync(directory, 0o755);
  env = { PATH: process.env['PATH'], HOME: directory, npm_config_cache: process.env['npm_config_cache'] ?? npmCache() };
  const npm = (...args: readonly string[]): string =>
    execFileSync('npm', args, {
      cwd: directory,
      env: { ...registry(), ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  npm('pack', root, '--pack-destination', directory, '--loglevel', 'error');
  const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(directory, 'package.json'), '{"private":true}');
  npm('install', `./${tarball}`, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error');
}, 300_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** How this machine reaches its registry. */
function registry(): NodeJS.ProcessEnv {
  const names = ['NODE_EXTRA_CA_CERTS', 'npm_config_globalconfig', 'npm_config_userconfig'];
  return Object.fromEntries(names.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])));
}

function npmCache(): string {
  return execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
}

/** What a built module imports, statically or not. */
function specifiers(name: string, text: string): readonly string[] {
  const { module } = parseSync(name, text);
  const dynamic = module.dynamicImports.map(({ moduleRequest }) =>
    text.slice(moduleRequest.start + 1, moduleRequest.end - 1),
  );
  return [...module.staticImports.map(({ moduleRequest }) => moduleRequest.value), ...dynamic];
}

function hoopctl(...args: readonly string[]) {
  const command = join(directory, 'node_modules', '.bin', 'hoopctl');
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: directory,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

describe('the package', () => {
  it('holds what a user needs, and nothing of the workshop', () => {
    const installed = join(directory, 'node_modules', 'hoopctl');
    const names = readdirSync(installed).filter((name) => name !== 'node_modules');
    expect(names.sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        'bin',
        'completions',
        'dist',
        'docs',
        'package.json',
      ].sort(),
    );
    expect(existsSync(join(installed, 'bin', 'setup.js'))).toBe(false);
    expect(readdirSync(join(installed, 'dist')).filter((name) => name.endsWith('.ts'))).toEqual([]);
    // What is bundled brings its licence along.
    const notices = readFileSync(join(installed, 'dist', 'THIRD-PARTY.txt'), 'utf8');
    for (const name of ['ink', 'react', '@xterm/headless']) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(notices).toContain('Permission is hereby granted, free of charge');
  });

  it('runs', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(hoopctl('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(hoopctl('exec').status).toBe(2);
    expect(JSON.parse(hoopctl('doctor', '--json').stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ what: 'grammar', status: 'ok' })]) as unknown,
    });
  });

  it('carries out the demo', () => {
    const { status, stdout, stderr } = hoopctl('demo', '--yes');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`${STEPS.length} of ${STEPS.length} steps did what they claim`);
  });

  it('has every module that it imports among its dependencies', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    const listed = new Set([...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {})]);
    const dist = join(directory, 'node_modules', 'hoopctl', 'dist');
    const imported = readdirSync(dist)
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => specifiers(name, readFileSync(join(dist, name), 'utf8')))
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'));
    expect(imported).toContain('commander');
    expect([...new Set(imported)].filter((name) => !listed.has(name))).toEqual([]);
  });
});
