import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { startSshServer, type SshServer } from '../../../ssh/server.ts';
import { openSshStage, type SshStage } from '../../../ssh/stage.ts';
import { openTypist, type Typist } from './terminal.ts';

const GUARDED: Policy = { ...UNGUARDED, name: 'guarded', shell: 'guarded' };

describe('a guarded shell on a real sshd, with OpenSSH’s client in a terminal', () => {
  let server: SshServer;
  let stage: SshStage;
  let typist: Typist;
  let directory: string;

  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-guarded-')));
    mkdirSync(join(directory, 'one'));
    stage = await openSshStage(server.target(), [GUARDED]);
    typist = openTypist(stage);
  });
  afterEach(async () => {
    await typist[Symbol.asyncDispose]();
    await stage.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const ran = (): readonly (string | null)[] => stage.of('statement').map(({ text }) => text);

  it('runs a line in the directory of the prompt, and shows what it says', async () => {
    await typist.line(`cd ${directory}/one`);
    const shown = await typist.line('pwd; exit 3');
    expect(shown).toContain(
      `hoopctl web-1:${directory}/one$ pwd; exit 3\n${directory}/one\nhoopctl web-1:${directory}/one [3]$`,
    );
    expect(ran()).toEqual(['shell', `cd ${directory}/one`, 'pwd; exit 3']);
  });
});
