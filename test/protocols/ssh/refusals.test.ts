import { spawn } from 'node:child_process';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import type { CommandRule, Policy } from '../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { askRule, rule } from '../../policy/examples.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

const ANY: CommandRule = { program: null, args: null, path: null, operation: null, opaque: false, channel: null };
const SHELL: CommandRule = { ...ANY, channel: ['shell'] };

describe('what a client hears of what may not be', () => {
  let server: SshServer;
  let stage: SshStage;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  afterEach(() => stage.close());

  const under = async (policy: Partial<Policy>): Promise<void> => {
    stage = await openSshStage(server.target(), [{ ...UNGUARDED, name: 'strict', ...policy }]);
  };

  it('is the rule’s words on its errors, and what shells say of what may not run (R42)', async () => {
    await under({ deny: [rule({ command: SHELL, message: 'no shells here' })] });
    const ran = await stage.ssh(['-T', 'web-1'], { input: 'echo ran\n' });
    expect(ran).toMatchObject({ code: 126, stdout: '' });
    expect(ran.stderr).toMatch(/^hoopctl: no shells here\nhoopctl: .*strict.*\nhoopctl: .+\n$/);
    expect(stage.of('complete')).toEqual([]);
  });

  it('is off where no rule speaks of it: variables are left out without a word', async () => {
    await under({ allow: [] });
    const ran = await stage.ssh(['-o', 'SetEnv=TEST_ONE=first', 'web-1', 'echo $TEST_ONE.']);
    expect(ran).toMatchObject({ code: 0, stdout: '.\n', stderr: '' });
  });

  it('is not run where nobody could see what becomes of each line', async () => {
    await under({ shell: 'guarded' });
    const shell = await stage.ssh(['-T', 'web-1'], { input: 'echo ran\n' });
    expect(shell).toMatchObject({ code: 126, stdout: '' });
    expect(shell.stderr).toContain('command lines are read from a terminal alone');
  });

  it('is not sent when it is not UTF-8, since it could not be judged as it would run', async () => {
    await under({});
    const ran = await stage.run('sh', ['-c', `ssh -F ${stage.config} web-1 "$(printf 'echo \\377')"`]);
    expect(ran).toMatchObject({ code: 255, stdout: '' });
    expect(ran.stderr).toContain('not valid UTF-8');
    expect(stage.of('statement')).toEqual([]);
  });

  it('is said while it waits for people, on its errors alone, and not run when the session ends before', async () => {
    await under({ ask: [askRule({ command: { ...ANY, opaque: true } })] });
    const running = stage.ssh(['web-1', 'eval "$(echo echo ran)"']);
    const [request] = await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    await stage.session.end('over');
    const ran = await running;
    expect(ran).toMatchObject({ code: 255, stdout: '' });
    expect(ran.stderr).toContain(`held for approval: request ${request?.id}`);
    expect(stage.of('complete')).toEqual([]);
  });

  it('is taken back by a client that goes away', async () => {
    await under({ ask: [askRule({ command: { ...ANY, opaque: true } })] });
    const leaving = spawn('ssh', ['-F', stage.config, 'web-1', 'eval "$(echo echo ran)"'], { stdio: 'ignore' });
    await eventually(
      () => stage.held,
      (held) => held.length === 1,
    );
    leaving.kill('SIGKILL');
    await eventually(
      () => stage.of('settled'),
      (settled) => settled.length === 1,
    );
    expect(stage.of('settled')).toMatchObject([{ outcome: 'disconnected' }]);
  });
});
