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

  it('is a host to jump over, for OpenSSH’s own ways to do so', async () => {
    const keys = `[127.0.0.1]:${server.port} ${server.hostKeys[0] ?? ''}\n`;
    writeFileSync(at('known_hosts'), keys);
    const other = `Host other
  HostName 127.0.0.1
  Port ${server.port}
  User ${server.user}
  IdentityFile ${at('key')}
  IdentitiesOnly yes
  UserKnownHostsFile ${at('known_hosts')}
`;
    writeFileSync(at('jump'), other);
    const ran = await connected(
      `printf 'Include %s\n' "$HOOPCTL_SSH_CONFIG" | cat - jump > both
       ssh -F both -J web-1 other 'echo jumped; exit 5' </dev/null; echo $?
       ssh -F "$HOOPCTL_SSH_CONFIG" -W 127.0.0.1:${server.port} web-1 </dev/null | head -c 8`,
    );
    expect(ran.stdout, ran.stderr).toBe('jumped\n5\nSSH-2.0-');
  });

  it('takes what scripts send on their input, and gives back how they ended', async () => {
    const ran = await connected(
      `s='ssh -F '"$HOOPCTL_SSH_CONFIG"
       $s web-1 'cat; exit 9' <<END
first
second
END
       echo $?
       head -c 20000000 /dev/zero | $s web-1 'wc -c'
       echo on stdin | $s -n web-1 'cat; echo nothing read'
       $s -o 'SetEnv=TEST_ONE="two words"' web-1 'echo "$TEST_ONE"' </dev/null
       $s -o RequestTTY=force web-1 'test -t 1 && echo a terminal' </dev/null`,
    );
    expect(ran.stdout.replaceAll('\r', ''), ran.stderr).toBe(
      'first\nsecond\n9\n20000000\nnothing read\ntwo words\na terminal\n',
    );
  });

  it.each(['True', 'False'])(
    'plays a book of Ansible under the policy of the documentation, with pipelining: %s',
    async (pipelining) => {
      writeFileSync(at('book.yml'), BOOK);
      writeFileSync(at('template.j2'), 'for {{ inventory_hostname }}: {{ it }}\n');
      const ran = await connected(
        `export ANSIBLE_PIPELINING=${pipelining}
       rm -f ansible fetched
       ansible-playbook -i web-1, -e there=${at('ansible')} -e ansible_remote_tmp=${at('tmp')} -e ansible_python_interpreter=/usr/bin/python3 book.yml`,
      );
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(readFileSync(at('fetched'), 'utf8')).toBe('for web-1: it’s "quoted" $HOME\nlast\n');
    },
  );
});

/** What plays are mostly made of; `command` and `shell` run on the target as what they are given. */
const BOOK = `- hosts: all
  gather_facts: false
  vars: { it: 'it’s "quoted" $HOME' }
  tasks:
    - template: { src: template.j2, dest: "{{ there }}" }
    - lineinfile: { path: "{{ there }}", line: last }
    - command: wc -l {{ there }}
      register: lines
    - shell: exit 3
      register: ended
      failed_when: ended.rc != 3 or lines.stdout[0] != '2'
    - fetch: { src: "{{ there }}", dest: fetched, flat: true }
`;

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
      - { channel: [sftp, scp, forward, env] }
      - { program: [/usr/bin/python3, git-receive-pack] }
    session: { ttl: 10m }
`;
}
