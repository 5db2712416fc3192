/*
 * Runs a program in the sandbox as hoopctl does, in a process of its own: the sandbox is tried by several users.
 * `node stand.ts REQUEST.json`; what the program prints goes where this prints, and its exit code is this one's.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { openSandbox, type SandboxRequest } from '../../../src/local/sandbox/launch.ts';
import { SANDBOX_LIMITS } from '../../../src/local/sandbox/limits.ts';

const [, , path = ''] = process.argv;
const asked = JSON.parse(readFileSync(path, 'utf8')) as Partial<SandboxRequest> & Pick<SandboxRequest, 'command'>;
const sandbox = await openSandbox({
  args: [],
  env: process.env,
  passed: [],
  doors: {},
  ways: [],
  files: [],
  workdir: process.cwd(),
  mode: 'read-only',
  guarded: [],
  secrets: [],
  relied: [],
  instructions: '',
  terminal: false,
  runtime: '',
  ...asked,
  limits: { ...SANDBOX_LIMITS, ...asked.limits },
});
for (const warning of sandbox.warnings) process.stderr.write(`${warning}\n`);
const { file, args, env, cwd } = sandbox.launch;
const child = spawn(file, args, { env, cwd, stdio: 'inherit' });
process.on('SIGTERM', () => sandbox.control.send({ signal: 'SIGTERM' }));
child.on('exit', (code, signal) => {
  sandbox.close();
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
});
