import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Client, ClientChannel } from 'ssh2';
import {
  asked,
  heedLate,
  type Late,
  sayBreak,
  saySignal,
  sayWindow,
} from '../../../src/protocols/ssh/ssh2-channels.ts';
import { enter, outcomeOf, run } from '../../ssh/client.ts';
import { type HostileServer, startHostileServer } from '../../ssh/hostile.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

describe('what a client says while a program runs', () => {
  let target: HostileServer;
  let stage: SshStage;
  let client: Client;
  let heard: Late[];
  beforeAll(async () => {
    target = await startHostileServer(
      (channel) => void channel.resume().write('ready'),
      (_session, connection) => heedLate(connection, (_one, late) => heard.push(late) > 0),
    );
  });
  afterAll(() => target.stop());
  beforeEach(async () => {
    heard = [];
    stage = await openSshStage(target.target);
    client = await enter(stage);
  });
  afterEach(async () => {
    client.end();
    await stage.close();
  });

  const started = async (options = {}): Promise<ClientChannel> => {
    const channel = await run(client, 'command', options);
    await new Promise((resolve) => channel.once('data', resolve));
    return channel;
  };
  const settled = (count: number): Promise<readonly Late[]> =>
    eventually(
      () => heard,
      (all) => all.length === count,
    );

  it('is a break that reaches the program’s terminal, for as long as it says', async () => {
    const channel = await started({ pty: true });
    sayBreak(channel, 1500);
    const [late] = await settled(1);
    expect(late).toEqual({ type: 'break', data: Buffer.from([0, 0, 0x05, 0xdc]) });
  });

  it('is no break where there is no terminal', async () => {
    const channel = await started();
    sayBreak(channel, 500);
    saySignal(channel, 'USR1');
    expect(await settled(1)).toEqual([{ type: 'signal', data: 'USR1' }]);
  });

  it('is heard behind the end of what it sends, too', async () => {
    const channel = await started({ pty: true });
    channel.end();
    saySignal(channel, 'TERM');
    sayWindow(channel, { rows: 50, cols: 132, height: 0, width: 0 });
    expect(await settled(2)).toEqual([
      { type: 'signal', data: 'TERM' },
      { type: 'window-change', data: { rows: 50, cols: 132, height: 0, width: 0 } },
    ]);
  });

  it('is answered with a no when it is another program, and the first one goes on', async () => {
    const channel = await started();
    const answers = [
      await asked(channel, (wire, id, reply) => wire.shell(id, reply)),
      await asked(channel, (wire, id, reply) => wire.env(id, 'LANG', 'C', reply)),
      await asked(channel, (wire, id, reply) => wire.openssh_agentForward(id, reply)),
    ];
    expect(answers).toEqual([false, false, false]);
    expect(stage.of('statement').map(({ text }) => text)).toEqual(['command']);
    const outcome = outcomeOf(channel);
    channel.close();
    await outcome;
  });
});
