import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { verificationKeys } from '../../src/record/key.ts';
import { openSessionSource } from '../../src/record/source.ts';
import { summarize } from '../../src/record/store.ts';
import { verifySession } from '../../src/record/verify-store.ts';
import { verifyRecord } from '../../src/record/verify.ts';
import { stateDirectory, testHeader } from './fixtures.ts';

const WORKER = fileURLToPath(new URL('append-forever.ts', import.meta.url));

/** Starts the worker, kills it once it printed `acknowledged` numbers, and returns the last that it printed. */
async function killAfter(state: string, session: string, sync: string, acknowledged: number): Promise<number> {
  const child = spawn(process.execPath, [WORKER, state, JSON.stringify(testHeader({ session })), sync], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let running: string | undefined;
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.split('\n').length <= acknowledged || child.killed) continue;
    running = (await summarize(state, session))?.state;
    child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  expect(running).toBe('running');
  return Number(output.trimEnd().split('\n').at(-1));
}

test.each([
  { sync: 'process', rounds: 20 },
  { sync: 'disk', rounds: 4 },
])(
  'a process killed at any moment leaves every event it was promised (sync: $sync)',
  { timeout: 120_000 },
  async ({ sync, rounds }) => {
    const state = stateDirectory();
    for (let round = 0; round < rounds; round += 1) {
      const { session } = testHeader();
      const last = await killAfter(state, session, sync, 1 + round * 7);
      const source = await openSessionSource(state, session);
      const found = await verifyRecord(source, await verificationKeys(state), session);
      await source.close();
      expect(found).toMatchObject({ status: 'incomplete' });
      expect(found.events).toBeGreaterThan(last);
      expect(await summarize(state, session)).toMatchObject({ state: 'cut', ended: null });
      expect(await verifySession(state, session)).toMatchObject({ sound: true, anchor: 'agrees' });
    }
  },
);
