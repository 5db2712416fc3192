import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as limits from '../../../src/protocols/ssh/limits.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

vi.mock('../../../src/protocols/ssh/limits.ts', async (original) => ({
  ...(await original<typeof limits>()),
  KEEPALIVE: 700,
}));

describe('a target that is there, and says nothing any more', () => {
  let server: SshServer;
  let stage: SshStage;
  afterEach(async () => {
    await stage.close();
    await server.stop();
  });

  it('is given up after a few signs of life without an answer, and the client is told', async () => {
    server = await startSshServer();
    stage = await openSshStage(server.target());
    const running = stage.ssh(['web-1', 'echo there; sleep 100']);
    await eventually(
      () => stage.shown('output'),
      (text) => text === 'there\n',
    );
    const stopped = server.connections();
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    const ran = await running;
    for (const pid of stopped) process.kill(pid, 'SIGKILL');
    expect(ran.code).toBe(255);
    expect(ran.stderr).toContain('web-1 closed the connection');
  });
});
