import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Policy } from '../../../../src/policy/rules.ts';
import { startSshServer } from '../../../ssh/server.ts';
import { openSshStage, type SshStage } from '../../../ssh/stage.ts';
import { openTypist, type Typist } from './terminal.ts';

/** A guarded shell on a server of its own, with somebody who types, and a directory to work in. */
export interface Scene {
  readonly stage: SshStage;
  readonly typist: Typist;
  /** Its path has no link in it. */
  readonly directory: string;
  close(): Promise<void>;
}

export async function openScene(policy: Policy, columns: number, rows: number): Promise<Scene> {
  const server = await startSshServer();
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'hoopctl-guarded-')));
  const stage = await openSshStage(server.target(), [policy]);
  const typist = openTypist(stage, columns, rows);
  return {
    stage,
    typist,
    directory,
    close: async () => {
      await typist.close();
      await stage.close();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
