import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../postgres/server.ts';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { eventually, openSshStage, type SshStage } from '../../ssh/stage.ts';

describe('a session that ends while clients are at work', () => {
  let server: SshServer;
  let stage: SshStage;

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    stage = await openSshStage(server.target());
  });
  afterEach(() => stage.close());

  const client = (command: string, ...args: readonly string[]): ChildProcess =>
    spawn(command, ['-F', stage.config, ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
  const exitOf = async (child: ChildProcess): Promise<number> => ((await once(child, 'exit')) as [number])[0];

  /** What is connected to a port that a client has forwarded. */
  async function through(port: number): Promise<Socket> {
    return eventually(
      () =>
        new Promise<Socket | null>((resolve) => {
          const socket = connect(port, '127.0.0.1').on('error', () => resolve(null));
          socket.once('data', () => resolve(socket)).once('end', () => resolve(null));
        }),
      (socket): socket is Socket => socket !== null,
    ) as Promise<Socket>;
  }

  it('ends commands, copies, forwards and a shared connection that was to persist', async () => {
    const control = ['-o', `ControlPath=${join(stage.directory, 'control')}`];
    const [near, far] = [await freePort(), await freePort()];
    const forwards = ['-L', `${near}:127.0.0.1:${server.port}`, '-R', `${far}:127.0.0.1:${server.port}`];
    // It goes into the background by itself, and stays.
    client('ssh', ...control, '-M', '-N', '-o', 'ControlPersist=60', ...forwards, 'web-1');
    const sockets = [await through(near), await through(far)];
    const large = join(stage.directory, 'large');
    writeFileSync(large, Buffer.alloc(20_000_000));
    const command = client('ssh', ...control, 'web-1', 'echo on; sleep 60');
    const copied = join(server.directory, 'copied');
    // At so many kilobits a second it lasts for longer than this test.
    const copy = client('scp', '-q', '-l', '8000', ...control, large, `web-1:${copied}`);
    await eventually(
      () => stage.shown('output').includes('on\n') && (statSync(copied, { throwIfNoEntry: false })?.size ?? 0) > 0,
    );
    const closed = sockets.map((socket) => once(socket, 'close'));
    const exits = Promise.all([command, copy].map(exitOf));
    await stage.session.end('expired');
    const [code, copying] = await exits;
    expect({ code, isCopied: copying === 0 }).toEqual({ code: 255, isCopied: false });
    await Promise.all(closed);
    await eventually(
      () => stage.ssh([...control, '-O', 'check', 'web-1']),
      (check) => check.code === 255,
    );
    expect(stage.of('close')).toMatchObject([{ cause: 'expired' }]);
    expect(stage.of('complete').map(({ tag }) => tag)).toContain('stopped by hoopctl');
    // What was copied so far is on record as not all of it, and so is what passed through each forward.
    expect(stage.of('transfer').map(({ complete }) => complete)).not.toContain(true);
    expect(stage.of('transfer').length).toBeGreaterThanOrEqual(5);
    await eventually(
      () => server.connections(),
      (left) => left.length === 0,
    );
  });
});
