import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSshServer, type SshServer } from '../../ssh/server.ts';
import { openSshStage, type SshStage } from '../../ssh/stage.ts';

describe('a command through a door to a real sshd, with OpenSSH’s client', () => {
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

  it('runs it, and shows what it says', async () => {
    const ran = await stage.ssh(['web-1', 'echo out; echo err >&2; exit 3']);
    expect(ran).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(stage.shown('output')).toBe('out\n');
    expect(stage.shown('errors')).toBe('err\n');
    expect(stage.of('complete')).toMatchObject([{ tag: 'exit 3' }]);
  });

  it('hands on what it is sent, and that no more comes', async () => {
    const ran = await stage.ssh(['web-1', 'sort; echo end'], { input: 'b\na\n' });
    expect(ran).toMatchObject({ code: 0, stdout: 'a\nb\nend\n', stderr: '' });
  });
});
