import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Control, openControl } from '../../../src/local/sandbox/control.ts';

const INIT = fileURLToPath(new URL('../../../src/local/sandbox/init.ts', import.meta.url));

let directory: string;
let control: Control;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hoopctl-init-'));
  control = await openControl(join(directory, 'control'));
});
afterEach(() => {
  control.close();
  rmSync(directory, { recursive: true });
});

/** Starts it as it starts in a sandbox, and resolves with its exit code. */
async function run(...messages: readonly object[]): Promise<number> {
  for (const message of messages) control.send(message);
  const init = spawn(process.execPath, ['--no-warnings', INIT, join(directory, 'control')], { stdio: 'ignore' });
  const [code] = (await once(init, 'exit')) as [number];
  return code;
}

function ordersFor(command: string, ...args: readonly string[]): object {
  return { command, args, env: {}, terminal: false, ways: [], processes: 10_000, memory: Number.MAX_SAFE_INTEGER };
}

describe('the first program in a sandbox', () => {
  it('tells that the command has begun and how it ended, and ends likewise', async () => {
    expect(await run(ordersFor('/bin/sh', '-c', 'exit 9'))).toBe(9);
    expect(await control.ending).toEqual({ exit: 9, signal: null });
    expect(control.begun()).toBe(true);
  });

  it('does not start what was to end before it had begun', async () => {
    const made = join(directory, 'made');
    expect(await run(ordersFor('/usr/bin/touch', made), { signal: 'SIGTERM' })).toBe(143);
    expect(await control.ending).toEqual({ exit: null, signal: 'SIGTERM' });
    expect([control.begun(), existsSync(made)]).toEqual([false, false]);
  });

  it('tells what could not be started, which has not begun', async () => {
    expect(await run(ordersFor(join(directory, 'nothing')))).toBe(127);
    expect(await control.ending).toEqual({ failed: 'ENOENT' });
    expect(control.begun()).toBe(false);
  });
});
