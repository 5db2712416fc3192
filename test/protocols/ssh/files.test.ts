import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Policy, Rule } from '../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { type SshServer, startSshServer } from '../../ssh/server.ts';
import { openSshStage, type SshStage } from '../../ssh/stage.ts';
import { pathRule } from './sftp/policies.ts';

/** Everything may be done but this: its message is what the client is told. */
function allBut(...deny: readonly Rule[]): Policy {
  return { ...UNGUARDED, name: 'files', deny: deny.map((rule) => ({ ...rule, message: 'not here' })) };
}

let server: SshServer;
let directory: string;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-files-')));
  mkdirSync(join(directory, 'kept'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (...names: readonly string[]): string => join(directory, ...names);

describe('files through a door', () => {
  let stage: SshStage;
  beforeEach(async () => {
    stage = await openSshStage(server.target(), [allBut(pathRule(['write', 'remove'], `${directory}/kept/**`))]);
  });
  afterEach(() => stage.close());

  it('arrive as they are by today’s scp, and are on record by name, size and hash', async () => {
    const bytes = randomBytes(300_000);
    writeFileSync(at('here'), bytes);
    const scp = ['-q', '-F', stage.config];
    expect(await stage.run('scp', [...scp, at('here'), `web-1:${at('there')}`])).toMatchObject({ code: 0, stderr: '' });
    expect(await stage.run('scp', [...scp, `web-1:${at('there')}`, at('back')])).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(at('back')).equals(bytes)).toBe(true);
    expect(stage.of('transfer').map((event) => [event.direction, event.path, event.bytes])).toEqual([
      ['in', at('there'), bytes.length],
      ['out', at('there'), bytes.length],
    ]);
    expect(stage.of('terminal')).toEqual([]);
  });

  it('are decided one by one, and the client goes on after one that is refused', async () => {
    writeFileSync(at('here'), 'x');
    const batch = [`-put ${at('here')} ${at('kept', 'a')}`, `put ${at('here')} ${at('b')}`].join('\n');
    const ran = await stage.run('sftp', ['-q', '-b', '-', '-F', stage.config, 'web-1'], { input: `${batch}\n` });
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('not here') });
    expect([existsSync(at('kept', 'a')), existsSync(at('b'))]).toEqual([false, true]);
    expect(stage.of('complete')).toMatchObject([{ tag: 'exit 0' }]);
  });

  it('are out of reach where no rule turns sftp on', async () => {
    const closed = await openSshStage(server.target(), [{ ...allBut(), allow: [] }]);
    try {
      const ran = await closed.run('sftp', ['-q', '-b', '-', '-F', closed.config, 'web-1'], { input: 'pwd\n' });
      expect(ran.code).not.toBe(0);
      expect(ran.stderr).toContain('sftp is off here');
    } finally {
      await closed.close();
    }
  });
});

describe('a path that a command writes without saying from where', () => {
  it('is not taken from where the server starts SFTP', async () => {
    const other = await startSshServer({ settings: ['Subsystem sftp internal-sftp -d /tmp'] });
    const home = realpathSync(homedir());
    const stage = await openSshStage(other.target(), [allBut(pathRule(['write'], `${home}/hoopctl-never/**`))]);
    try {
      expect(await stage.ssh(['web-1', 'touch hoopctl-never/a'])).toMatchObject({
        code: 126,
        stderr: expect.stringContaining('not here'),
      });
    } finally {
      await stage.close();
      await other.stop();
    }
  });

  it('is taken from the directory in which the server starts programs', async () => {
    const home = realpathSync(homedir());
    const stage = await openSshStage(server.target(), [allBut(pathRule(['write'], `${home}/hoopctl-never/**`))]);
    try {
      const refused = await stage.ssh(['web-1', 'touch hoopctl-never/a']);
      expect(refused).toMatchObject({ code: 126, stderr: expect.stringContaining('not here') });
      // There is no such directory, which the server now says itself.
      const passed = await stage.ssh(['web-1', 'touch hoopctl-nowhere/a']);
      expect(passed).toMatchObject({ code: 1, stderr: expect.stringContaining('hoopctl-nowhere/a') });
    } finally {
      await stage.close();
    }
  });
});
