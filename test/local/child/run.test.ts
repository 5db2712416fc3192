import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/local/child/run.ts';
import type { Control } from '../../../src/local/sandbox/control.ts';
import { SANDBOX_LIMITS } from '../../../src/local/sandbox/limits.ts';

/** Of a sandbox in which the command is never started. */
const silent: Control = {
  begun: () => false,
  send: () => undefined,
  ending: Promise.resolve(null),
  close: () => undefined,
};

const run = (command: string, args: readonly string[], signal: AbortSignal): ReturnType<typeof runProgram> =>
  runProgram({
    command,
    request: { file: command, args, env: { PATH: process.env['PATH'] ?? '' }, cwd: '/' },
    control: silent,
    limits: SANDBOX_LIMITS,
    mark: '',
    streams: { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
    secrets: () => [],
    records: [],
    signal,
    time: null,
    started: () => undefined,
  });

describe('a program whose sandbox has not come up', () => {
  it('when it is asked to end has been ended by that', async () => {
    expect(await run('sleep', ['600'], AbortSignal.abort())).toEqual({ code: 143, exceeded: null });
  });

  it('is an error of the sandbox when nobody has asked it to end', async () => {
    await expect(run('false', [], new AbortController().signal)).rejects.toMatchObject({ code: 'local.sandbox' });
  });
});
