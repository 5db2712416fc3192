import { homedir } from 'node:os';
import { withRuntimeDirectory } from '../config/paths.ts';
import { HoopError } from '../core/errors.ts';
import { report } from './failure.ts';
import { Options, type Invocation } from './invocation.ts';
import { type Call, understand } from './program.ts';
import { watchReaders } from './readers.ts';
import { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Runs the command line of this process and sets its exit code. Never rejects. */
export async function run(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const { env } = process;
  const terminal = new Terminal(process, env);
  watchReaders([process.stdout, process.stderr]);
  try {
    const call = await understand(argv, terminal, VERSION);
    process.exitCode = call === null ? 0 : await call.run(invocationOf(call, terminal, env));
  } catch (error) {
    process.exitCode = report(error, terminal, (env['HOOPCTL_DEBUG'] ?? '') !== '');
  }
}

function invocationOf(call: Call, terminal: Terminal, env: NodeJS.ProcessEnv): Invocation {
  const config = call.options['config'];
  if (config === '') throw new HoopError('cli.usage', '--config is empty', { hint: '--config ./hoopctl.yaml' });
  return {
    terminal,
    env: withRuntimeDirectory(env),
    cwd: process.cwd(),
    home: homedir(),
    config: typeof config === 'string' ? config : null,
    interactive: terminal.interactive && call.options['input'] !== false && (env['CI'] ?? '') === '',
    arguments: call.arguments,
    options: new Options(call.options),
    rest: call.rest,
  };
}

if (import.meta.main) await run();
