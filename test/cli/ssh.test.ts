import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fingerprintOf } from '../../src/protocols/ssh/openssh-key.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';
import { Place } from './command-line.ts';
import { typeInto } from './typing.ts';

let server: SshServer;
let place: Place;

beforeAll(async () => {
  server = await startSshServer();
  const [, blob = ''] = server.hostKeys[0]?.split(' ') ?? [];
  const target = `
    protocol: ssh
    address: 127.0.0.1:${server.port}
    user: ${server.user}
    key: { file: ${join(server.directory, 'user')} }
    host_key: ${fingerprintOf(Buffer.from(blob, 'base64'))}
    policy: [servers]`;
  const config = `version: 1
targets:
  web-1: ${target}
  web-2: ${target}
policies:
  servers:
    default: allow
    opaque: allow
    deny:
      - { program: reboot, message: not this machine }
    allow:
      - { channel: [sftp, scp, forward] }
    session: { ttl: 10m, reason: optional, sandbox: optional }
`;
  // A sandbox shows the working directory, and never the home.
  const home = join(server.directory, 'home');
  mkdirSync(home);
  place = new Place(config, { HOME: home });
});
afterAll(async () => {
  place.remove();
  await server.stop();
});

describe('a target of SSH on the command line', () => {
  it('runs OpenSSH’s client inside, and its output is all that is printed', async () => {
    const { code, stdout, stderr } = await place.run('connect', 'web-1', '--', 'ssh', 'web-1', 'echo in; exit 4');
    expect({ code, stdout, stderr }).toEqual({ code: 4, stdout: 'in\n', stderr: '' });
  });

  it('meets the policy', async () => {
    const { code, stdout, stderr } = await place.run('connect', 'web-1', '--', 'ssh', 'web-1', 'reboot');
    expect({ code, stdout }).toEqual({ code: 126, stdout: '' });
    expect(stderr).toContain('hoopctl: not this machine');
  });

  it.each([
    ['scp', ['scp', '-q', 'here', 'web-1:$there']],
    ['scp -O', ['scp', '-q', '-O', 'here', 'web-1:$there']],
    ['rsync', ['rsync', 'here', 'web-1:$there']],
  ])('copies by %s', async (_name, command) => {
    writeFileSync(join(place.directory, 'here'), 'content\n');
    const there = join(server.directory, `there-${Math.random()}`);
    const words = command.map((word) => word.replace('$there', there));
    expect(await place.run('connect', 'web-1', '--', ...words)).toMatchObject({ code: 0, stderr: '' });
    expect(await place.run('connect', 'web-1', '--', 'ssh', 'web-1', `cat ${there}`)).toMatchObject({
      stdout: 'content\n',
    });
  });

  it('lists by sftp', async () => {
    const outcome = await place.run(
      'connect',
      'web-1',
      '--',
      'sh',
      '-c',
      'echo pwd | sftp -F "$HOOPCTL_SSH_CONFIG" web-1',
    );
    expect(outcome.stdout).toContain('Remote working directory');
  });

  it.each(['--sandbox', '--no-sandbox'])('is found by a program through its configuration (%s)', async (how) => {
    const command = 'ssh -F "$HOOPCTL_SSH_CONFIG" web-1 "echo from there"';
    const outcome = await place.run('exec', how, '--target', 'web-1', '--', 'sh', '-c', command);
    expect(outcome.stderr).toContain('web-1: 1 command, 0 refused');
    expect(outcome).toMatchObject({ code: 0, stdout: 'from there\n' });
  });

  it.each([
    ['connect', 'web-1', 'web-2'],
    ['exec', '--sandbox', '--target', 'web-1', '--target', 'web-2'],
    ['exec', '--no-sandbox', '--target', 'web-1', '--target', 'web-2'],
  ])('is found beside others in one configuration (%s %s)', async (...command) => {
    const script = 'for one in web-1 web-2; do ssh -F "$HOOPCTL_SSH_CONFIG" $one "echo at $one"; done';
    expect(await place.run(...command, '--', 'sh', '-c', script)).toMatchObject({
      code: 0,
      stdout: 'at web-1\nat web-2\n',
    });
    expect(readdirSync(join(place.state, 'run'))).toEqual(['doors']);
  });

  it('tells whoever waits for a port that it is held, which their client cannot', async () => {
    const ask = 'ask: [{ channel: forward, within: 2s }]';
    const asking = new Place(
      readFileSync(join(place.directory, 'hoopctl.yaml'), 'utf8').replace('deny:', `${ask}\n    deny:`),
    );
    onTestFinished(() => asking.remove());
    const { code, stderr } = await asking.run('connect', 'web-1', '--', 'ssh', '-W', '127.0.0.2:9', 'web-1');
    expect(code).toBe(255);
    expect(stderr).toMatch(
      /^held web-1: forward to 127\.0\.0\.2:9\. Answer in another terminal: hoopctl approve \w+$/mu,
    );
    expect(stderr).toContain('nobody approved this in time');
  });

  it('says at the left of the terminal that its time is up, whatever its client has made of it', async () => {
    const client = ['sh', '-c', 'stty raw; exec sleep 60'];
    const { code, shown } = await typeInto(place, ['connect', 'web-1', '--ttl', '1s', '--', ...client], []);
    expect(code).toBe(3);
    expect(shown).toMatch(/\r\nThe time of web-1 is up: its door is closed\.\r+\n$/u);
  });

  it('says where its configuration is, in text and as an event', async () => {
    const asText = place.start('connect', 'web-1', '--plain');
    asText.child.stdout?.on('data', () => asText.child.kill('SIGINT'));
    const { stdout } = await asText.outcome;
    expect(stdout).toMatch(/export HOOPCTL_SSH_CONFIG=\S+/);
    expect(stdout).toContain('ssh -F "$HOOPCTL_SSH_CONFIG" web-1');
    const asEvents = place.start('connect', 'web-1', '--json');
    if (asEvents.child.stdout === null) throw new Error('no stdout');
    const lines = createInterface({ input: asEvents.child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    asEvents.child.kill('SIGINT');
    expect(JSON.parse(first.value ?? '')).toMatchObject({
      event: 'ready',
      target: 'web-1',
      protocol: 'ssh',
      env: { HOOPCTL_SSH_CONFIG: expect.stringMatching(/\/config$/) },
    });
    await asEvents.outcome;
  });

  it('is told by doctor and targets test as what it is', async () => {
    const doctor = await place.run('doctor');
    expect(doctor.stdout).toMatch(/target web-1: server OpenSSH_\S+, host key SHA256:\S+, login by publickey, \d+ ms/);
    expect(doctor.stdout).toMatch(/not enforced\s+what passes through forwards/);
    const test = await place.run('targets', 'test', 'web-1');
    expect(test.stdout).toContain('login by publickey');
    expect(doctor.stdout + test.stdout).not.toContain('no TLS');
  });

  it('is told by mcp as what its tools cannot reach', async () => {
    const messages = [
      {
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
      },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/call', params: { name: 'list_targets', arguments: {} } },
    ];
    const input = messages.map((message) => JSON.stringify({ jsonrpc: '2.0', ...message })).join('\n');
    const { stdout } = await place.pipe(`${input}\n`, 'mcp', '--target', 'web-1');
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; result: { structuredContent?: object; instructions?: string } });
    const answered = (wanted: number) => answers.find(({ id }) => id === wanted)?.result;
    expect(answered(1)?.instructions).toContain('no commands on machines');
    expect(answered(2)?.structuredContent).toMatchObject({
      targets: [{ name: 'web-1', available: false, message: expect.stringContaining('SSH') }],
    });
  });

  it('is on record', async () => {
    const { stdout } = await place.run('sessions', 'list');
    expect(stdout).toContain('web-1');
    expect((await place.run('targets', 'show', 'web-1')).stdout).toContain('ssh');
    expect((await place.run('status')).code).toBe(0);
  });
});
