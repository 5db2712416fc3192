import type { Config } from '../config/load.ts';
import { runtimeDirectory, stateDirectory } from '../config/paths.ts';
import { systemClock } from '../core/clock.ts';
import { osUser } from '../identity/os-user.ts';
import type { Surroundings } from '../local/guarded-session.ts';
import { openInbox } from '../local/inbox/open.ts';
import type { Policy } from '../policy/rules.ts';
import { openGrammar } from '../session/index.ts';
import type { Asking } from './asking.ts';
import type { Invocation } from './invocation.ts';
import { VERSION } from './version.ts';

export interface Shared extends Asking {
  readonly invocation: Invocation;
  readonly config: Config;
  /** Of all sessions that there will be. */
  readonly policies: readonly Policy[];
  /** Who hears of what happens in them. */
  readonly events: Pick<Surroundings, 'observe' | 'masked' | 'held' | 'warn'>;
}

/** What the sessions of one command share. What is opened is closed with the stack. @throws HoopError `local.inbox` */
export async function surroundingsOf(shared: Shared, stack: AsyncDisposableStack): Promise<Surroundings> {
  const { invocation, config, standing, provider, policies, events } = shared;
  const { env, home } = invocation;
  const [state, runtime] = [stateDirectory(env, home), runtimeDirectory(env, home)];
  const clock = systemClock;
  const { register } = stack.use(await openInbox({ state, runtime, own: osUser(), provider, clock, policies }));
  const grammar = openGrammar();
  stack.defer(() => grammar.close());
  return { ...events, config, env, home, state, runtime, standing, grammar, clock, version: VERSION, register };
}
