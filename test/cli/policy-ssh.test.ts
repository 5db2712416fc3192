import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, Place } from './command-line.ts';

// Nothing listens there: whatever reached for the target would fail.
const TARGET = 'protocol: ssh, address: "127.0.0.1:1", user: deploy, agent: /nowhere/agent';

let place: Place;

beforeAll(() => {
  place = new Place(`version: 1
targets:
  web-1: { ${TARGET}, policy: [servers] }
  web-2: { ${TARGET}, known_hosts: fleet, key: { file: id }, passphrase: { keychain: id }, policy: [servers, shared] }
  web-3: { ${TARGET}, host_key: SHA256:uNiVztksCsDhcc0u9e8BrENJXAslzgXBUK3+pLGdVSc, policy: unguarded }
policies:
  servers:
    default: allow
    deny:
      - { channel: sftp, operation: [write, remove], path: /etc/**, message: ask the owners of /etc }
    ask:
      - { channel: shell, within: 5m }
    allow:
      - { channel: [sftp, env] }
      - { channel: forward, args: local }
    opaque: deny
  shared:
    default: allow
    deny: [{ action: drop }]
    scope: { directories: [/] }
`);
});

afterAll(() => place.remove());

describe('policy explain for SSH', () => {
  const explain = async (...args: readonly string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await place.run('policy', 'explain', '--target', 'web-1', '--json', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  it('decides what is opened and done on each channel, and reaches for nothing', async () => {
    expect(await explain('write /etc/passwd', '--channel', 'sftp')).toMatchObject({
      version: 1,
      target: 'web-1',
      verdict: 'deny',
      rule: { name: 'servers.deny[0]' },
      refusal: { message: 'ask the owners of /etc' },
      effects: [{ action: 'open' }, { action: 'write', name: '/etc/passwd' }],
      paths: ['/etc/passwd'],
    });
    expect(await explain('read /srv/a', '--channel', 'sftp')).toMatchObject({ verdict: 'allow' });
    expect(await explain('--channel', 'shell')).toMatchObject({
      verdict: 'ask',
      rule: { name: 'servers.ask[0]' },
      terms: [{ within: 300_000 }],
    });
    expect(await explain('--channel', 'x11')).toMatchObject({ verdict: 'deny', rule: { name: 'servers.channel' } });
    expect(await explain('local db:5432', '--channel', 'forward')).toMatchObject({ verdict: 'allow' });
    expect(await explain('remote db:5432', '--channel', 'forward')).toMatchObject({ verdict: 'deny' });
  });

  it('decides a command line, and says what cannot be known of it', async () => {
    expect(await explain('eval "$(cat x)"')).toMatchObject({ verdict: 'deny', rule: { name: 'servers.opaque' } });
    const { stdout } = await place.run('policy', 'explain', 'eval "$(cat x)"', '--target', 'web-1');
    expect(stdout).toMatch(/^decision +deny$/m);
    expect(stdout).toMatch(/^rule +servers\.opaque$/m);
    expect(stdout).toMatch(/^effects +/m);
  });

  it('reads a command line as a shell of POSIX does', async () => {
    for (const line of ['cat /srv/a 2>&1 | tail', 'echo "$HOME"', 'if [ -f /srv/a ]; then cat /srv/a; fi'])
      expect(await explain(line)).toMatchObject({ verdict: 'allow' });
  });

  it.each([
    [['--channel', 'sfpt', 'x'], "argument 'sfpt' is invalid. Allowed choices are exec, shell, sftp"],
    [['--channel', 'sftp', 'delete /x'], 'the request does something to a path'],
    [['--channel', 'shell', 'x'], 'the request takes no words on the channel shell'],
    [[], 'there is no command to explain'],
    [[' '], 'there is no command to explain'],
  ])('says what to write instead of %j', async (args, words) => {
    const { code, stderr } = await place.run('policy', 'explain', '--target', 'web-1', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });
});

describe('policy check for SSH', () => {
  it('warns of what no target of a policy can meet', async () => {
    const { code, stdout, stderr } = await place.run('policy', 'check');
    expect(code).toBe(0);
    expect(stdout).toContain('3 targets and 2 policies are valid');
    expect(stderr).toBe(
      'warning: shared.deny[0] is about databases, and no target of policy shared is: it never decides anything\n',
    );
    const { idle } = JSON.parse((await place.run('policy', 'check', '--json')).stdout) as { idle: unknown };
    expect(idle).toEqual([{ policy: 'shared', rule: 'shared.deny[0]', about: 'databases' }]);
  });
});

describe('policy check without logins', () => {
  it('warns of what nobody could ever approve', async () => {
    const own = new Place(`version: 1
targets:
  web-1: { protocol: ssh, address: 127.0.0.1:9, user: app, agent: true, policy: [servers] }
policies:
  servers:
    default: allow
    ask:
      - { program: systemctl }
      - { program: reboot, approvers: { groups: [sre] } }
      - { program: halt, approvers: { groups: [sre] }, break_glass: self }
`);
    const { code, stderr } = await own.run('policy', 'check');
    expect(code).toBe(0);
    expect(stderr).toBe(
      'warning: servers.ask[1] asks a member of sre, and nobody logs in without `identity`: what it holds is never approved\n',
    );
    const { unanswerable } = JSON.parse((await own.run('policy', 'check', '--json')).stdout) as {
      unanswerable: unknown;
    };
    expect(unanswerable).toEqual([{ policy: 'servers', rule: 'servers.ask[1]', approvers: 'a member of sre' }]);
    own.remove();
  });
});

describe('policy test for SSH', () => {
  it('runs cases of commands and channels', async () => {
    const file = join(place.directory, 'hoopctl.test.yaml');
    writeFileSync(
      file,
      `cases:
  - { target: web-1, command: 'eval "$x"', expect: deny, rule: servers.opaque }
  - { target: web-1, channel: sftp, request: remove /etc/passwd, expect: deny, rule: "deny[0]" }
  - { target: web-1, channel: shell, expect: ask }
  - { target: web-1, channel: agent, expect: allow }
`,
    );
    const { code, stdout } = await place.run('policy', 'test');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok +\S+:2:5 {2}eval "\$x"$/m);
    expect(stdout).toMatch(/^ok +\S+:3:5 {2}sftp remove \/etc\/passwd$/m);
    expect(stdout).toMatch(/^FAILED +\S+:5:5 {2}agent$/m);
    expect(stdout).toContain('expected allow, but servers.channel says deny');
    expect(stdout).toMatch(/3 passed, 1 failed\n$/);
  });
});

describe('policy suggest for SSH', () => {
  it('says that it is for databases, and reaches for nothing', async () => {
    const { code, stderr } = await place.run('policy', 'suggest', '--target', 'web-1');
    expect(code).toBe(2);
    expect(stderr).toContain('web-1 is reached by SSH: masks of columns are suggested for databases');
    expect(lastLine(stderr)).toBe('Try: mask: [{ detect: [private-key, jwt, aws-key], with: redact }]');
  });
});

describe('targets of SSH', () => {
  it('are listed', async () => {
    const { stdout } = await place.run('targets', 'list');
    expect(stdout).toMatch(/^web-1 +ssh +127\.0\.0\.1:1 +deploy +servers$/m);
  });

  it('are shown with how they are logged in to and known, and never a secret', async () => {
    const { stdout } = await place.run('targets', 'show', 'web-2');
    expect(stdout).toMatch(/^key +file: id$/m);
    expect(stdout).toMatch(/^passphrase +keychain: id$/m);
    expect(stdout).toMatch(/^agent +\/nowhere\/agent$/m);
    expect(stdout).toMatch(/^password +none$/m);
    expect(stdout).toMatch(/^host keys +fleet$/m);
    const { target } = JSON.parse((await place.run('targets', 'show', 'web-3', '--json')).stdout) as {
      target: unknown;
    };
    expect(target).toEqual({
      name: 'web-3',
      certificate: 'none',
      protocol: 'ssh',
      address: '127.0.0.1:1',
      user: 'deploy',
      key: 'none',
      passphrase: 'none',
      password: 'none',
      agent: '/nowhere/agent',
      hostKeys: ['SHA256:uNiVztksCsDhcc0u9e8BrENJXAslzgXBUK3+pLGdVSc'],
      policies: ['unguarded'],
    });
  });
});
