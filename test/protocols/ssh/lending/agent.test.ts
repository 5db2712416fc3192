import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRule, Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { askRule, person } from '../../../policy/examples.ts';
import { answerTo } from '../../../session/asking.ts';
import { type SshAgent, startAgent } from '../../../ssh/agent.ts';
import { startSshServer, type SshServer } from '../../../ssh/server.ts';
import { eventually, openSshStage, type Ran, type SshStage } from '../../../ssh/stage.ts';
import { openTypist } from '../guarded/terminal.ts';

const AGENT: CommandRule = {
  program: null,
  args: null,
  path: null,
  operation: null,
  opaque: false,
  channel: ['agent'],
};

describe('a client’s agent (ssh -A), through a door to a real sshd', () => {
  let server: SshServer;
  let agent: SshAgent;
  let stage: SshStage;
  beforeAll(async () => {
    [server, agent] = await Promise.all([startSshServer(), startAgent()]);
  });
  afterAll(() => Promise.all([server.stop(), agent.stop()]));
  afterEach(() => stage.close());

  const under = async (policy: Partial<Policy> = {}): Promise<void> => {
    stage = await openSshStage(server.target(), [{ ...UNGUARDED, name: 'strict', ...policy }]);
  };
  const asking = (): Promise<void> => under({ allow: [], ask: [askRule({ command: AGENT, within: 60_000 })] });
  const request = () =>
    eventually(
      () => stage.held[0],
      (held) => held !== undefined,
    );
  const env = (): Readonly<Record<string, string>> => ({ SSH_AUTH_SOCK: agent.socket });
  const lending = (command: string, ...args: readonly string[]): Promise<Ran> =>
    stage.ssh(['-A', ...args, 'web-1', command], { env: env() });
  const notices = (): readonly string[] => stage.of('notice').map(({ message }) => message);

  it('shows its keys to the server, and is on record from its opening to its end', async () => {
    await under();
    const ran = await lending('ssh-add -l');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(agent.fingerprint);
    expect(notices()).toEqual(['the client’s agent is reached by the target']);
    const [granted] = stage.of('statement');
    expect(granted).toMatchObject({ text: 'agent forwarding', decision: { verdict: 'allow' } });
    const [answers, questions] = await eventually(
      () => stage.of('transfer'),
      (transfers) => transfers.length === 2,
    );
    // A list is asked for by five bytes.
    expect(questions).toMatchObject({ direction: 'out', bytes: 5, complete: true });
    expect(answers).toMatchObject({ direction: 'in', complete: true });
    await eventually(
      () => stage.of('complete'),
      (all) => all.some(({ tag, bytes }) => tag === 'closed' && bytes === 5),
    );
  });

  it('signs a login from the server at the next one, which is on record before it is asked', async () => {
    await under();
    const next = await startSshServer();
    appendFileSync(join(next.directory, 'authorized_keys'), `${agent.publicKey}\n`);
    const options = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR';
    const ran = await lending(`ssh ${options} -p ${next.port} ${next.user}@127.0.0.1 echo there`);
    expect(ran).toMatchObject({ code: 0, stdout: 'there\n' });
    const [, signed] = notices();
    const asked = `with ${agent.fingerprint} (ssh-ed25519): a login as ${next.user} at the server with the key SHA256:`;
    expect(signed).toContain(`the client’s agent is asked to sign ${asked}`);
    await next.stop();
  });

  it('signs for git and ssh-keygen, which is on record with what it is for', async () => {
    await under();
    const key = join(stage.directory, 'signer.pub');
    writeFileSync(key, agent.publicKey);
    const ran = await lending(`echo text | ssh-keygen -Y sign -n git -f ${key}`);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('BEGIN SSH SIGNATURE') as string });
    expect(notices().at(-1)).toContain('(ssh-ed25519): a signature for "git"');
  });

  it.each([
    ['ssh-add -D', 'is asked to give up all keys: refused'],
    ['ssh-add -q ./user', 'is asked to take a key: refused'],
    ['ssh-add -d ./user.pub', 'is asked to give up a key: refused'],
    ['ssh-add -s /usr/lib/none.so', 'is asked to take the keys of a token'],
  ])('is not changed by the server: %s', async (command, words) => {
    await under();
    const ran = await lending(`cd ${server.directory} && echo | SSH_ASKPASS=/bin/true ${command}`);
    expect(ran.code).not.toBe(0);
    expect(notices().some((notice) => notice.includes(words))).toBe(true);
    expect(agent.add('-l')).toContain(agent.fingerprint);
    expect(agent.add('-l').trim().split('\n')).toHaveLength(1);
  });

  it('is lent to a guarded shell’s lines, too', async () => {
    await under({ shell: 'guarded' });
    const typist = openTypist(stage, 100, 30, { args: ['-A'], env: env() });
    for (const mark of ['first', 'second']) {
      const shown = await typist.line(`echo ${mark}; ssh-add -l`);
      expect(shown.split(`\n${mark}\n`)[1]).toContain(agent.fingerprint);
    }
    await typist.close();
  });

  it('is not there where no rule names it, and the client is told', async () => {
    await under({ allow: [] });
    const ran = await lending('echo "[$SSH_AUTH_SOCK]"; ssh-add -l');
    expect(ran).toMatchObject({ stdout: '[]\n' });
    expect(ran.stderr).toContain('hoopctl: agent is off here');
    expect(stage.of('statement').map(({ decision }) => decision.verdict)).toEqual(['deny', 'allow']);
  });

  it('is asked for no key that would open the door', async () => {
    await under();
    const { stderr } = await stage.ssh(['-v', 'web-1', 'true'], { env: env() });
    expect(stderr.match(/Offering public key: .*/g)).toEqual([expect.stringContaining(stage.directory)]);
    expect(stage.of('notice')).toEqual([]);
  });

  it('is not there for a client that does not offer it', async () => {
    await under();
    expect(await stage.ssh(['web-1', 'echo "[$SSH_AUTH_SOCK]"'], { env: env() })).toMatchObject({ stdout: '[]\n' });
    expect(stage.of('statement').map(({ text }) => text)).toEqual(['echo "[$SSH_AUTH_SOCK]"']);
  });

  it('goes on without where the server takes none, and the client is told', async () => {
    const strict = await startSshServer({ settings: ['AllowAgentForwarding no'] });
    stage = await openSshStage(strict.target());
    const ran = await lending('echo "[$SSH_AUTH_SOCK]"');
    expect(ran).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(ran.stderr).toBe('hoopctl: the server does not take agent forwarding: it goes on without\n');
    await strict.stop();
  });

  it('waits for an answer, with words on the errors of what waits, and is lent when it is yes', async () => {
    await asking();
    const running = lending('ssh-add -l');
    const held = await request();
    if (held === undefined) throw new Error('nothing is held');
    await stage.register.answer(answerTo(held), null);
    const ran = await running;
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining(agent.fingerprint) as string });
    expect(ran.stderr).toContain(`hoopctl: held for approval: request ${held.id}`);
  });

  it('is not lent when the answer is no, and the command runs without', async () => {
    await asking();
    const running = lending('echo "[$SSH_AUTH_SOCK]"');
    const held = await request();
    if (held === undefined) throw new Error('nothing is held');
    await stage.register.answer(answerTo(held, { verdict: 'deny', reason: 'not this key' }), null);
    const ran = await running;
    expect(ran).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(ran.stderr).toContain('not this key');
  });

  it('is gone the moment that its approval is revoked, and what runs goes on', async () => {
    await asking();
    const go = join(stage.directory, 'go');
    const running = lending(`ssh-add -l; until [ -e ${go} ]; do sleep 0.05; done; ssh-add -l; echo on`);
    const held = await request();
    if (held === undefined) throw new Error('nothing is held');
    const until = new Date(Date.now() + 60_000).toISOString();
    await stage.register.answer(answerTo(held, { uses: 5, until }), null);
    await eventually(
      () => stage.shown('output'),
      (text) => text.includes(agent.fingerprint),
    );
    stage.register.revoke(held.id, person, 'enough');
    writeFileSync(go, '');
    const ran = await running;
    expect(ran.stdout.split(agent.fingerprint)).toHaveLength(2);
    expect(ran.stdout).toContain('on\n');
    expect(ran.stderr).toContain('hoopctl: agent forwarding was approved here, and is not any more');
  });
});
