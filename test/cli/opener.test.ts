import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Machine, openerOf, openPage } from '../../src/cli/opener.ts';

const directory = mkdtempSync(join(tmpdir(), 'hoopctl-opener-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const DESKTOP = { DISPLAY: ':0' };
const machine = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux', files: string[] = []): Machine => ({
  platform,
  env,
  exists: (path) => files.includes(path),
});

/** A program that writes down how it was called, and ends with `code`. */
function witness(name: string, code = 0): { readonly path: string; readonly seen: string } {
  const path = join(directory, name);
  const seen = `${path}.seen`;
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > '${seen}'\nenv >> '${seen}'\nexit ${code}\n`);
  chmodSync(path, 0o755);
  return { path, seen };
}

describe('the opener', () => {
  it.each([
    ['linux', DESKTOP, 'xdg-open'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
    ['darwin', {}, 'open'],
    ['win32', {}, 'rundll32'],
  ] as const)('on %s with %j is %s', (platform, env, command) => {
    expect(openerOf(machine(env, platform))?.command).toBe(command);
  });

  it.each([
    ['over SSH', machine({ ...DESKTOP, SSH_CONNECTION: '192.0.2.1 5 192.0.2.2 22' })],
    ['on a terminal of SSH', machine({ ...DESKTOP, SSH_TTY: '/dev/pts/1' }, 'darwin')],
    ['without a display', machine({})],
    ['with displays that are empty', machine({ DISPLAY: '', WAYLAND_DISPLAY: '' })],
    ['in a Docker container', machine(DESKTOP, 'linux', ['/.dockerenv'])],
    ['in a Podman container', machine(DESKTOP, 'linux', ['/run/.containerenv'])],
    ['in a container that says so', machine({ ...DESKTOP, container: 'lxc' })],
    ['in a pod', machine({ ...DESKTOP, KUBERNETES_SERVICE_HOST: '10.0.0.1' })],
  ])('is none %s', (_, where) => {
    expect(openerOf(where)).toBeNull();
  });

  it('is what BROWSER names, wherever that is set, as one program and not as a command line', () => {
    const env = { BROWSER: '/opt/my browser --new; rm -rf ~', SSH_TTY: '/dev/pts/1' };
    expect(openerOf(machine(env))).toEqual({ command: '/opt/my browser --new; rm -rf ~', args: [] });
  });
});

describe('opening a page', () => {
  it('gives the program the address as one argument, and nothing to a shell', async () => {
    const { path, seen } = witness('argv');
    const url = 'https://idp.example.com/device?user_code=AB-$HOME;id&y=*';
    expect(await openPage({ command: path, args: ['first'] }, url, { PATH: process.env['PATH'] })).toBe(true);
    expect(readFileSync(seen, 'utf8').split('\n').slice(0, 3)).toEqual(['2', 'first', url]);
  });

  it.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    '--remote-debugging-port=1',
    '-e',
    '\\\\server\\share',
    '//server/share',
    '$(touch /tmp/x)',
    'https://idp.example.com/$(touch /tmp/x)',
    'https://idp.example.com/`id`',
    'https://idp.example.com/"x"',
    '`touch /tmp/x`',
    'http://idp.example.com/device',
    'ftp://idp.example.com/',
    'vscode://x',
    'https://ada:secret@idp.example.com/',
    'data:text/html,x',
    ' ',
    '',
  ])('never runs anything for %j (R10)', async (url) => {
    const { path, seen } = witness('never');
    expect(await openPage({ command: path, args: [] }, url, { PATH: process.env['PATH'] })).toBe(false);
    expect(existsSync(seen)).toBe(false);
  });

  it('on loopback needs no https', async () => {
    const { path } = witness('loopback');
    for (const host of ['127.0.0.1:8080', '[::1]:8080', 'localhost:8080']) {
      expect(await openPage({ command: path, args: [] }, `http://${host}/device`, {})).toBe(true);
    }
  });

  it('passes on what leads to a desktop, and no secret (R11)', async () => {
    const { path, seen } = witness('environment');
    const secrets = [
      'HOOPCTL_TOKEN',
      'HOOPCTL_PASSPHRASE',
      'HOOPCTL_CLIENT_SECRET',
      'PGPASSWORD',
      'AWS_SECRET_ACCESS_KEY',
    ];
    const env = {
      ...Object.fromEntries(secrets.map((name) => [name, 'canary-of-the-environment'])),
      PATH: process.env['PATH'],
      DISPLAY: ':7',
      XDG_RUNTIME_DIR: '/run/user/7',
    };
    expect(await openPage({ command: path, args: [] }, 'https://idp.example.com/', env)).toBe(true);
    const passed = readFileSync(seen, 'utf8');
    expect(passed).toContain('DISPLAY=:7');
    expect(passed).toContain('XDG_RUNTIME_DIR=/run/user/7');
    expect(passed).not.toContain('canary');
  });

  it.each([
    ['is not there', join(directory, 'nowhere')],
    ['has arguments in its name', 'sh -c true'],
    ['fails', witness('failing', 3).path],
  ])('says so when the program %s', async (_, command) => {
    const opened = await openPage({ command, args: [] }, 'https://idp.example.com/', { PATH: process.env['PATH'] });
    expect(opened).toBe(false);
  });
});
