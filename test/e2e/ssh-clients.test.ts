import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, Place } from '../cli/command-line.ts';
import { startSshServer, type SshServer } from '../ssh/server.ts';

describe('clients of SSH that hoopctl starts', () => {
  let server: SshServer;
  let place: Place;

  beforeAll(async () => {
    server = await startSshServer();
    place = new Place(configuration(server));
    writeFileSync(join(place.directory, 'key'), server.key, { mode: 0o600 });
  });
  afterAll(async () => {
    place.remove();
    await server.stop();
  });

  /** A shell's command with a door open. */
  const connected = (script: string): Promise<Outcome> => place.run('connect', 'web-1', '--', 'sh', '-c', script);
  const at = (name: string): string => join(place.directory, name);

  it('ends like the command that ssh ran, and says no more than it', async () => {
    const ran = await connected('ssh -F "$HOOPCTL_SSH_CONFIG" web-1 "echo out; exit 3"');
    expect(ran).toMatchObject({ code: 3, stdout: 'out\n' });
  });

  it('copies with rsync, there and back', async () => {
    mkdirSync(at('from'));
    writeFileSync(at('from/file'), 'first\n');
    const rsync = 'rsync -a -e "ssh -F $HOOPCTL_SSH_CONFIG"';
    const ran = await connected(`${rsync} from/ web-1:${at('there')}/ && ${rsync} web-1:${at('there')}/ back/`);
    expect(ran.code, ran.stderr).toBe(0);
    expect(readFileSync(at('back/file'), 'utf8')).toBe('first\n');
  });

  it('clones and pushes with git', async () => {
    execFileSync('git', ['init', '-q', '--bare', at('origin.git')]);
    const ran = await connected(
      `export GIT_SSH_COMMAND="ssh -F $HOOPCTL_SSH_CONFIG"
       git clone -q web-1:${at('origin.git')} work && cd work &&
       git -c user.name=a -c user.email=a@b commit -q --allow-empty -m first && git push -q origin HEAD:main && git fetch -q`,
    );
    expect(ran.code, ran.stderr).toBe(0);
    expect(execFileSync('git', ['-C', at('origin.git'), 'log', '--format=%s', 'main'], { encoding: 'utf8' })).toBe(
      'first\n',
    );
  });

  it.each(['True', 'False'])('runs modules of Ansible, with pipelining: %s', async (pipelining) => {
    const ran = await connected(
      `export ANSIBLE_SSH_ARGS="-F $HOOPCTL_SSH_CONFIG -o ControlMaster=auto -o ControlPersist=5s" ANSIBLE_PIPELINING=${pipelining} ANSIBLE_HOST_KEY_CHECKING=False
       ansible all -i web-1, -e ansible_remote_tmp=${at('tmp')} -e ansible_python_interpreter=/usr/bin/python3 -m ping`,
    );
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.stdout).toContain('"ping": "pong"');
  });
});

function configuration({ port, user, hostKeys }: SshServer): string {
  return `version: 1
targets:
  web-1:
    protocol: ssh
    address: 127.0.0.1:${port}
    user: ${user}
    key: { file: key }
    host_key: ${JSON.stringify(hostKeys[0])}
    policy: [servers]
policies:
  servers:
    default: allow
    opaque: deny
    allow:
      - { channel: [sftp, scp] }
      - { program: [/usr/bin/python3, git-receive-pack] }
    session: { ttl: 10m }
`;
}
