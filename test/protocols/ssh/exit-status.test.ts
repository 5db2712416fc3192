import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, ClientChannel } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enter, outcomeOf, run } from '../../ssh/client.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

describe('the exit status of a program that goes on after its output', () => {
  let server: SshServer;
  let stage: SshStage;
  let client: Client;

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target());
    client = await enter(stage);
  });
  afterEach(async () => {
    client.end();
    await stage.close();
  });

  const until = (): string => join(stage.directory, 'go');
  /** Ends its output, and goes on until there is such a file; not longer than its directory is there. */
  async function quiet(): Promise<ClientChannel> {
    const waiting = `while test -d ${stage.directory} && ! test -e ${until()}; do sleep 0.02; done`;
    const channel = await run(client, `exec >&- 2>&-; ${waiting}; exit 5`);
    channel.resume();
    channel.stderr.resume();
    await once(channel, 'end');
    return channel;
  }

  it('reaches a client that closes the channel once it has nothing more to send', async () => {
    const channel = await quiet();
    const outcome = outcomeOf(channel);
    channel.end();
    channel.close();
    // Answered behind all that came before it.
    await outcomeOf(await run(client, 'true'));
    writeFileSync(until(), '');
    expect((await outcome).exit).toBe(5);
    expect(stage.of('complete')).toMatchObject([{ tag: 'exit 0' }, { tag: 'exit 5' }]);
  });

  it('is not waited for when the connection is gone', async () => {
    await quiet();
    client.end();
    await eventually(
      () => stage.of('complete'),
      (ends) => ends.length === 1,
    );
    expect(stage.of('complete')).toMatchObject([{ tag: 'client gone' }]);
  });

  it.each([
    ['TERM', 'SIGTERM'],
    ['SEGV', 'SIGSEGV'],
    // Signals that have no name in SSH.
    ['BUS', 255],
    ['XCPU', 255],
  ])('is known when SIG%s has ended it', async (signal, exit) => {
    expect((await outcomeOf(await run(client, `kill -${signal} $$`))).exit).toBe(exit);
  });

  it('is given up at the end of the session', async () => {
    const channel = await quiet();
    const outcome = outcomeOf(channel);
    channel.end();
    channel.close();
    await outcomeOf(await run(client, 'true'));
    await stage.session.end('test over');
    expect((await outcome).exit).toBe(255);
    expect(stage.of('complete')).toMatchObject([{ tag: 'exit 0' }, { tag: 'stopped by hoopctl' }]);
  });
});
