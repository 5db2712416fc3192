import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/core/limits.ts';
import type { DoorAddress } from '../../../src/core/protocol.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { Target } from '../../../src/core/target.ts';
import { ssh } from '../../../src/protocols/ssh/index.ts';

const TARGET: Target = {
  name: 'web-1',
  protocol: 'ssh',
  host: 'web.internal',
  port: 22,
  database: '',
  user: 'deploy',
  password: null,
  tls: { mode: 'disable', ca: null, certificate: null },
  limits: LIMITS,
};
const DOOR = { user: 'deploy now', secret: new Secret('s3cret-of-the-door') };
const TCP: DoorAddress = { kind: 'tcp', host: '127.0.0.1', port: 20_022 };

describe('what OpenSSH’s programs find the door by', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'hoopctl-environment-')), '');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function settings(address: DoorAddress): ReadonlyMap<string, string> {
    for (const file of ssh().files(address, DOOR, TARGET)) {
      writeFileSync(join(directory, file.name), file.text(directory), { mode: 0o600 });
    }
    // What OpenSSH itself makes of it.
    const text = execFileSync('ssh', ['-G', '-F', join(directory, 'config'), 'web-1'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Map(text.split('\n').map((line) => [line.split(' ')[0] ?? '', line.slice(line.indexOf(' ') + 1)]));
  }

  it('is read by OpenSSH as it is meant', () => {
    const found = settings(TCP);
    const expected = {
      hostname: '127.0.0.1',
      port: '20022',
      user: 'deploy now',
      identityfile: join(directory, 'id'),
      identitiesonly: 'yes',
      userknownhostsfile: join(directory, 'known_hosts'),
      globalknownhostsfile: '/dev/null',
      stricthostkeychecking: 'true',
      forwardagent: 'no',
      forwardx11: 'no',
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, found.get(name)]))).toEqual(expected);
  });

  it('leads to a socket by a program that speaks to one', () => {
    const found = settings({ kind: 'unix', path: '/run/x y/door' });
    expect(found.get('proxycommand')).toBe('nc -U "/run/x y/door"');
    expect(found.get('userknownhostsfile')).toBe(join(directory, 'known_hosts'));
  });

  it('names the target alone: no other host is led to the door', () => {
    settings(TCP);
    const text = execFileSync('ssh', ['-G', '-F', join(directory, 'config'), 'elsewhere'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(text).not.toContain('20022');
    expect(text).not.toContain(directory);
  });

  it('has no secret in its URL and its configuration, and shows the door’s own secret nowhere', () => {
    const secret = DOOR.secret.reveal();
    expect(ssh().url(TCP, DOOR, TARGET)).toBe('ssh://deploy%20now@127.0.0.1:20022');
    expect(ssh().environment(TCP, DOOR, TARGET)).toEqual({});
    for (const file of ssh().files(TCP, DOOR, TARGET)) expect(file.text(directory)).not.toContain(secret);
  });
});
