import { type Config, policiesOf, targetNamed } from '../../config/load.ts';
import { systemClock } from '../../core/clock.ts';
import { visible } from '../../core/visible.ts';
import { serveMcp, type McpOptions } from '../../local/mcp/server.ts';
import { agentName } from '../../local/who.ts';
import { openAsking, profileWanted } from '../asking.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { interruptibleBySignals } from '../signals.ts';
import { surroundingsOf } from '../surroundings.ts';
import { VERSION } from '../version.ts';

export const mcp: Run = async (invocation) => {
  const { options, terminal } = invocation;
  const config = await readConfig(invocation);
  const targets = targetsServed(config, options.list('target'));
  // What is wrong with the command line is said now, and not when an agent comes.
  const [as, ttl, reason] = [agentName(options.text('as')), options.duration('ttl'), options.text('reason')];
  profileWanted(invocation, config);
  const input = process.stdin;
  const output = process.stdout;
  // That a client has gone is how it ends in order: whoever serves it notices.
  using interruption = interruptibleBySignals();
  const warn = (message: string): void => terminal.warn(visible(message));
  try {
    await serveMcp({
      input,
      output,
      version: VERSION,
      config,
      targets,
      as,
      ttl,
      reason,
      clock: systemClock,
      open: opener(invocation, { config, targets, warn }),
      warn,
      tell: (message) => terminal.progress(visible(message)),
      signal: interruption.signal,
    });
  } finally {
    input.destroy();
  }
  const code = interruption.exitCode() ?? EXIT.ok;
  // All records are sealed: whoever does not read their last answers does not keep the process.
  if (output.writableLength > 0) setTimeout(() => process.exit(code), UNREAD).unref();
  return code;
};

/** Milliseconds. */
const UNREAD = 500;

/** Those that are named, or all. @throws HoopError `config.target` */
function targetsServed(config: Config, named: readonly string[]): readonly string[] {
  for (const name of named) targetNamed(config, name);
  return named.length === 0 ? [...config.targets.keys()] : [...new Set(named)];
}

interface Serving {
  readonly config: Config;
  readonly targets: readonly string[];
  readonly warn: (message: string) => void;
}

function opener(invocation: Invocation, { config, targets, warn }: Serving): McpOptions['open'] {
  return async (agent, events) => {
    await using stack = new AsyncDisposableStack();
    const asking = await openAsking(invocation, config, agent);
    stack.defer(() => asking.standing.close());
    const policies = targets.flatMap((name) => policiesOf(config, targetNamed(config, name)));
    const shared = { ...asking, invocation, config, policies, events: { ...events, warn } };
    const around = await surroundingsOf(shared, stack);
    const open = stack.move();
    return { around, close: () => open.disposeAsync() };
  };
}
