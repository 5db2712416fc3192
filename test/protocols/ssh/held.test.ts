import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AskRule, CommandRule } from '../../../src/policy/rules.ts';
import { compileArgument } from '../../../src/policy/shell/pattern.ts';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { askRule } from '../../policy/examples.ts';
import { answerTo } from '../../session/asking.ts';
import { enter, outcomeOf, run } from '../../ssh/client.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

const HELD: CommandRule = {
  program: null,
  args: [held()],
  path: null,
  operation: null,
  opaque: false,
  channel: ['exec'],
};

function held() {
  const compiled = compileArgument('held');
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.value;
}

describe('a command that is held, by what a real server ran', () => {
  let server: SshServer;
  let stage: SshStage;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  const asking = (terms: Partial<AskRule> = {}): Promise<SshStage> =>
    openSshStage(server.target(), [{ ...UNGUARDED, name: 'strict', ask: [askRule({ command: HELD, ...terms })] }]);
  beforeEach(async () => {
    stage = await asking();
  });
  afterEach(() => stage.close());

  const log = (): string => join(stage.directory, 'ran');
  const command = (): string => `echo held >> ${log()}`;
  const ran = (): string => (existsSync(log()) ? readFileSync(log(), 'utf8') : '');
  const request = async (count: number) => {
    const all = await eventually(
      () => stage.held,
      (held_) => held_.length === count,
    );
    const last = all.at(-1);
    if (last === undefined) throw new Error('nothing is held');
    return last;
  };

  it('runs once when it is approved, and waits again when it is asked for again', async () => {
    const first = stage.ssh(['web-1', command()]);
    await stage.register.answer(answerTo(await request(1)), null);
    expect(await first).toMatchObject({ code: 0, stdout: '' });
    expect(ran()).toBe('held\n');
    const second = stage.ssh(['web-1', command()]);
    await stage.register.answer(answerTo(await request(2), { verdict: 'deny', reason: 'once is enough' }), null);
    expect(await second).toMatchObject({ code: 126, stdout: '' });
    expect(ran()).toBe('held\n');
  });

  it('does not run when nobody answers in time', async () => {
    await stage.close();
    stage = await asking({ within: 1500 });
    const { code, stderr } = await stage.ssh(['web-1', command()]);
    expect({ code, ran: ran() }).toEqual({ code: 126, ran: '' });
    expect(stderr).toContain('held for approval');
    expect(stage.of('settled')).toMatchObject([{ outcome: 'expired' }]);
  });

  it('is taken back by Ctrl-C on a terminal, and by nothing else that is typed there', async () => {
    const client = await enter(stage);
    const channel = await run(client, command(), { pty: true });
    const outcome = outcomeOf(channel);
    await request(1);
    channel.write('abc\r');
    expect(stage.of('settled')).toEqual([]);
    channel.write('\u0003');
    expect(await outcome).toMatchObject({ exit: 126 });
    expect(stage.of('settled')).toMatchObject([{ outcome: 'cancelled' }]);
    expect(ran()).toBe('');
    client.end();
  });

  it('is sent what was typed while it was held', async () => {
    const client = await enter(stage);
    const channel = await run(client, `${command()}; read line; echo "got $line"`, { pty: true });
    const outcome = outcomeOf(channel);
    const waiting = await request(1);
    channel.write('abc\r');
    await stage.register.answer(answerTo(waiting), null);
    expect((await outcome).said).toContain('got abc');
    client.end();
  });

  it('is taken back by a signal', async () => {
    const client = await enter(stage);
    const channel = await run(client, command());
    const outcome = outcomeOf(channel);
    await request(1);
    channel.signal('INT');
    expect(await outcome).toMatchObject({ exit: 126 });
    expect(ran()).toBe('');
    client.end();
  });

  it('is shown with what its client sets for it', async () => {
    const set = ['-o', 'SetEnv=TEST_ONE=first TEST_TWO=second'];
    const first = stage.ssh([...set, 'web-1', command()]);
    const { variables } = await request(1);
    expect(variables).toEqual(['TEST_ONE=first', 'TEST_TWO=second']);
    await stage.register.answer(answerTo(await request(1)), null);
    expect((await first).code).toBe(0);
    const second = stage.ssh(['web-1', command()]);
    expect(await request(2)).not.toHaveProperty('variables');
    await stage.register.answer(answerTo(await request(2)), null);
    expect((await second).code).toBe(0);
  });

  it('holds up no other on the same connection', async () => {
    const control = ['-o', `ControlPath=${join(stage.directory, 'control')}`];
    const master = spawn('ssh', ['-F', stage.config, ...control, '-M', '-N', 'web-1'], { stdio: 'ignore' });
    await eventually(
      () => stage.ssh([...control, '-O', 'check', 'web-1']),
      ({ code }) => code === 0,
    );
    const first = stage.ssh([...control, 'web-1', command()]);
    const waiting = await request(1);
    const others = await Promise.all([1, 2, 3].map((number) => stage.ssh([...control, 'web-1', `echo ${number}`])));
    expect(others.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n']);
    expect(ran()).toBe('');
    await stage.register.answer(answerTo(waiting), null);
    expect((await first).code).toBe(0);
    expect(ran()).toBe('held\n');
    expect(stage.of('open')).toHaveLength(1);
    // A signal that comes just before it waits for what comes next is not noticed until then.
    const over = once(master, 'exit');
    await stage.ssh([...control, '-O', 'exit', 'web-1']);
    await over;
  });
});
